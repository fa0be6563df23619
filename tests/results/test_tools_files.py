"""Result files of promptfoo and inspect_ai, written here from their schemas."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.analysis.groups import Group
from lib.domain.errors import InputError
from lib.domain.settings import Settings
from lib.results import outputs_file, promptfoo
from lib.results.inspect_log import MOST_BYTES
from lib.results.outputs_file import Outputs


def read(folder: Path, name: str, document: Any) -> Outputs:
    file = folder / name
    file.write_text(document if isinstance(document, str) else json.dumps(document), "utf-8")
    return outputs_file.read(file)


def said(group: Group) -> list[tuple[str, str, str]]:
    return [(s.text, s.finish_reason, s.outcome) for s in group.samples]


def result(
    output: Any,
    *,
    provider: str = "openai:gpt-4.1-mini",
    label: str | None = None,
    prompt: str = "Name a {{thing}}.",
    variables: dict[str, Any] | None = None,
    test: int = 0,
    **response: Any,
) -> dict[str, Any]:
    """One `EvaluateResult`, with the fields that promptfoo always writes."""
    given = {"output": output, "tokenUsage": {"prompt": 9, "completion": 3, "total": 12}}
    return {
        "id": f"r{test}",
        "promptIdx": 0,
        "testIdx": test,
        "testCase": {"vars": variables or {}},
        "promptId": "p",
        "provider": {"id": provider, "label": label or ""},
        "prompt": {"raw": f"{prompt} {variables}", "label": prompt, "id": prompt},
        "vars": variables or {},
        "response": {**given, **response},
        "success": True,
        "failureReason": 0,
        "score": 1,
        "latencyMs": 250,
        "namedScores": {},
    }


def summary(*results: dict[str, Any]) -> dict[str, Any]:
    return {
        "evalId": "eval-x",
        "results": {
            "version": 3,
            "timestamp": "2026-11-24T10:00:00.000Z",
            "prompts": [],
            "results": list(results),
            "stats": {},
        },
        "config": {},
        "shareableUrl": None,
    }


def test_of_promptfoo_each_provider_is_a_configuration_and_repeats_are_its_calls(
    tmp_path: Path,
) -> None:
    found = read(
        tmp_path,
        "output.json",
        summary(
            result("apple", test=0, finishReason="stop"),
            result("pear", test=1, finishReason="length"),
            result("apple", provider="anthropic:x", label="Claude", test=0, isRefusal=True),
        ),
    )

    first, second = found.groups
    assert (first.name, second.name) == ("openai:gpt-4.1-mini", "Claude")
    assert said(first) == [("apple", "stop", "ok"), ("pear", "length", "ok")]
    assert said(second) == [("apple", "unknown", "refused")]
    assert (first.samples[0].usage.output_tokens, first.samples[0].seconds) == (3, 0.25)
    assert found.notes == ()


def test_of_promptfoo_other_prompts_and_variables_are_other_configurations(
    tmp_path: Path,
) -> None:
    found = read(
        tmp_path,
        "output.json",
        summary(
            result("apple", variables={"thing": "fruit"}),
            result("dog", variables={"thing": "animal"}, test=1),
            result("Apple!", variables={"thing": "fruit"}, prompt="SHOUT a {{thing}}."),
        ),
    )

    assert [group.name for group in found.groups] == [
        "openai:gpt-4.1-mini, prompt 1, thing = fruit",
        "openai:gpt-4.1-mini, prompt 1, thing = animal",
        "openai:gpt-4.1-mini, prompt 2, thing = fruit",
    ]
    assert found.notes[0].startswith("2 tests with different variables: each is a configuration")


def test_of_promptfoo_a_failed_call_is_counted_and_a_failed_assertion_is_an_answer(
    tmp_path: Path,
) -> None:
    failed = {**result(None), "response": {"error": "API error: 429"}, "failureReason": 2}
    missing = {**result(None), "failureReason": 2}
    del missing["response"]
    rejected = {**result("apple"), "success": False, "error": "Expected pear", "failureReason": 1}

    (group,) = read(tmp_path, "output.json", summary(failed, missing, rejected)).groups

    assert (group.planned, group.errors) == (3, {"other": 2})
    assert said(group) == [("apple", "unknown", "ok")]


def test_of_promptfoo_answers_from_its_cache_are_told(tmp_path: Path) -> None:
    found = read(
        tmp_path, "output.json", summary(result("a", cached=True), result("a", cached=False))
    )

    assert found.notes == (
        "1 of 2 answers came from promptfoo's cache: they are no new draws, and may be the same "
        "draw more than once. Run it with --no-cache.",
    )
    assert [s.seconds for s in found.groups[0].samples] == [0.0, 0.25]


def test_of_promptfoo_an_output_that_is_json_is_read_as_its_text(tmp_path: Path) -> None:
    (group,) = read(tmp_path, "output.json", summary(result({"b": 1, "a": [2]}))).groups

    assert group.samples[0].text == '{"a": [2], "b": 1}'


def test_promptfoos_lines_say_the_same_as_its_summary(tmp_path: Path) -> None:
    results = [result("apple"), result("pear", test=1)]

    whole = read(tmp_path, "output.json", summary(*results))
    lines = read(tmp_path, "output.jsonl", "\n".join(map(json.dumps, results)))

    assert [said(group) for group in lines.groups] == [said(group) for group in whole.groups]


texts = st.text(max_size=20)


@given(st.lists(st.one_of(texts, st.none(), st.integers(), st.lists(texts)), min_size=1))
def test_no_output_of_promptfoo_is_lost(outputs: list[Any]) -> None:
    lines = promptfoo.lines([result(output) for output in outputs]).lines

    assert len(lines) == len(outputs)
    assert [line.output is None for line in lines] == [output is None for output in outputs]


def epoch(number: int, completion: str, *, id_: Any = 1, **more: Any) -> dict[str, Any]:
    """One `EvalSample`, with the fields that inspect_ai always writes."""
    return {
        "id": id_,
        "epoch": number,
        "input": "Name a fruit.",
        "target": "apple",
        "messages": [{"role": "user", "content": "Name a fruit."}],
        "output": {
            "model": "gpt-4.1-mini-2025-04-14",
            "choices": [
                {
                    "message": {"role": "assistant", "content": completion, "source": "generate"},
                    "stop_reason": "stop",
                }
            ],
            "completion": completion,
            "usage": {"input_tokens": 12, "output_tokens": 4, "total_tokens": 16},
            "time": 0.7,
        },
        "scores": {},
        "metadata": {},
        **more,
    }


def log(*samples: dict[str, Any], status: str = "success") -> dict[str, Any]:
    return {
        "version": 2,
        "status": status,
        "eval": {"task": "fruit", "model": "openai/gpt-4.1-mini", "config": {"epochs": 2}},
        "plan": {"name": "plan", "steps": [], "config": {"temperature": 0.7, "max_tokens": 20}},
        "results": {},
        "stats": {},
        "samples": list(samples),
    }


def packed(folder: Path, document: dict[str, Any], *, header: str = "header.json") -> Path:
    file = folder / "log.eval"
    head = {key: value for key, value in document.items() if key != "samples"}
    with zipfile.ZipFile(file, "w", compression=zipfile.ZIP_DEFLATED) as zipped:
        for each in document["samples"]:
            zipped.writestr(f"samples/{each['id']}_epoch_{each['epoch']}.json", json.dumps(each))
        zipped.writestr("summaries.json", "[]")
        zipped.writestr(header, json.dumps(head))
    return file


def test_of_inspect_epochs_are_the_calls_in_their_order(tmp_path: Path) -> None:
    found = read(tmp_path, "log.json", log(epoch(2, "pear"), epoch(1, "apple")))

    (group,) = found.groups
    assert (group.name, group.settings) == (
        "openai/gpt-4.1-mini",
        Settings(temperature=0.7, max_tokens=20),
    )
    assert said(group) == [("apple", "stop", "ok"), ("pear", "stop", "ok")]
    sample = group.samples[0]
    assert (sample.model, sample.usage.output_tokens, sample.seconds) == (
        "gpt-4.1-mini-2025-04-14",
        4,
        0.7,
    )


@pytest.mark.parametrize("header", ["header.json", "start.json", "_journal/start.json"])
def test_the_packed_log_says_the_same(header: str, tmp_path: Path) -> None:
    document = log(*(epoch(n, text) for n, text in enumerate("abcdefghijkl", start=1)))

    packed_groups = outputs_file.read(packed(tmp_path, document, header=header)).groups

    assert [said(group) for group in packed_groups] == [
        said(group) for group in read(tmp_path, "log.json", document).groups
    ]


def test_of_inspect_each_sample_of_the_data_set_is_a_configuration(tmp_path: Path) -> None:
    found = read(tmp_path, "log.json", log(epoch(1, "apple"), epoch(1, "Paris", id_="capital")))

    assert [group.name for group in found.groups] == [
        "openai/gpt-4.1-mini, 1",
        "openai/gpt-4.1-mini, capital",
    ]
    assert found.notes[0].startswith("2 samples of the data set: each is a configuration")


@pytest.mark.parametrize(
    ("word", "reason", "outcome"),
    [
        ("max_tokens", "length", "ok"),
        ("model_length", "context_window", "ok"),
        ("content_filter", "content_filter", "filtered"),
        ("tool_calls", "tool_calls", "tool_call"),
        ("unknown", "unknown", "ok"),
    ],
)
def test_of_inspect_stop_reasons_are_told_in_the_labs_words(
    word: str, reason: str, outcome: str, tmp_path: Path
) -> None:
    sample = epoch(1, "apple")
    sample["output"]["choices"][0]["stop_reason"] = word

    (group,) = read(tmp_path, "log.json", log(sample)).groups

    assert said(group) == [("apple", reason, outcome)]
    assert group.samples[0].raw_finish_reason == word


def test_of_inspect_samples_with_an_error_are_counted_and_a_part_is_told(tmp_path: Path) -> None:
    broken = epoch(2, "", error={"message": "429", "traceback": "", "traceback_ansi": ""})
    silent = epoch(3, "")
    silent["output"] = {"model": "", "choices": []}

    found = read(tmp_path, "log.json", log(epoch(1, "apple"), broken, silent, status="error"))

    (group,) = found.groups
    assert (group.planned, group.errors, len(group.samples)) == (3, {"other": 2}, 1)
    assert found.notes == ("The log's status is error: it may hold a part of the samples only.",)


def test_of_inspect_text_is_found_in_parts_and_in_attachments(tmp_path: Path) -> None:
    parts = epoch(1, "")
    parts["output"]["choices"][0]["message"]["content"] = [
        {"type": "reasoning", "reasoning": "hm"},
        {"type": "text", "text": "app"},
        {"type": "text", "text": "le"},
    ]
    kept = epoch(2, "attachment://f00", attachments={"f00": "a long answer"})

    (group,) = read(tmp_path, "log.json", log(parts, kept)).groups

    assert [s.text for s in group.samples] == ["app\nle", "a long answer"]


def test_files_of_several_runs_are_compared_and_told_apart(tmp_path: Path) -> None:
    for stem in ("cold", "warm"):
        (tmp_path / f"{stem}.json").write_text(json.dumps(log(epoch(1, "apple"))), "utf-8")

    found = outputs_file.read_all([tmp_path / "cold.json", tmp_path / "warm.json"])

    assert [group.name for group in found.groups] == [
        "openai/gpt-4.1-mini (cold)",
        "openai/gpt-4.1-mini (warm)",
    ]


def test_an_eval_file_that_is_none_is_told(tmp_path: Path) -> None:
    file = tmp_path / "log.eval"
    file.write_bytes(b"not a zip")
    with pytest.raises(InputError, match=r"not an \.eval file that can be read"):
        outputs_file.read(file)

    with zipfile.ZipFile(file, "w") as zipped:
        zipped.writestr("other.json", "{}")
    with pytest.raises(InputError, match="it has no header"):
        outputs_file.read(file)


def test_a_zip_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "log.eval"
    with (
        zipfile.ZipFile(file, "w", compression=zipfile.ZIP_DEFLATED) as zipped,
        zipped.open("header.json", "w") as header,
    ):
        for _ in range(MOST_BYTES // 2**20 + 1):
            header.write(bytes(2**20))

    with pytest.raises(InputError, match="unpacks to more than 256 MB"):
        outputs_file.read(file)

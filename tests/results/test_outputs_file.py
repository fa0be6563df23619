"""Outputs from elsewhere: three forms, and a sentence for each way to be wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lib.analysis.groups import Group
from lib.domain.errors import InputError
from lib.results import outputs_file


def read(folder: Path, name: str, text: str | bytes) -> tuple[Group, ...]:
    file = folder / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return outputs_file.read(file).groups


def said(groups: tuple[Group, ...]) -> dict[str, list[tuple[str, str, str]]]:
    return {
        group.name: [(s.text, s.finish_reason, s.outcome) for s in group.samples]
        for group in groups
    }


EXPECTED = {
    "A": [("apple", "stop", "ok"), ("", "length", "empty")],
    "B": [('pe,ar\n"x"', "unknown", "ok")],
}


def test_the_three_forms_say_the_same(tmp_path: Path) -> None:
    columns = [
        {"name": "A", "outputs": ["apple", ""], "finish_reasons": ["stop", "length"]},
        {"name": "B", "outputs": ['pe,ar\n"x"']},
    ]
    lines = [
        {"configuration": "A", "output": "apple", "finish_reason": "stop"},
        {"configuration": "B", "output": 'pe,ar\n"x"', "finish_reason": None, "more": [1]},
        {"configuration": "A", "output": "", "finish_reason": "length"},
    ]
    table = (
        'configuration,output,finish_reason,\r\nA,apple,stop,9\r\nB,"pe,ar\n""x""",,\r\n'
        "A,,length,\r\n"
    )

    assert said(read(tmp_path, "a.json", json.dumps({"configurations": columns}))) == EXPECTED
    assert said(read(tmp_path, "a.jsonl", "\n".join(map(json.dumps, lines)))) == EXPECTED
    assert said(read(tmp_path, "a.csv", table)) == EXPECTED
    assert said(read(tmp_path, "a.CSV", b"\xef\xbb\xbf" + table.encode())) == EXPECTED


def test_a_finish_reason_of_elsewhere_is_kept_beside_the_labs_word(tmp_path: Path) -> None:
    line = json.dumps({"configuration": "A", "output": "x", "finish_reason": "end_turn"})

    (group,) = read(tmp_path, "a.jsonl", line)

    assert (group.samples[0].finish_reason, group.samples[0].raw_finish_reason) == (
        "unknown",
        "end_turn",
    )


def test_a_line_separator_inside_a_text_ends_no_line(tmp_path: Path) -> None:
    line = json.dumps({"configuration": "A", "output": "a\u2028b\x85c"}, ensure_ascii=False)

    assert (
        said(read(tmp_path, "a.jsonl", f"{line}\n\n{line}\n"))["A"]
        == [("a\u2028b\x85c", "unknown", "ok")] * 2
    )


def test_a_long_output_is_read_from_csv(tmp_path: Path) -> None:
    (group,) = read(tmp_path, "a.csv", "configuration,output\nA," + "x" * 300_000)

    assert len(group.samples[0].text) == 300_000


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("a.json", "{", "a.json is not JSON: Expecting property name enclosed in double quotes"),
        ("a.json", "[]", "a.json: the document: input should be"),
        ("a.json", "{}", "a.json: configurations: field required."),
        (
            "a.json",
            '{"configurations": [{"name": "A", "outputs": [1]}]}',
            "a.json: configurations.0.outputs.0: input should be a valid string.",
        ),
        (
            "a.json",
            '{"configurations": [{"name": "A", "outputs": ["x"], "finish_reasons": []}]}',
            "a.json: 'A' has 1 outputs and 0 finish_reasons. Give one for each output.",
        ),
        ("a.json", '{"configurations": []}', "a.json has no outputs."),
        ("a.json", "[" * 100_000, "a.json is not JSON: "),
        ("a.jsonl", '{"configuration": "A"}', "a.jsonl: row 1: output: field required."),
        ("a.jsonl", '{"configuration": "A", "output": "x"}\nnope', "a.jsonl is not JSONL: "),
        ("a.jsonl", "7", "a.jsonl: row 1: the document: input should be"),
        ("a.jsonl", "", "a.jsonl has no outputs."),
        ("a.csv", "name,text\nA,x\n", "a.csv: row 1: configuration: field required."),
        ("a.csv", "configuration,output\nA\n", "a.csv: row 1: output: input should be"),
        ("a.csv", 'configuration,output\nA,"x\n', "a.csv is not CSV: unexpected end of data."),
        ("a.csv", b"\xff\xfe", "a.csv is not UTF-8. Save it as UTF-8."),
        ("a.txt", "x", "a.txt ends in none of .json, .jsonl, .csv, .eval. Rename it to what it"),
        (
            "a.csv",
            "configuration,output\n" + "".join(f"{n},x\n" for n in range(201)),
            "a.csv has 201 configurations, but at most 200 are taken.",
        ),
    ],
    ids=lambda value: str(value)[:30],
)
def test_each_way_to_be_wrong_has_its_sentence(
    name: str, text: str | bytes, says: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError) as raised:
        read(tmp_path, name, text)

    assert str(raised.value).startswith(says)
    assert "\n" not in str(raised.value)


def test_a_file_that_is_not_there_or_too_large_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InputError, match=r"can't be read: No such file"):
        outputs_file.read(tmp_path / "a.json")
    (tmp_path / "b.json").mkdir()
    with pytest.raises(InputError, match=r"can't be read: Is a directory"):
        outputs_file.read(tmp_path / "b.json")
    monkeypatch.setattr(outputs_file, "MOST_CALLS", 2)
    with pytest.raises(InputError, match=r"c.csv has more than 2 outputs"):
        read(tmp_path, "c.csv", "configuration,output\nA,x\nA,x\nA,x\n")
    monkeypatch.setattr(outputs_file, "MOST_BYTES", 10)
    with pytest.raises(InputError, match="is larger than"):
        read(tmp_path, "c.json", "x" * 11)

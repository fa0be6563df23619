"""From a slot to a request: what is sent, under which name, and why."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lib.domain.configuration import BUNDLED_MODEL, LOCAL, OPENAI, Endpoint
from lib.domain.errors import InputError
from lib.domain.message import Message
from lib.domain.vocabulary import Added, Request, Slot
from lib.providers.capabilities import profile
from lib.providers.registry import dialect
from tests.providers.making import MINE, slot

USER = Message("user", "Name a fruit.")


def build(asked: Slot) -> Request:
    return dialect(asked.configuration.endpoint).build(asked)


def body(asked: Slot) -> Any:
    return json.loads(build(asked).body)


def refused(asked: Slot) -> list[str]:
    with pytest.raises(InputError) as error:
        build(asked)
    return str(error.value).splitlines()


def test_a_plain_request_is_these_very_bytes() -> None:
    request = build(slot(temperature=0.5, max_tokens=8))

    assert request.path == "/chat/completions"
    assert request.body == (
        b'{"model": "some-model", "messages": [{"role": "user", "content": "Name a fruit."}], '
        b'"temperature": 0.5, "max_tokens": 8}'
    )


def test_text_is_sent_as_it_is_and_not_as_escapes() -> None:
    request = build(slot(Message("user", "“é” \U0001f34e \u202e\x00")))

    assert "“é” \U0001f34e \u202e\\u0000".encode() in request.body


def test_each_setting_travels_under_the_name_that_the_server_knows() -> None:
    settings: dict[str, Any] = {
        "temperature": 1,
        "top_p": 0.5,
        "max_tokens": 8,
        "stop": ("a", "b"),
        "seed": 7,
        "presence_penalty": 1,
        "frequency_penalty": -1,
        "logit_bias": {"50256": -100.0},
        "logprobs": 5,
        "reasoning_effort": "low",
        "verbosity": "low",
        "service_tier": "flex",
    }

    request = build(slot(endpoint=OPENAI, **settings))

    assert json.loads(request.body) == {
        "model": "some-model",
        "messages": [{"role": "user", "content": "Name a fruit."}],
        "temperature": 1,
        "top_p": 0.5,
        "max_completion_tokens": 8,
        "stop": ["a", "b"],
        "seed": 7,
        "presence_penalty": 1,
        "frequency_penalty": -1,
        "logit_bias": {"50256": -100.0},
        "logprobs": True,
        "top_logprobs": 5,
        "reasoning_effort": "low",
        "verbosity": "low",
        "service_tier": "flex",
    }
    assert request.notes.user_set["max_completion_tokens"] == 8
    assert request.notes.added == ()
    assert request.notes.not_sent == ("stream",)


def test_what_was_not_set_is_not_sent_and_listed() -> None:
    request = build(slot(endpoint=OPENAI, temperature=0))

    assert json.loads(request.body).keys() == {"model", "messages", "temperature"}
    assert "temperature" not in request.notes.not_sent
    assert {"top_p", "max_tokens", "seed", "logprobs"} < set(request.notes.not_sent)


def test_a_setting_that_the_server_has_no_field_for_is_refused_and_never_dropped() -> None:
    assert refused(slot(endpoint=OPENAI, top_k=5, thinking={"type": "enabled"}, logprobs=50)) == [
        "OpenAI has no top_k. Leave top_k empty, or use top_p.",
        "logprobs is 50, but OpenAI takes 0 to 20.",
        "OpenAI has no thinking. Leave thinking empty, or use reasoning_effort.",
    ]


def test_more_stop_sequences_than_the_server_takes_are_refused() -> None:
    assert refused(slot(endpoint=OPENAI, stop=tuple("abcde"))) == [
        "stop has 5 sequences, but OpenAI takes 4."
    ]


def test_openai_takes_a_logit_bias_in_whole_numbers_only() -> None:
    assert (
        b'"logit_bias": {"1": -100, "2": 3}'
        in build(slot(endpoint=OPENAI, logit_bias={"1": -100.0, "2": 3})).body
    )
    assert refused(slot(endpoint=OPENAI, logit_bias={"1": 1.0, "2": -0.5, "3": 1e-9})) == [
        "logit_bias of token '2' is -0.5, but OpenAI takes whole numbers.",
        "logit_bias of token '3' is 1e-09, but OpenAI takes whole numbers.",
    ]
    assert body(slot(logit_bias={"1": -0.5}))["logit_bias"] == {"1": -0.5}


def test_any_other_server_gets_what_was_set_and_nothing_else() -> None:
    assert body(slot(top_k=5, min_p=0.1, max_tokens=8)) == {
        "model": "some-model",
        "messages": [{"role": "user", "content": "Name a fruit."}],
        "top_k": 5,
        "min_p": 0.1,
        "max_tokens": 8,
    }


def test_a_streamed_answer_is_asked_to_report_its_usage() -> None:
    request = build(slot(stream=True))

    assert json.loads(request.body)["stream_options"] == {"include_usage": True}
    assert [each.field for each in request.notes.added] == ["stream_options.include_usage"]


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ({"include_obfuscation": False}, {"include_obfuscation": False, "include_usage": True}),
        ({}, {"include_usage": True}),
        ({"include_usage": False}, {"include_usage": False}),
        (None, None),
        ("odd", "odd"),
    ],
)
def test_options_of_a_stream_that_say_nothing_of_usage_leave_it_on(given: Any, sent: Any) -> None:
    asked = slot(stream=True, extra={"stream_options": given})

    assert body(asked)["stream_options"] == sent


def test_developer_becomes_system_where_there_is_no_such_role_and_it_is_said() -> None:
    asked = slot(Message("developer", "Be brief."), USER)

    assert [each["role"] for each in body(asked)["messages"]] == ["system", "user"]
    assert build(asked).notes.added == (
        Added(
            "messages[0].role",
            "system",
            "instead of developer, a role that an OpenAI-compatible server may not know",
        ),
    )
    assert body(slot(Message("developer", "Be brief."), USER, endpoint=OPENAI))["messages"][0] == {
        "role": "developer",
        "content": "Be brief.",
    }


def test_the_embedded_model_samples_from_the_pure_distribution_unless_told_otherwise() -> None:
    sent = body(slot(endpoint=LOCAL, drawn=42, top_p=0.5))

    assert {name: sent[name] for name in sent if name not in {"model", "messages"}} == {
        "top_p": 0.5,
        "temperature": 1,
        "top_k": 0,
        "min_p": 0,
        "typical_p": 1,
        "repeat_penalty": 1,
        "repeat_last_n": 2048,
        "presence_penalty": 0,
        "frequency_penalty": 0,
        "dry_multiplier": 0,
        "xtc_probability": 0,
        "top_n_sigma": -1,
        "mirostat": 0,
        "dynatemp_range": 0,
        "samplers": ["penalties", "temperature", "top_k", "typ_p", "top_p", "min_p"],
        "cache_prompt": False,
        "stream": True,
        "seed": 42,
        "stream_options": {"include_usage": True},
    }


def test_every_added_field_has_its_reason() -> None:
    notes = build(slot(endpoint=LOCAL, drawn=42)).notes

    assert all(each.why for each in notes.added)
    assert notes.user_set == {}
    assert notes.not_sent == ("max_tokens", "stop", "logit_bias", "logprobs")


def test_the_template_that_the_bundled_model_is_served_with_is_told_and_not_sent() -> None:
    bundled = build(slot(endpoint=LOCAL, model=BUNDLED_MODEL))
    other = build(slot(endpoint=LOCAL, model="another"))

    told = {each.field: each.value for each in bundled.notes.added}
    assert told["chat_template of the server"] == "chatml"
    assert not [name for name in json.loads(bundled.body) if "template" in name]
    assert not [each for each in other.notes.added if "template" in each.field]


def test_a_seed_of_the_user_goes_before_that_of_the_sample() -> None:
    request = build(slot(endpoint=LOCAL, drawn=42, seed=7))

    assert json.loads(request.body)["seed"] == 7
    assert request.notes.user_set == {"seed": 7}


def test_no_seed_is_sent_elsewhere_unless_it_was_set() -> None:
    assert "seed" not in body(slot(endpoint=MINE, drawn=42))


def test_extra_is_passed_through_and_goes_before_what_the_lab_would_add() -> None:
    request = build(slot(endpoint=LOCAL, extra={"typical_p": 0.9, "grammar": "root ::= 'a'"}))

    sent = json.loads(request.body)
    assert (sent["typical_p"], sent["grammar"]) == (0.9, "root ::= 'a'")
    assert request.notes.user_set == {"typical_p": 0.9, "grammar": "root ::= 'a'"}
    assert "typical_p" not in {each.field for each in request.notes.added}


def test_extra_can_hold_nothing_that_has_a_place_of_its_own() -> None:
    extra = {"n": 2, "messages": [], "model": "m", "stream": True, "logprobs": True, "top_p": 1}

    assert refused(slot(extra=extra)) == [
        "extra.n can't be passed through: one call is one sample; raise repeats instead.",
        "extra.messages can't be passed through: write them under messages.",
        "extra.model can't be passed through: write it under model.",
        "extra.stream can't be passed through: use the setting stream.",
        "extra.logprobs can't be passed through: use the setting logprobs.",
        "extra.top_p is a setting: use top_p.",
    ]
    assert refused(slot(endpoint=OPENAI, extra={"max_completion_tokens": 5, "max_tokens": 5})) == [
        "extra.max_completion_tokens is a setting: use max_tokens.",
        "extra.max_tokens is a setting: use max_tokens.",
    ]


def test_a_sampler_that_llama_cpp_would_ignore_in_silence_is_refused() -> None:
    [line] = refused(slot(endpoint=LOCAL, extra={"samplers": ["temperature", "top_typo"]}))
    assert line.startswith(
        "extra.samplers: the embedded model has no sampler 'top_typo', and would"
    )

    [line] = refused(slot(endpoint=LOCAL, extra={"samplers": "kt"}))
    assert line.startswith("extra.samplers must be a list of names: penalties, dry, ")

    known = ["temperature", "xtc"]
    assert body(slot(endpoint=LOCAL, extra={"samplers": known}))["samplers"] == known


@pytest.mark.parametrize("odd", [float("nan"), float("inf"), {1, 2}, b"bytes", "half \ud800"])
def test_what_is_no_json_is_refused(odd: object) -> None:
    assert refused(slot(extra={"odd": odd})) == [
        "The request can't be written as JSON. Use only text, numbers, true, false, lists and "
        "tables under extra, and no NaN."
    ]


def test_half_a_character_in_a_message_is_refused_by_its_place() -> None:
    assert refused(slot(USER, Message("assistant", "a\ud800"), USER)) == [
        "messages[1] holds half a character (a lone surrogate), which can't be sent. Delete it."
    ]


def test_building_twice_gives_the_same_bytes() -> None:
    asked = slot(endpoint=LOCAL, drawn=3, stop=("a",), logit_bias={"1": 2.0})

    assert build(asked) == build(asked)


def test_an_endpoint_with_an_unknown_profile_is_refused() -> None:
    with pytest.raises(InputError) as error:
        dialect(Endpoint(name="mine", profile="vlm"))

    assert str(error.value).startswith("There is no profile 'vlm'. Known ones are openai, ")


def test_a_prefill_is_sent_as_the_last_assistant_message() -> None:
    asked = slot(USER, Message("assistant", "My favourite is the"))

    assert body(asked)["messages"][-1] == {"role": "assistant", "content": "My favourite is the"}


def test_a_known_endpoint_at_another_address_is_not_taken_for_the_known_one() -> None:
    moved = Endpoint(name="openai", base_url="http://127.0.0.1:9/v1")

    assert body(slot(endpoint=moved, max_tokens=5))["max_tokens"] == 5
    assert profile("openai").fields["max_tokens"] == "max_completion_tokens"


def test_vllm_is_told_to_continue_a_prefill_and_only_then() -> None:
    vllm = Endpoint(name="mine", base_url="http://127.0.0.1:9/v1", profile="vllm")
    request = build(slot(USER, Message("assistant", "The"), endpoint=vllm))

    assert json.loads(request.body)["continue_final_message"] is True
    assert json.loads(request.body)["add_generation_prompt"] is False
    assert [each.field for each in request.notes.added] == [
        "continue_final_message",
        "add_generation_prompt",
    ]
    assert body(slot(endpoint=vllm)).keys() == {"model", "messages"}


def test_what_a_server_would_ignore_in_silence_is_refused() -> None:
    ollama = Endpoint(name="mine", base_url="http://127.0.0.1:9/v1", profile="ollama")

    assert refused(slot(endpoint=ollama, top_k=5)) == [
        "Ollama has no top_k. "
        "Set it in the Modelfile: Ollama's OpenAI door would ignore it in silence."
    ]


def test_llama_cpp_continues_one_assistant_message_and_not_two() -> None:
    turns = (USER, Message("assistant", "The"), Message("assistant", "The apple"))

    assert refused(slot(*turns, endpoint=LOCAL)) == [
        "messages end with two assistant messages, but a prefill is one. Join them."
    ]


def test_llama_cpp_reports_no_log_probabilities_without_alternatives() -> None:
    assert refused(slot(endpoint=LOCAL, logprobs=0)) == [
        "logprobs is 0, but the embedded model takes 1 to 200,000."
    ]

"""From a slot to a Responses request: what is sent, under which name, and why."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lib.domain.errors import InputError
from lib.domain.message import Message
from lib.domain.vocabulary import Added, Request, Slot
from lib.providers.registry import dialect
from tests.providers.openai_responses.making import slot

USER = Message("user", "Name a fruit.")
INPUT = [{"role": "user", "content": "Name a fruit."}]


def build(asked: Slot) -> Request:
    return dialect(asked.configuration.endpoint).build(asked)


def body(asked: Slot) -> Any:
    return json.loads(build(asked).body)


def refused(asked: Slot) -> list[str]:
    with pytest.raises(InputError) as error:
        build(asked)
    return str(error.value).splitlines()


def test_a_plain_request_is_these_very_bytes() -> None:
    request = build(slot(temperature=0.5, max_tokens=16))

    assert request.path == "/responses"
    assert request.body == (
        b'{"model": "some-model", "input": [{"role": "user", "content": "Name a fruit."}], '
        b'"temperature": 0.5, "max_output_tokens": 16, "store": false}'
    )


def test_the_api_is_told_not_to_keep_the_answer_and_why_is_noted() -> None:
    assert build(slot()).notes.added == (
        Added("store", False, "without it the API keeps every answer, for 30 days or more"),
    )


def test_a_user_may_let_the_api_keep_it() -> None:
    request = build(slot(extra={"store": True}))

    assert json.loads(request.body)["store"] is True
    assert request.notes.added == ()
    assert request.notes.user_set == {"store": True}


def test_each_setting_travels_under_the_name_that_the_api_knows() -> None:
    request = build(
        slot(
            temperature=1,
            top_p=0.5,
            max_tokens=100,
            logprobs=5,
            reasoning_effort="low",
            verbosity="high",
            service_tier="flex",
            stream=True,
        )
    )

    assert json.loads(request.body) == {
        "model": "some-model",
        "input": INPUT,
        "temperature": 1,
        "top_p": 0.5,
        "max_output_tokens": 100,
        "top_logprobs": 5,
        "include": ["message.output_text.logprobs"],
        "reasoning": {"effort": "low"},
        "text": {"verbosity": "high"},
        "service_tier": "flex",
        "stream": True,
        "store": False,
    }
    assert request.notes.user_set["reasoning.effort"] == "low"
    assert request.notes.not_sent == ()


def test_all_roles_are_sent_as_they_are_and_a_prefill_last() -> None:
    turns = (
        Message("system", "Be brief."),
        Message("developer", "No nuts."),
        USER,
        Message("assistant", "The"),
    )

    assert body(slot(*turns))["input"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "developer", "content": "No nuts."},
        *INPUT,
        {"role": "assistant", "content": "The"},
    ]


def test_what_the_api_has_no_field_for_is_refused_with_where_to_go_instead() -> None:
    assert refused(
        slot(
            top_k=5,
            min_p=0.1,
            stop=("a",),
            seed=7,
            presence_penalty=1,
            frequency_penalty=1,
            logit_bias={"1": 1},
            thinking={"type": "enabled"},
        )
    ) == [
        "OpenAI Responses has no top_k. "
        "Use top_p, or ask a model that has it, such as the embedded one (endpoint local).",
        "OpenAI Responses has no min_p. "
        "Use top_p, or ask a model that has it, such as the embedded one (endpoint local).",
        "OpenAI Responses has no stop. "
        "Leave stop empty, or ask the model by chat completions (endpoint openai).",
        "OpenAI Responses has no seed. "
        "Leave seed empty, or ask the model by chat completions (endpoint openai).",
        "OpenAI Responses has no presence_penalty. "
        "Leave presence_penalty empty, or ask by chat completions (endpoint openai).",
        "OpenAI Responses has no frequency_penalty. "
        "Leave frequency_penalty empty, or ask by chat completions (endpoint openai).",
        "OpenAI Responses has no logit_bias. "
        "Leave logit_bias empty, or ask the model by chat completions (endpoint openai).",
        "OpenAI Responses has no thinking. Leave thinking empty, or use reasoning_effort.",
    ]


def test_a_limit_that_the_api_would_refuse_is_refused_before() -> None:
    assert refused(slot(max_tokens=15, logprobs=21)) == [
        "max_tokens is 15, but OpenAI Responses takes 16 to 1,000,000.",
        "logprobs is 21, but OpenAI Responses takes 0 to 20.",
    ]


def test_what_a_user_wants_included_comes_beside_the_log_probabilities() -> None:
    wanted = {"include": ["reasoning.encrypted_content", "message.output_text.logprobs"]}

    request = build(slot(logprobs=0, extra=wanted))

    included = ["message.output_text.logprobs", "reasoning.encrypted_content"]
    assert json.loads(request.body)["include"] == included
    assert request.notes.user_set["include"] == included
    assert body(slot(logprobs=0))["include"] == ["message.output_text.logprobs"]
    assert body(slot(extra=wanted))["include"] == wanted["include"]


def test_a_format_of_the_user_stands_beside_the_verbosity() -> None:
    extra = {"text": {"format": {"type": "json_object"}}, "reasoning": {"summary": "auto"}}

    sent = body(slot(verbosity="low", reasoning_effort="high", extra=extra))

    assert sent["text"] == {"verbosity": "low", "format": {"type": "json_object"}}
    assert sent["reasoning"] == {"effort": "high", "summary": "auto"}


def test_extra_can_hold_nothing_that_has_a_place_of_its_own() -> None:
    extra = {
        "input": "hi",
        "n": 2,
        "max_output_tokens": 20,
        "text": {"verbosity": "low"},
        "seed": 1,
    }

    assert refused(slot(extra=extra)) == [
        "extra.input can't be passed through: write it under messages.",
        "extra.n can't be passed through: one call is one sample; raise repeats instead.",
        "extra.max_output_tokens is a setting: use max_tokens.",
        "extra.text.verbosity is a setting: use verbosity.",
        "extra.seed is a setting: use seed.",
    ]


def test_calls_that_would_see_each_other_or_answer_later_are_refused() -> None:
    extra = {"background": True, "conversation": "conv_1", "previous_response_id": "resp_1"}

    assert refused(slot(top_k=1, extra=extra))[:3] == [
        "extra.background can't be passed through: "
        "such a call is answered before the model has written anything.",
        "extra.conversation can't be passed through: "
        "each call must be asked alone, or a sample would see the answers before it.",
        "extra.previous_response_id can't be passed through: "
        "write the whole conversation under messages.",
    ]
    assert len(refused(slot(top_k=1, extra=extra))) == 4
    assert body(slot(extra={"background": False}))["background"] is False

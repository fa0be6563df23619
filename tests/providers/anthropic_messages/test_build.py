"""From a slot to the body of an Anthropic request: nothing dropped, nothing added in silence."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.domain.errors import InputError
from lib.domain.message import Message
from lib.domain.vocabulary import Added, Request, Slot
from lib.providers.registry import dialect
from tests.providers.anthropic_messages.asking import asked

USER = Message("user", "Name a fruit.")
VERSION = Added(
    "anthropic-version header",
    "2023-06-01",
    "the version of the API that takes temperature, top_p and top_k, whatever you set",
)
LIMIT = Added("max_tokens", 1024, "this API refuses a request without a limit")


def build(slot: Slot) -> Request:
    return dialect(slot.configuration.endpoint).build(slot)


def body(slot: Slot) -> dict[str, Any]:
    return json.loads(build(slot).body)  # type: ignore[no-any-return]


def problems(slot: Slot) -> list[str]:
    with pytest.raises(InputError) as error:
        build(slot)
    return error.value.says.split("\n")


def test_a_plain_request_is_these_very_bytes_and_the_limit_is_noted() -> None:
    request = build(asked())

    assert request.path == "/v1/messages"
    assert request.body == (
        b'{"model": "some-model", "messages": [{"role": "user", "content": "Name a fruit."}], '
        b'"max_tokens": 1024}'
    )
    assert request.notes.user_set == {}
    assert request.notes.added == (VERSION, LIMIT)
    assert set(request.notes.not_sent) == {
        *("temperature", "top_p", "top_k", "stop", "reasoning_effort", "thinking"),
        *("service_tier", "stream"),
    }


def test_every_setting_goes_under_its_own_name() -> None:
    slot = asked(
        temperature=0.5,
        top_p=0.9,
        top_k=40,
        max_tokens=9,
        stop=("END", "x"),
        reasoning_effort="xhigh",
        thinking={"type": "disabled"},
        service_tier="standard_only",
        stream=True,
    )

    assert body(slot) == {
        "model": "some-model",
        "messages": [{"role": "user", "content": "Name a fruit."}],
        "temperature": 0.5,
        "top_p": 0.9,
        "top_k": 40,
        "max_tokens": 9,
        "stop_sequences": ["END", "x"],
        "output_config": {"effort": "xhigh"},
        "thinking": {"type": "disabled"},
        "service_tier": "standard_only",
        "stream": True,
    }
    assert build(slot).notes.added == (VERSION,)
    assert build(slot).notes.not_sent == ()


def test_a_format_in_extra_stands_beside_the_effort() -> None:
    slot = asked(reasoning_effort="low", extra={"output_config": {"format": {"type": "x"}}})

    assert body(slot)["output_config"] == {"effort": "low", "format": {"type": "x"}}


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("temperature", 1.5, "temperature is 1.5, but Anthropic takes 0 to 1."),
        (
            "reasoning_effort",
            "none",
            "reasoning_effort is 'none', but Anthropic takes low, medium, high, xhigh, max.",
        ),
        (
            "service_tier",
            "flex",
            "service_tier is 'flex', but Anthropic takes auto, standard_only.",
        ),
        ("min_p", 0.1, "Anthropic has no min_p. Leave min_p empty, or use top_p."),
        (
            "seed",
            7,
            "Anthropic has no seed. Leave seed empty: Anthropic has no way to fix the draw.",
        ),
        (
            "logprobs",
            5,
            "Anthropic has no logprobs. Leave logprobs empty: Anthropic reports none. "
            "Repeats show the distribution.",
        ),
        (
            "presence_penalty",
            1,
            "Anthropic has no presence_penalty. Leave presence_penalty empty.",
        ),
        (
            "frequency_penalty",
            1,
            "Anthropic has no frequency_penalty. Leave frequency_penalty empty.",
        ),
        ("logit_bias", {"1": 1}, "Anthropic has no logit_bias. Leave logit_bias empty."),
        (
            "verbosity",
            "low",
            "Anthropic has no verbosity. Leave verbosity empty, or use reasoning_effort.",
        ),
        (
            "stop",
            ("ok", "\n\n"),
            r"stop has '\n\n', but Anthropic takes no stop sequence of white space alone.",
        ),
        (
            "thinking",
            {"type": "enabled", "budget_tokens": 1024},
            "thinking has budget_tokens 1,024, but max_tokens would be 1,024: "
            "Anthropic counts thinking in it, so set max_tokens above the budget.",
        ),
        (
            "extra",
            {"output_config": {"effort": "low"}},
            "extra.output_config.effort is a setting: use reasoning_effort.",
        ),
        ("extra", {"stop_sequences": ["x"]}, "extra.stop_sequences is a setting: use stop."),
    ],
    ids=lambda value: value if isinstance(value, str) and value.isidentifier() else "",
)
def test_what_can_not_be_sent_is_refused_with_a_sentence(name: str, value: Any, says: str) -> None:
    assert problems(asked(**{name: value})) == [says]


def test_a_budget_below_the_limit_is_sent() -> None:
    thinking = {"type": "enabled", "budget_tokens": 1024}

    assert body(asked(max_tokens=1025, thinking=thinking))["thinking"] == thinking
    assert problems(asked(max_tokens=1000, thinking=thinking)) == [
        "thinking has budget_tokens 1,024, but max_tokens is 1,000: "
        "Anthropic counts thinking in it, so set max_tokens above the budget."
    ]


def test_all_problems_are_told_at_once() -> None:
    slot = asked(Message("user", ""), Message("assistant", "One "), seed=1, temperature=2)

    assert len(problems(slot)) == 4


def test_a_system_message_goes_beside_the_messages_and_that_is_noted() -> None:
    slot = asked(Message("system", "Be short."), USER, max_tokens=5)

    assert body(slot) == {
        "model": "some-model",
        "system": "Be short.",
        "messages": [{"role": "user", "content": "Name a fruit."}],
        "max_tokens": 5,
    }
    assert build(slot).notes.added == (
        VERSION,
        Added(
            "system", "Be short.", "what stands before the first turn goes beside the messages here"
        ),
    )


def test_several_before_the_first_turn_stay_apart() -> None:
    slot = asked(Message("system", "Be short."), Message("developer", "Be kind."), USER)

    assert body(slot)["system"] == [
        {"type": "text", "text": "Be short."},
        {"type": "text", "text": "Be kind."},
    ]
    assert (
        Added(
            "messages[1].role", "system", "instead of developer, a role that Anthropic may not know"
        )
        in build(slot).notes.added
    )


@pytest.mark.parametrize("role", ["system", "developer"])
def test_one_after_the_first_turn_stays_where_it_is_and_that_is_noted(role: Any) -> None:
    slot = asked(USER, Message("assistant", "Apple."), Message(role, "Be short."), USER)

    assert "system" not in body(slot)
    assert [each["role"] for each in body(slot)["messages"]] == [
        *("user", "assistant", "system", "user"),
    ]
    assert (
        Added(
            "messages[2].role",
            "system",
            "sent where it stands, after the first turn: only newer models take it there",
        )
        in build(slot).notes.added
    )


def test_a_prefill_is_the_last_message() -> None:
    slot = asked(USER, Message("assistant", "1, 2,"))

    assert body(slot)["messages"][-1] == {"role": "assistant", "content": "1, 2,"}


@pytest.mark.parametrize("end", [" ", "\n", "\t", "\u3000"])
def test_a_prefill_that_ends_with_white_space_is_refused_before_it_is_sent(end: str) -> None:
    assert problems(asked(USER, Message("assistant", f"1, 2,{end}"))) == [
        "The prefill ends with white space, which Anthropic refuses. Delete it there."
    ]


@pytest.mark.parametrize("nothing", ["", " ", "\n\t"])
@pytest.mark.parametrize("role", ["system", "user", "assistant"])
def test_a_message_without_text_is_refused_before_it_is_sent(role: Any, nothing: str) -> None:
    assert problems(asked(Message(role, nothing), USER)) == [
        "messages[0] has no text, which Anthropic refuses. Write one, or delete it."
    ]


def test_an_empty_last_turn_of_the_assistant_is_the_one_that_may_be_empty() -> None:
    assert body(asked(USER, Message("assistant", "")))["messages"][-1]["content"] == ""
    assert problems(asked(USER, Message("assistant", " "))) == [
        "messages[1] has no text, which Anthropic refuses. Write one, or delete it."
    ]


def test_a_conversation_of_system_messages_alone_is_refused() -> None:
    assert problems(asked(Message("system", "Be short."))) == [
        "messages hold no turn, but Anthropic takes at least one user message."
    ]


ROLES = st.sampled_from(["system", "developer", "user", "assistant"])
TEXTS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20)


@given(st.lists(st.builds(Message, ROLES, TEXTS), min_size=1, max_size=6))
def test_every_message_is_sent_once_and_in_order_or_none_is(messages: list[Message]) -> None:
    slot = asked(*messages)
    try:
        sent = body(slot)
    except InputError:
        return  # what is refused is tested above
    system = sent.get("system", [])
    texts = [system] if isinstance(system, str) else [each["text"] for each in system]

    assert texts + [each["content"] for each in sent["messages"]] == [m.content for m in messages]

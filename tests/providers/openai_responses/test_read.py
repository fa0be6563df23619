"""From a Responses reply to a sample: what an answer says, and what is odd about it."""

from __future__ import annotations

import math
from typing import Any

import pytest

from lib.domain.errors import CallError, Unreadable
from lib.domain.message import Message
from lib.domain.vocabulary import Sample, TokenProbability, Usage
from tests.providers.openai_responses.answers import (
    function_call,
    message,
    output_text,
    reasoning,
    refusal,
    response,
    usage,
)
from tests.providers.openai_responses.making import ASKED, STREAMED, read, slot

GOOD = response({}, "Apple")


def saying(*items: Any, **changes: object) -> dict[str, Any]:
    return {**GOOD, "output": list(items), **changes}


def error(body: object) -> CallError:
    with pytest.raises(CallError) as raised:
        read(body)
    return raised.value


def test_a_good_answer_is_read_whole() -> None:
    assert read(GOOD) == Sample(
        slot=ASKED,
        text="Apple",
        outcome="ok",
        finish_reason="stop",
        raw_finish_reason="completed",
        usage=Usage(
            input_tokens=11,
            output_tokens=1,
            cached_tokens=4,
            reasoning_tokens=0,
            cache_write_tokens=2,
        ),
        model="some-model",
        response_id="resp_1",
        fingerprint=None,
        service_tier="default",
        first_token=None,
        reasoning=None,
        seconds=0.25,
        flags=(),
    )


def test_the_first_token_is_read_with_its_alternatives() -> None:
    asked = {"include": ["message.output_text.logprobs"], "top_logprobs": 2}

    first = read(response(asked, "Apple pie"), slot(logprobs=2)).first_token

    assert first is not None
    assert first.drawn == TokenProbability("Apple", "4170706c65", math.log(0.6))
    assert [each.token for each in first.top] == ["Apple", " Pear"]


FULL = {
    **response({"include": ["message.output_text.logprobs"], "top_logprobs": 1}, "Apple"),
    "status": "incomplete",
    "incomplete_details": {"reason": "max_output_tokens"},
    "service_tier": "flex",
    "temperature": 1.0,
}
FULL["output"] = [
    reasoning("Hm."),
    *FULL["output"],
    message([refusal("No.")]),
    function_call(),
    {"type": "custom_tool_call", "name": "run", "input": "ls", "call_id": "c", "id": "ct_1"},
]
READ = (
    "id",
    "model",
    "status",
    "incomplete_details",
    "incomplete_details.reason",
    "temperature",
    "service_tier",
    "output",
    "output.0.type",
    "output.0.summary",
    "output.0.summary.0.type",
    "output.0.summary.0.text",
    "output.1.type",
    "output.1.content",
    "output.1.content.0.type",
    "output.1.content.0.text",
    "output.1.content.0.logprobs",
    "output.1.content.0.logprobs.0.token",
    "output.1.content.0.logprobs.0.bytes",
    "output.1.content.0.logprobs.0.logprob",
    "output.1.content.0.logprobs.0.top_logprobs",
    "output.2.content.0.type",
    "output.2.content.0.refusal",
    "output.3.type",
    "output.4.type",
    "usage",
    "usage.input_tokens",
    "usage.output_tokens",
    "usage.input_tokens_details",
    "usage.input_tokens_details.cached_tokens",
    "usage.input_tokens_details.cache_write_tokens",
    "usage.output_tokens_details",
    "usage.output_tokens_details.reasoning_tokens",
)


def renamed(value: Any, place: list[str]) -> Any:
    """The same value with the key at this place written otherwise."""
    head, *rest = place
    if isinstance(value, list):
        return [renamed(v, rest) if at == int(head) else v for at, v in enumerate(value)]
    return {
        (f"{name}_" if name == head and not rest else name): (
            renamed(inner, rest) if name == head and rest else inner
        )
        for name, inner in value.items()
    }


@pytest.mark.parametrize("place", READ)
def test_no_field_can_change_its_name_unnoticed(place: str) -> None:
    asked = slot(temperature=0.5, service_tier="default", logprobs=1)

    def result(body: Any) -> object:
        try:
            return read(body, asked)
        except CallError as raised:
            return str(raised)

    assert result(renamed(FULL, place.split("."))) != result(FULL)


@pytest.mark.parametrize("place", ["name", "arguments"])
def test_no_field_of_a_tool_call_can_change_its_name_unnoticed(place: str) -> None:
    assert read(saying(renamed(function_call(), [place]))) != read(saying(function_call()))


def test_several_parts_and_messages_are_one_text() -> None:
    two = message([output_text("Ap"), output_text("ple")])

    assert read(saying(two)).text == "Apple"
    assert read(saying(two)).flags == ()
    sample = read(saying(two, message([output_text(" pie")])))
    assert sample.text == "Apple pie"
    assert sample.flags == ("The answer came as 2 messages, which are joined.",)


def test_commentary_is_no_part_of_the_answer_and_said_so() -> None:
    comment = message([output_text("Let me see.")], phase="commentary")
    final = message([output_text("Apple")], phase="final_answer")

    sample = read(saying(comment, final))

    assert sample.text == "Apple"
    assert sample.flags == ("Commentary before the answer was left out.",)
    assert read(saying(comment)).text == "Let me see."


def test_a_refusal_is_an_outcome_with_its_words() -> None:
    sample = read(saying(message([refusal("I can't help with that.")])))

    assert sample.text == "I can't help with that."
    assert (sample.outcome, sample.finish_reason) == ("refused", "refusal")
    assert sample.raw_finish_reason == "completed"


def test_a_tool_call_keeps_its_arguments_even_if_they_are_broken() -> None:
    custom = {"type": "custom_tool_call", "name": "run", "input": "ls", "call_id": "1"}

    sample = read(saying(function_call(arguments='{"broken'), custom))

    assert sample.text == 'look_up({"broken)\nrun(ls)'
    assert (sample.outcome, sample.finish_reason) == ("tool_call", "tool_calls")
    assert sample.raw_finish_reason == "completed"


def test_a_tool_call_that_was_cut_ended_at_the_limit() -> None:
    cut = {"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}

    sample = read(saying(function_call(arguments='{"a'), **cut))

    assert (sample.outcome, sample.finish_reason) == ("tool_call", "length")


def test_reasoning_stands_apart_from_the_text() -> None:
    sample = read(saying(reasoning("First.", "Then."), message([output_text("Apple")])))

    assert (sample.text, sample.reasoning) == ("Apple", "First.\n\nThen.")
    assert sample.flags == ()


def test_reasoning_itself_goes_before_its_summary() -> None:
    thoughts = {**reasoning("Short."), "content": [{"type": "reasoning_text", "text": "Long."}]}

    assert read(saying(thoughts, message([output_text("Apple")]))).reasoning == "Long."


def test_reasoning_that_took_all_tokens_leaves_an_empty_answer() -> None:
    body = saying(
        reasoning(),
        status="incomplete",
        incomplete_details={"reason": "max_output_tokens"},
        usage=usage(output_tokens=16, output_tokens_details={"reasoning_tokens": 16}),
    )

    sample = read(body, slot(max_tokens=16))

    assert (sample.text, sample.outcome, sample.finish_reason) == ("", "empty", "length")
    assert sample.usage.reasoning_tokens == 16
    assert sample.flags[0] == "The answer has no message in it."


@pytest.mark.parametrize(
    "item", [{"type": "web_search_call", "id": "ws_1"}, {"type": "new"}, {}, 7, None, "text"]
)
def test_items_that_are_no_text_are_left_out_and_said_so(item: object) -> None:
    sample = read(saying(item, message([output_text("Apple")])))

    assert sample.text == "Apple"
    assert sample.flags == ("Items of the answer that aren't text were left out.",)


def test_parts_that_are_no_text_are_left_out_and_said_so() -> None:
    sample = read(saying(message([{"type": "output_audio"}, output_text("Apple"), None])))

    assert sample.text == "Apple"
    assert sample.flags == ("Parts of the answer that aren't text were left out.",)


@pytest.mark.parametrize("output", [None, "Apple", {}, 7])
def test_without_a_list_of_items_it_is_no_answer(output: object) -> None:
    assert str(error({**GOOD, "output": output})) == (
        "The answer has no output in it. See its response."
    )


def test_a_chat_completion_is_no_answer_of_this_dialect() -> None:
    assert isinstance(error({"choices": [{"message": {"content": "Apple"}}]}), Unreadable)


def test_an_answered_prefill_is_flagged() -> None:
    turns = (Message("user", "Name a fruit."), Message("assistant", "My favourite is the"))

    assert read(GOOD, slot(*turns)).flags == ("The prefill was answered, not continued.",)


def test_a_whole_answer_where_a_stream_was_asked_for_is_flagged() -> None:
    assert read(GOOD, STREAMED).flags == ("A stream was asked for, but the answer came whole.",)

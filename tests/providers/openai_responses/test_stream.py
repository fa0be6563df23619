"""A streamed Responses answer is the same answer: put together, or incomplete."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from lib.domain.errors import CallError, RateLimited, Transient, Unreadable
from lib.domain.vocabulary import Sample
from lib.providers.dialect import assembled
from tests.providers.making import reply
from tests.providers.openai_responses.answers import (
    events,
    failed,
    function_call,
    message,
    output_text,
    reasoning,
    refusal,
    response,
    stream,
)
from tests.providers.openai_responses.making import STREAMED, read, slot

ASKED = {"include": ["message.output_text.logprobs"], "top_logprobs": 2}
PLAIN = response(ASKED, "One two  three")
ALL = {
    **PLAIN,
    "output": [
        reasoning("First I look.", "Then I leap."),
        message([output_text("One "), output_text("two"), refusal("No more.")]),
        function_call(arguments='{"a": 1}'),
    ],
}


def told(*parts: dict[str, Any]) -> bytes:
    return b"".join(stream(list(parts)))


def without_last(whole: dict[str, Any]) -> list[dict[str, Any]]:
    return events(whole)[:-1]


def last(**changes: Any) -> dict[str, Any]:
    return {"type": "response.completed", "response": {**PLAIN, **changes}}


def error(body: bytes) -> CallError:
    with pytest.raises(CallError) as raised:
        read(body, STREAMED)
    return raised.value


def whole_sample(whole: dict[str, Any]) -> Sample:
    return replace(read(whole, STREAMED), flags=())


@pytest.mark.parametrize("whole", [PLAIN, ALL, response({"max_output_tokens": 1}, "One two")])
def test_a_stream_and_a_whole_answer_are_the_same_sample(whole: dict[str, Any]) -> None:
    streamed = read(told(*events(whole)), STREAMED)

    assert replace(streamed, flags=()) == whole_sample(whole)


def test_the_assembled_object_is_the_one_that_would_have_come_whole() -> None:
    built = assembled(reply(told(*events(ALL))), "openai-responses")

    assert built == {**ALL, "assembled": True}


@pytest.mark.parametrize("empty", [[], None])
def test_an_output_that_the_last_event_leaves_out_is_taken_from_those_before(empty: object) -> None:
    body = told(*without_last(ALL), last(output=empty))

    sample = read(body, STREAMED)

    assert replace(sample, flags=()) == whole_sample(ALL)


def test_log_probabilities_that_the_last_event_leaves_out_are_taken_from_the_pieces() -> None:
    bare = [message([output_text("One two  three")])]

    sample = read(told(*without_last(PLAIN), last(output=bare)), STREAMED)

    assert sample.first_token is not None
    assert sample.first_token.drawn.token == "One"
    assert [each.token for each in sample.first_token.top] == ["One", " Pear"]


def test_each_log_probability_is_taken_once() -> None:
    pieces = [each for each in without_last(PLAIN) if "item" not in each]
    bare = [message([output_text("One two  three")])]

    built = assembled(reply(told(*pieces, last(output=bare))), "openai-responses")

    positions = built["output"][0]["content"][0]["logprobs"]
    assert [each["token"] for each in positions] == ["One", " two", "  three"]


def test_an_empty_text_at_the_end_does_not_undo_its_pieces() -> None:
    pieces = [
        {**each, "text": ""} if each["type"] == "response.output_text.done" else each
        for each in without_last(PLAIN)
        if "item" not in each
    ]

    assert read(told(*pieces, last(output=[])), STREAMED).text == "One two  three"


def test_items_that_no_event_told_of_are_kept() -> None:
    body = told(*without_last(PLAIN), last(output=[*PLAIN["output"], function_call()]))

    assert read(body, STREAMED).outcome == "tool_call"


def test_an_item_is_not_filled_with_what_another_kind_of_item_said() -> None:
    thinking = {**PLAIN, "output": [reasoning("Hm."), *PLAIN["output"]]}
    body = told(*without_last(thinking), last(output=PLAIN["output"]))

    assert assembled(reply(body), "openai-responses")["output"] == PLAIN["output"]


def test_what_the_last_event_says_goes_before_the_pieces() -> None:
    other = [message([output_text("Apple")])]

    assert read(told(*without_last(PLAIN), last(output=other)), STREAMED).text == "Apple"


PIECES = [
    each
    for each in without_last(ALL)
    if not each["type"].startswith(("response.content_part", "response.output_item.done"))
]
DELTAS = [each for each in PIECES if not each["type"].endswith(".done")]
WHOLE_TEXTS = [each for each in PIECES if not each["type"].endswith(".delta")]


@pytest.mark.parametrize(
    "pieces",
    [PIECES, DELTAS, WHOLE_TEXTS, WHOLE_TEXTS[::-1]],
    ids=["all", "deltas", "whole texts", "backwards"],
)
def test_items_that_only_came_in_pieces_are_put_together(pieces: list[dict[str, Any]]) -> None:
    body = told(*pieces, last(output=[]))

    sample, built = read(body, STREAMED), assembled(reply(body), "openai-responses")

    assert sample.text == "One two"
    assert sample.reasoning == "First I look.\n\nThen I leap."
    assert built["output"][2]["arguments"] == '{"a": 1}'


def test_a_stream_without_one_of_its_three_last_events_is_no_answer() -> None:
    raised = error(told(*without_last(PLAIN)))

    assert str(raised) == "The stream ended before its last piece."
    assert isinstance(raised, Unreadable)
    assert (raised.maybe_billed, raised.wrong_place) == (True, False)


def test_a_last_event_that_was_cut_is_no_answer_either() -> None:
    body = told(*events(PLAIN))

    assert str(error(body[:-10])) == "The stream ended before its last piece."


def test_what_came_before_the_cut_can_still_be_looked_at() -> None:
    built = assembled(reply(told(*without_last(PLAIN))), "openai-responses")

    assert built["status"] == "in_progress"
    assert built["output"][0]["content"][0]["text"] == "One two  three"


def test_junk_between_two_events_is_unreadable() -> None:
    head, *rest = stream(events(PLAIN))

    assert str(error(head + b"data: {junk\n\n" + b"".join(rest))) == (
        "The answer isn't whole JSON. See its response."
    )


def test_a_response_that_failed_in_its_stream_is_classed_by_its_code() -> None:
    assert isinstance(error(told(*events(failed("rate_limit_exceeded")))), RateLimited)
    raised = error(told(*events(failed("server_error"))))
    assert isinstance(raised, Transient)
    assert (raised.code, raised.maybe_billed) == ("server_error", True)


@pytest.mark.parametrize("inner", [False, True])
def test_an_error_event_is_classed_by_its_code(inner: bool) -> None:
    words: dict[str, Any] = {"code": "rate_limit_exceeded", "message": "Slow.", "param": None}
    event = {"type": "error", "error": words} if inner else {"type": "error", **words}

    assert isinstance(error(told(*without_last(PLAIN), event)), RateLimited)


def test_an_error_event_that_nobody_knows_may_be_tried_again() -> None:
    raised = error(told(*without_last(PLAIN), {"type": "error", "message": "Something."}))

    assert isinstance(raised, Transient)
    assert raised.code == "server_error"


def test_events_of_another_kind_are_passed_over() -> None:
    strange = [
        {"type": "response.new_thing.delta", "delta": "x"},
        {"type": "keepalive"},
        {"type": "response.output_text.delta", "output_index": "0", "delta": 7},
        {"type": "response.completed", "response": None},
        {"type": 7},
    ]

    sample = read(told(*events(PLAIN)[:-1]) + raw(strange) + told(events(PLAIN)[-1]), STREAMED)

    assert replace(sample, flags=()) == whole_sample(PLAIN)


def raw(each: list[Any]) -> bytes:
    return b"".join(b"data: %b\n\n" % json.dumps(one).encode() for one in each)


def test_done_at_the_end_is_no_piece() -> None:
    assert read(told(*events(PLAIN)) + b"data: [DONE]\n\n", STREAMED).text == "One two  three"
    assert str(error(told(*without_last(PLAIN)) + b"data: [DONE]\n\n")) == (
        "The stream ended before its last piece."
    )


def test_a_stream_that_nobody_asked_for_is_read_if_it_is_whole() -> None:
    sample = read(told(*events(PLAIN)), slot())

    assert sample.text == "One two  three"
    assert sample.flags == ("The answer came as a stream, though none was asked.",)


def test_halves_of_a_character_in_two_events_are_put_together() -> None:
    where = {"output_index": 0, "content_index": 0, "item_id": "msg_1"}
    pieces = [
        {"type": "response.output_text.delta", **where, "delta": half}
        for half in ("\ud83c", "\udf4e")
    ]

    assert read(told(*pieces, last(output=[])), STREAMED).text == "\U0001f34e"

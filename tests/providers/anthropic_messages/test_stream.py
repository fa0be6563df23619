"""Streams of Anthropic: put together to the answer that would have come, or told to be none."""

from __future__ import annotations

import pytest

from lib.domain.errors import Transient, Unreadable
from lib.providers.dialect import assembled
from tests.providers.anthropic_messages.answers import (
    error,
    event,
    message,
    text,
    thinking,
    tool_use,
    usage,
)
from tests.providers.anthropic_messages.asking import (
    STREAMED,
    failed,
    read,
    stream,
)
from tests.providers.making import reply


def test_a_stream_is_put_together_to_the_answer_that_would_have_come() -> None:
    whole = message(
        content=[thinking("Hm, hm."), text("Apple"), tool_use("look_up", {"word": "pear"})],
        stop_reason="tool_use",
    )

    found = assembled(reply(stream(whole)), "anthropic")

    assert found == {**whole, "assembled": True}


def test_counts_in_a_stream_are_cumulative_so_the_last_ones_hold() -> None:
    body = stream(message(usage=usage(output_tokens=50)))

    assert b'"output_tokens": 1,' in body
    assert read(body, STREAMED).usage.output_tokens == 50


def test_a_stream_is_whole_only_with_its_reason() -> None:
    body = stream(message(content=[thinking("Hm."), text("Apple")]))
    done = body.index(b"event: message_stop")
    reason = body.index(b"event: message_delta")

    for end in range(len(body)):
        cut = body[:end]
        if end >= done - 2:
            assert read(cut, STREAMED).text == "Apple"
        elif cut.strip() and end > 6:
            found = failed(cut, STREAMED)
            assert isinstance(found, Unreadable)
            assert end > reason or found.says == "The stream ended before its last piece."


def test_a_stream_whose_reason_is_null_is_not_whole() -> None:
    body = stream(message(stop_reason=None)).replace(b"message_stop", b"ping")

    assert failed(body, STREAMED).says == "The stream ended before its last piece."


def test_citations_of_a_stream_are_kept_and_are_nothing_odd() -> None:
    citation = {"type": "char_location", "cited_text": "x"}
    delta = {"type": "citations_delta", "citation": citation}
    body = stream(message()).replace(
        b"event: content_block_stop",
        event({"type": "content_block_delta", "index": 0, "delta": delta})
        + b"event: content_block_stop",
    )

    assert assembled(reply(body), "anthropic")["content"][0]["citations"] == [citation]
    assert read(body, STREAMED).flags == ()


def test_a_stream_without_a_beginning_is_no_answer() -> None:
    delta = {"stop_reason": "end_turn"}
    body = event({"type": "message_delta", "delta": delta}) + event({"type": "message_stop"})

    assert failed(body, STREAMED).says == "The answer has no content blocks."


def test_an_error_of_no_known_shape_does_not_make_a_cut_stream_whole() -> None:
    body = stream(message())
    cut = body[: body.index(b"event: message_delta")]

    found = failed(cut + b'data: {"type": "error", "error": [1]}\n\n', STREAMED)

    assert isinstance(found, Unreadable)


@pytest.mark.parametrize(
    ("kind", "code", "says"),
    [
        ("overloaded_error", "overloaded", "anthropic is overloaded."),
        ("api_error", "server_error", "anthropic failed to answer."),
        ("timeout_error", "timeout", "anthropic gave up waiting."),
        ("rate_limit_error", "rate_limited", "anthropic asks to slow down."),
        (
            "cosmic_ray",
            "server_error",
            "anthropic answered with an error of its own. See its response.",
        ),
    ],
)
def test_an_error_in_the_middle_of_a_stream_is_worth_another_try(
    kind: str, code: str, says: str
) -> None:
    body = stream(message())
    cut = body[: body.index(b"event: content_block_stop")]

    found = failed(cut + event(error(kind)), STREAMED)

    assert isinstance(found, Transient)
    assert (found.code, str(found), found.maybe_billed) == (code, says, True)


def test_an_error_in_the_middle_of_a_stream_goes_before_what_came() -> None:
    assert isinstance(failed(stream(message()) + event(error("api_error")), STREAMED), Transient)


def test_a_stream_that_nobody_asked_for_and_a_whole_that_somebody_did_are_flagged() -> None:
    assert read(stream(message())).flags == ("The answer came as a stream, though none was asked.",)
    assert read(message(), STREAMED).flags == (
        "A stream was asked for, but the answer came whole.",
    )

"""A streamed Gemini answer is the same answer: put together, or incomplete."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from google.genai import types

from lib.domain.errors import CallError, RateLimited, Transient, Unreadable
from lib.domain.vocabulary import Sample, Slot
from lib.providers.dialect import assembled
from tests.providers import making
from tests.providers.gemini.answers import blocked, error, events, generated, good
from tests.providers.gemini.asking import failed, slot
from tests.providers.gemini.asking import read as read_answer

ASKED = slot(stream=True)
CUT_OFF = "The stream ended before its last piece."


def read(body: bytes, asked: Slot = ASKED) -> Sample:
    return read_answer(body, asked)


def stream(*chunks: object) -> bytes:
    return b"".join(b"data: " + json.dumps(each).encode() + b"\n\n" for each in chunks)


def piece(*parts: object, finish: str | None = None, **more: object) -> dict[str, Any]:
    ending = {} if finish is None else {"finishReason": finish}
    content = {"role": "model", "parts": list(parts)}
    return {"candidates": [{"content": content, "index": 0, **ending}], **more}


def text(said: str, **about: object) -> dict[str, Any]:
    return {"text": said, **about}


def test_a_stream_and_a_whole_answer_are_the_same_sample() -> None:
    config = {"responseLogprobs": True, "logprobs": 3}
    whole = generated({"generationConfig": config}, "One two  three", 1, "some-gemini")
    asked = slot(stream=True, logprobs=3)

    streamed = read(b"".join(events(whole)), asked)

    assert streamed == replace(read_answer(whole, asked), flags=())
    assert streamed.text == "One two  three"
    assert streamed.usage.output_tokens == 3
    assert streamed.first_token is not None
    assert [each.token for each in streamed.first_token.top] == ["One", " Pear", " Plum"]


def test_what_is_put_together_is_what_would_have_come_whole() -> None:
    config = {"responseLogprobs": True, "logprobs": 2}
    for whole in (good(), generated({"generationConfig": config}, "One two  three", 1), blocked()):
        sent = events(whole) if "candidates" in whole else [stream(whole)]

        built = assembled(making.reply(b"".join(sent)), "gemini")

        assert built == {**whole, "assembled": True}
        assert types.GenerateContentResponse.model_validate(whole)


def test_thoughts_and_text_stay_apart_and_a_signature_stays_with_its_text() -> None:
    body = stream(
        piece(text("Let me ", thought=True)),
        piece(text("think.", thought=True)),
        piece(text("Ap")),
        piece(text("ple"), text("", thoughtSignature="c2ln"), finish="STOP"),
    )

    sample = read(body)

    assert (sample.text, sample.reasoning) == ("Apple", "Let me think.")
    assert assembled(making.reply(body), "gemini")["candidates"][0]["content"]["parts"] == [
        {"text": "Let me think.", "thought": True},
        {"text": "Apple", "thoughtSignature": "c2ln"},
    ]


def test_tool_calls_come_whole_and_stay_apart() -> None:
    first = {"functionCall": {"name": "look_up", "args": {"a": 1}}}
    second = {"functionCall": {"name": "add"}}

    sample = read(stream(piece(first), piece(second, finish="STOP")))

    assert (sample.text, sample.outcome) == ('look_up({"a": 1})\nadd()', "tool_call")


def test_why_it_stopped_and_the_usage_come_last() -> None:
    growing = {"promptTokenCount": 5, "candidatesTokenCount": 1, "totalTokenCount": 6}
    final = {"promptTokenCount": 5, "candidatesTokenCount": 2, "totalTokenCount": 7}

    sample = read(
        stream(
            piece(text("Ap"), usageMetadata=growing),
            piece(text("ple"), finish="MAX_TOKENS", usageMetadata=final),
        )
    )

    assert (sample.text, sample.finish_reason) == ("Apple", "length")
    assert sample.usage.output_tokens == 2
    assert sample.flags == ()


@pytest.mark.parametrize("keep", range(3))
def test_a_stream_without_its_last_piece_is_no_answer(keep: int) -> None:
    sent = events(generated({}, "One two three", 1))

    error = failed(b"".join(sent[:keep]) or b":\n\n", ASKED)

    assert (str(error), type(error)) == (CUT_OFF, Unreadable)


def test_an_event_that_was_cut_is_no_answer_either() -> None:
    body = b"".join(events(generated({}, "One two three", 1)))

    assert str(failed(body[:-10], ASKED)) == CUT_OFF


def test_a_done_says_nothing_of_why_it_stopped() -> None:
    assert str(failed(stream(piece(text("Apple"))) + b"data: [DONE]\n\n", ASKED)) == CUT_OFF


def test_a_blocked_prompt_is_whole_with_its_first_event() -> None:
    sample = read(stream(blocked("PROHIBITED_CONTENT")))

    assert (sample.outcome, sample.raw_finish_reason) == ("filtered", "PROHIBITED_CONTENT")
    assert sample.flags == ("The prompt was stopped by a content filter.",)


def test_a_text_that_began_is_not_whole_because_the_prompt_was_blocked() -> None:
    assert str(failed(stream(blocked(), piece(text("Ap"))), ASKED)) == CUT_OFF


def test_an_answer_that_a_filter_ended_keeps_what_came_before() -> None:
    last = {"candidates": [{"finishReason": "SAFETY", "index": 0}]}

    sample = read(stream(piece(text("Ap")), last))

    assert (sample.text, sample.outcome, sample.raw_finish_reason) == ("Ap", "filtered", "SAFETY")


def test_pieces_of_other_candidates_are_not_mixed_in() -> None:
    other = {
        "candidates": [{"content": {"parts": [text("Pear")]}, "index": 1, "finishReason": "STOP"}]
    }

    sample = read(stream(piece(text("Ap")), other, piece(text("ple"), finish="STOP")))

    assert sample.text == "Apple"
    assert sample.flags == ("1 more candidates came than were asked for; one is counted.",)
    assert str(failed(stream(piece(text("Ap")), other), ASKED)) == CUT_OFF


def test_halves_of_a_character_in_two_events_are_put_together() -> None:
    sample = read(stream(piece(text("\ud83c")), piece(text("\udf4e"), finish="STOP")))

    assert (sample.text, sample.flags) == ("\U0001f34e", ())


def test_an_error_inside_a_stream_is_classed_by_its_own_code() -> None:
    limit = error(429, "RESOURCE_EXHAUSTED", "Slow down, sk-123")
    strange = {"error": {"message": "Something."}}

    assert isinstance(failed(stream(piece(text("A")), limit), ASKED), RateLimited)
    assert isinstance(failed(stream(piece(text("A")), strange), ASKED), Transient)


@pytest.mark.parametrize(
    "chunk",
    [
        7,
        [piece(text("A"))],
        {"candidates": "odd"},
        {"candidates": [None, 7, []]},
        {"candidates": [{"content": "odd", "logprobsResult": 7}]},
        {"candidates": [{"content": {"parts": "odd"}, "logprobsResult": {"topCandidates": 7}}]},
        {"candidates": None, "usageMetadata": None},
    ],
)
def test_what_is_no_piece_adds_nothing(chunk: object) -> None:
    sample = read(stream(piece(text("Ap")), chunk, piece(text("ple"), finish="STOP")))

    assert (sample.text, sample.finish_reason) == ("Apple", "stop")


def test_a_part_that_is_no_text_is_flagged_in_a_stream_too() -> None:
    sample = read(stream(piece(text("Ap"), None), piece(7), piece(text("ple"), finish="STOP")))

    assert sample.text == "Apple"
    assert sample.flags == ("Parts of the answer that aren't text were left out.",)


def test_a_stream_that_nobody_asked_for_is_read_if_it_is_whole() -> None:
    body = stream(piece(text("Apple"), finish="STOP"))

    assert read(body, slot()).flags == ("The answer came as a stream, though none was asked.",)
    cut = failed(stream(piece(text("Ap"))), slot())
    assert isinstance(cut, CallError)
    assert getattr(cut, "wrong_place", None) is True

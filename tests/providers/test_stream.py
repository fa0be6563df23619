"""A streamed answer is the same answer: put together, or incomplete."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lib.domain.configuration import LOCAL
from lib.domain.errors import CallError, RateLimited, Transient, Unreadable
from lib.domain.message import Message
from lib.domain.vocabulary import Sample, Slot, TokenProbability, Usage
from lib.providers.dialect import assembled
from lib.providers.registry import dialect
from tests.faulty.answers import completion, events
from tests.providers.making import answer, reply, slot

RECORDED = Path(__file__).parent / "recorded"
ASKED = slot(stream=True)
PARIS = (
    Message("user", "What is the capital of France?"),
    Message("assistant", "The capital of France is"),
)


def read(body: bytes, asked: Slot = ASKED) -> Sample:
    return dialect(asked.configuration.endpoint).read(asked, reply(body))


def recorded(name: str, asked: Slot) -> Sample:
    return read((RECORDED / name).read_bytes(), asked)


def stream(*chunks: object, end: bytes = b"data: [DONE]\n\n") -> bytes:
    return b"".join(b"data: " + json.dumps(each).encode() + b"\n\n" for each in chunks) + end


def piece(finish: str | None = None, **delta: object) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}


def test_a_stream_and_a_whole_answer_are_the_same_sample() -> None:
    asked = {"model": "some-model", "logprobs": True, "top_logprobs": 3}
    whole = completion(asked, "One two  three", 1)

    streamed = read(b"".join(events(whole)))

    assert streamed == replace(read(json.dumps(whole).encode()), flags=())
    assert streamed.text == "One two  three"
    assert streamed.finish_reason == "stop"
    assert streamed.usage == Usage(11, 3, 0, 0)
    assert streamed.first_token is not None
    assert streamed.first_token.drawn.token == "One"


def test_what_llama_cpp_streamed_is_the_answer_that_it_gave_whole() -> None:
    settings: dict[str, Any] = {"endpoint": LOCAL, "max_tokens": 3, "logprobs": 2, "drawn": 7}
    streamed = recorded("llama_stream.sse", slot(*PARIS, **settings))
    whole = recorded("llama_whole.json", slot(*PARIS, **settings, stream=False))

    assert streamed.text == whole.text == " Paris, cher"
    assert streamed.finish_reason == whole.finish_reason == "length"
    assert streamed.usage == whole.usage == Usage(42, 3, 0, None)
    assert streamed.first_token == whole.first_token
    assert streamed.flags == whole.flags == ()
    assert whole.first_token is not None
    assert whole.first_token.drawn == TokenProbability(" Paris", "7042", -0.05468050390481949)


def test_a_stop_sequence_of_llama_cpp_is_no_part_of_the_answer() -> None:
    turns = (
        Message("user", "Count from 1 to 10, separated by commas."),
        Message("assistant", "1, 2,"),
    )

    sample = recorded("llama_stop.sse", slot(*turns, endpoint=LOCAL, stop=("5",), max_tokens=30))

    assert (sample.text, sample.finish_reason) == (" 3, 4, ", "stop")
    assert sample.flags == ()


def test_an_end_that_llama_cpp_may_have_held_back_is_flagged() -> None:
    sample = recorded("llama_stream.sse", slot(*PARIS, endpoint=LOCAL, stop=("x",), max_tokens=3))

    assert sample.flags == (
        "The end may be missing: what could begin a stop sequence is held back.",
    )


def test_a_first_token_that_is_half_a_character_has_no_log_probability() -> None:
    sample = recorded("llama_half_character.sse", slot(*PARIS, endpoint=LOCAL, logprobs=1))

    assert sample.text == " \ufffd sledgres yourself fl"
    assert sample.first_token is None
    assert sample.flags == ("The log probabilities don't begin with the answer's first token.",)


@pytest.mark.parametrize("ends", [b"\n", b"\r\n", b"\r"])
def test_all_that_the_standard_allows_is_understood(ends: bytes) -> None:
    body = (
        b"\xef\xbb\xbf: a comment\n\nevent: message\nid: 7\nretry: 10\ndata:"
        + json.dumps(piece(content="Ap")).encode()
        + b"\n\n"
        + stream(piece(content="ple"), piece("stop"))
    )

    assert read(body.replace(b"\n", ends)).text == "Apple"


def test_an_event_may_have_several_lines() -> None:
    lines = json.dumps(piece("stop", content="Apple"), indent=1).replace("\n", "\ndata: ")

    assert read(b"data: " + lines.encode() + b"\n\n").text == "Apple"


def test_halves_of_a_character_in_two_events_are_put_together() -> None:
    sample = read(stream(piece(content="\ud83c"), piece(content="\udf4e"), piece("stop")))

    assert sample.text == "\U0001f34e"
    assert sample.flags == ()


def test_tool_calls_are_put_together_from_their_pieces() -> None:
    first = {"index": 0, "id": "c1", "function": {"name": "look_up", "arguments": '{"a"'}}
    second = {"index": 1, "id": "c2", "function": {"name": "add", "arguments": "{}"}}
    rest = {"index": 0, "function": {"arguments": ": 1}"}}

    sample = read(
        stream(piece(tool_calls=[first]), piece(tool_calls=[second, rest]), piece("tool_calls"))
    )

    assert sample.text == 'look_up({"a": 1})\nadd({})'
    assert sample.outcome == "tool_call"


def test_reasoning_and_refusals_are_put_together_too() -> None:
    sample = read(
        stream(
            piece(reasoning_content="Let me "),
            piece(reasoning_content="think."),
            piece(refusal="No"),
            piece("stop", refusal="."),
        )
    )

    assert sample.reasoning == "Let me think."
    assert (sample.text, sample.outcome) == ("No.", "refused")


def test_log_probabilities_of_a_refusal_are_kept_beside_those_of_a_text() -> None:
    token = {"token": "No", "bytes": [78, 111], "logprob": -0.5, "top_logprobs": []}
    first = piece(content="Ap")
    first["choices"][0]["logprobs"] = {"content": [token], "refusal": None}
    second = piece("stop", refusal="No")
    second["choices"][0]["logprobs"] = {"content": None, "refusal": [token, token]}

    built = assembled(reply(stream(first, second)), "openai")

    assert built["choices"][0]["logprobs"] == {"content": [token], "refusal": [token, token]}


def test_pieces_of_other_choices_are_not_mixed_in() -> None:
    other = {"choices": [{"index": 1, "delta": {"content": "Pear"}, "finish_reason": "stop"}]}

    sample = read(stream(piece(content="Ap"), other, piece("stop", content="ple")))

    assert sample.text == "Apple"
    assert sample.flags == ("1 more choices came than were asked for; one is counted.",)


def test_a_stream_without_its_last_piece_is_no_answer() -> None:
    error = failed(stream(piece(content="Ap"), end=b""))

    assert str(error) == "The stream ended before its last piece."
    assert isinstance(error, Unreadable)
    assert (error.maybe_billed, error.wrong_place) == (True, False)


def test_an_event_that_was_cut_is_no_answer_either() -> None:
    body = stream(piece(content="Ap"), piece("stop", content="ple"), end=b"")

    assert str(failed(body[:-10])) == "The stream ended before its last piece."


def test_a_stream_that_says_why_it_ended_needs_no_done() -> None:
    assert read(stream(piece("stop", content="Apple"), end=b"")).text == "Apple"


def test_a_stream_that_is_done_and_does_not_say_why_is_kept() -> None:
    sample = read(stream(piece(content="Apple")))

    assert (sample.text, sample.finish_reason) == ("Apple", "unknown")
    assert sample.flags == ("No finish reason came.",)


def test_junk_between_two_events_is_unreadable() -> None:
    error = failed(stream(piece(content="Ap"), end=b"data: {junk\n\n") + stream(piece("stop")))

    assert str(error) == "The answer isn't whole JSON. See its response."


def test_an_error_inside_a_stream_is_classed_by_its_own_code() -> None:
    limit = {"error": {"message": "Slow down, sk-123", "code": "rate_limit_exceeded"}}
    strange = {"error": {"message": "Something."}}

    assert isinstance(failed(stream(piece(content="A"), limit, end=b"")), RateLimited)
    error = failed(stream(piece(content="A"), strange, end=b""))
    assert isinstance(error, Transient)
    assert (error.code, error.maybe_billed) == ("server_error", True)


def test_a_stream_that_nobody_asked_for_is_read_if_it_is_whole() -> None:
    sample = read(stream(piece("stop", content="Apple")), slot())

    assert sample.text == "Apple"
    assert sample.flags == ("The answer came as a stream, though none was asked.",)

    with pytest.raises(Unreadable) as error:
        read(stream(piece(content="Ap"), end=b""), slot())
    assert error.value.wrong_place


def test_a_whole_answer_where_a_stream_was_asked_for_is_flagged() -> None:
    assert read(json.dumps(answer()).encode()).flags == (
        "A stream was asked for, but the answer came whole.",
    )


def test_the_assembled_object_looks_like_one_that_came_whole_and_is_marked() -> None:
    whole = completion({"model": "m", "logprobs": True, "top_logprobs": 1}, "One two", 1)

    built = assembled(reply(b"".join(events(whole))), "openai")

    del whole["choices"][0]["message"]["refusal"]
    assert built == {**whole, "assembled": True}
    assert assembled(reply(whole), "openai") == whole


@pytest.mark.parametrize("body", [b"", b"[1]", b"<html>", b"\xff", b"data: {\n\ndata: 1\n\n"])
def test_what_can_not_be_assembled_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        assembled(reply(body), "openai")


def failed(body: bytes) -> CallError:
    with pytest.raises(CallError) as error:
        read(body)
    return error.value


# Content as a list of parts, as Mistral's reasoning models stream it (litellm 16272)


def part(said: str) -> dict[str, str]:
    return {"type": "text", "text": said}


def thought(said: object) -> dict[str, object]:
    return {"type": "thinking", "thinking": said}


def test_pieces_of_text_in_lists_and_on_their_own_keep_their_order() -> None:
    body = stream(
        piece(content="One "),
        piece(content=[part("two "), part("three ")]),
        piece(content="four "),
        piece(content=[part("five")]),
        piece("stop", content=""),
    )

    sample = read(body)

    assert (sample.text, sample.flags) == ("One two three four five", ())


def test_what_is_thought_is_reasoning_and_not_text() -> None:
    body = stream(
        piece(role="assistant", content=""),
        piece(content=[thought([part("A fruit")])]),
        piece(content=[thought([part(", so: ")]), thought("apple.")]),
        piece(content="Apple"),
        piece("stop", content=""),
    )

    sample = read(body)

    assert (sample.text, sample.reasoning, sample.flags) == ("Apple", "A fruit, so: apple.", ())


def test_a_streamed_part_that_is_no_text_is_told_of() -> None:
    body = stream(piece(content=[{"type": "image_url"}]), piece("stop", content=[part("Apple")]))

    sample = read(body)

    assert sample.text == "Apple"
    assert sample.flags == ("Parts of the answer that aren't text were left out.",)

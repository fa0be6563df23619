"""From an Anthropic reply to a sample: what an answer says, whole or streamed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lib.domain.errors import CallError, Refused, Transient, Unreadable
from lib.domain.message import Message
from lib.domain.vocabulary import FINISH_REASONS, Sample, Slot, Usage
from lib.providers.anthropic_messages.answer import STOP_REASONS
from tests.providers.anthropic_messages.answers import (
    error,
    message,
    text,
    thinking,
    tool_use,
    usage,
)
from tests.providers.anthropic_messages.asking import (
    STREAMED,
    WHOLE,
    asked,
    both,
    failed,
    read,
    stream,
)


def test_a_good_answer_is_read_whole() -> None:
    whole = message(content=[thinking("Let me think."), text("Ap"), text("ple")])

    assert read(whole) == Sample(
        slot=WHOLE,
        text="Apple",
        outcome="ok",
        finish_reason="stop",
        raw_finish_reason="end_turn",
        usage=Usage(
            input_tokens=20,
            output_tokens=7,
            cached_tokens=4,
            reasoning_tokens=3,
            cache_write_tokens=5,
        ),
        model="some-model",
        response_id="msg_1",
        fingerprint=None,
        service_tier="standard",
        first_token=None,
        reasoning="Let me think.",
        seconds=0.25,
        flags=(),
    )


def test_a_stream_says_the_same_as_the_whole() -> None:
    whole = message(content=[thinking("Let me think."), text("Apple \u00e9\U0001f34e")])

    assert both(whole).text == "Apple \u00e9\U0001f34e"


PLACES = [
    ("id",),
    ("model",),
    ("content",),
    ("content", 0, "type"),
    ("content", 0, "thinking"),
    ("content", 1, "text"),
    ("content", 2, "name"),
    ("content", 2, "input"),
    ("stop_reason",),
    ("stop_sequence",),
    ("usage",),
    ("usage", "input_tokens"),
    ("usage", "cache_creation_input_tokens"),
    ("usage", "cache_read_input_tokens"),
    ("usage", "output_tokens"),
    ("usage", "output_tokens_details"),
    ("usage", "output_tokens_details", "thinking_tokens"),
    ("usage", "service_tier"),
]


EVENT_PLACES = [
    *("type", "message", "index", "content_block", "delta", "usage"),
    *("text", "thinking", "partial_json", "stop_reason", "output_tokens"),
]


def rich(*, called: bool) -> tuple[Slot, dict[str, Any]]:
    """An answer in which every field that is read says something."""
    said = [thinking("Hm."), text("" if called else "Apple"), tool_use("look_up", {"word": "x"})]
    slot = asked(stop=("END", "x"), service_tier="standard_only")
    used = usage(service_tier="priority")
    return slot, message(content=said, stop_reason="stop_sequence", stop_sequence="x", usage=used)


def renamed(value: Any, place: tuple[str | int, ...]) -> Any:
    """The same value with the key at this place written otherwise."""
    head, *rest = place
    if isinstance(value, list):
        return [
            renamed(each, tuple(rest)) if number == head else each
            for number, each in enumerate(value)
        ]
    return {
        (f"{name}_" if name == head and not rest else name): (
            renamed(inner, tuple(rest)) if name == head and rest else inner
        )
        for name, inner in value.items()
    }


def result(body: Any, slot: Slot) -> object:
    try:
        return read(body, slot)
    except CallError as found:
        return str(found)


@pytest.mark.parametrize("place", PLACES, ids=lambda place: ".".join(map(str, place)))
def test_no_field_can_change_its_name_unnoticed(place: tuple[str | int, ...]) -> None:
    called = place[:2] == ("content", 2)
    slot, good = rich(called=called)

    assert result(renamed(good, place), slot) != result(good, slot)


@pytest.mark.parametrize("name", EVENT_PLACES)
def test_no_field_of_an_event_can_change_its_name_unnoticed(name: str) -> None:
    slot, good = rich(called=name in {"partial_json", "content_block"})
    body = stream(good)

    assert result(body.replace(f'"{name}":'.encode(), b'"renamed":'), slot) != result(body, slot)


def test_every_known_stop_reason_is_one_of_the_labs_words_and_all_of_the_sdks_are_known() -> None:
    from typing import get_args

    from anthropic.types import StopReason

    assert set(STOP_REASONS) == set(get_args(StopReason))
    assert set(STOP_REASONS.values()) <= set(FINISH_REASONS)


@pytest.mark.parametrize(
    ("word", "ours", "outcome"),
    [
        ("end_turn", "stop", "ok"),
        ("stop_sequence", "stop_sequence", "ok"),
        ("max_tokens", "length", "ok"),
        ("model_context_window_exceeded", "context_window", "ok"),
        ("tool_use", "tool_calls", "ok"),
        ("pause_turn", "pause", "ok"),
        ("refusal", "refusal", "refused"),
        ("cosmic_ray", "unknown", "ok"),
    ],
)
def test_a_stop_reason_is_kept_in_the_apis_word_beside_the_labs(
    word: str, ours: str, outcome: str
) -> None:
    sample = both(message(stop_reason=word))

    assert (sample.finish_reason, sample.raw_finish_reason, sample.outcome) == (ours, word, outcome)


def test_the_stop_sequence_that_was_met_is_named_where_there_are_several() -> None:
    met = message(stop_reason="stop_sequence", stop_sequence="END")

    assert both(met, stop=("END",)).flags == ()
    assert both(met, stop=("\n", "END")).flags == ("The stop sequence that ended it is 'END'.",)
    assert both(met, stop=("x",)).flags == (
        "It was ended by a stop sequence that was not asked for.",
    )


def test_a_refusal_is_an_outcome_with_its_category() -> None:
    details = {"type": "refusal", "category": "cyber", "explanation": "SECRET"}

    sample = both(message(content=[], stop_reason="refusal", stop_details=details))

    assert (sample.text, sample.outcome, sample.finish_reason) == ("", "refused", "refusal")
    assert sample.flags == ("It was refused in the category cyber.",)


@pytest.mark.parametrize("category", [None, "IGNORE <b>", 7, ["cyber"]])
def test_a_category_that_is_no_known_one_is_not_shown(category: object) -> None:
    details = {"type": "refusal", "category": category, "explanation": None}

    assert both(message(stop_reason="refusal", stop_details=details)).flags == ()


def test_a_tool_call_keeps_its_arguments() -> None:
    called = message(content=[tool_use("look_up", {"word": "\u00e9"})], stop_reason="tool_use")

    sample = both(called)

    assert sample.text == 'look_up({"word": "\u00e9"})'
    assert (sample.outcome, sample.finish_reason) == ("tool_call", "tool_calls")


def test_a_tool_call_whose_stream_was_cut_by_the_limit_keeps_what_came() -> None:
    called = message(content=[tool_use("look_up", {"word": "pear"})], stop_reason="max_tokens")
    body = stream(called).replace(b'"partial_json": "}"', b'"partial_json": ""')

    assert read(body, STREAMED).text == 'look_up({"word": "pear")'


def test_hidden_thinking_is_said_and_shown_thinking_is_kept_apart() -> None:
    hidden = {"type": "redacted_thinking", "data": "ZGF0YQ=="}

    sample = both(message(content=[thinking("One."), hidden, thinking("Two."), text("Apple")]))

    assert (sample.text, sample.reasoning) == ("Apple", "One.\nTwo.")
    assert sample.flags == ("Part of the thinking is encrypted, and can't be read.",)
    assert both(message(content=[thinking(""), text("Apple")])).reasoning is None


@pytest.mark.parametrize(
    "block",
    [
        {"type": "server_tool_use", "id": "1", "name": "web_search", "input": {}},
        {"type": "web_search_tool_result", "tool_use_id": "1", "content": []},
        {"type": "hologram"},
        {"type": "text", "text": 7},
        {"type": "text"},
        {},
        7,
        None,
    ],
)
def test_a_block_that_is_not_known_is_left_out_and_said_so(block: object) -> None:
    sample = read(message(content=[text("Apple"), block]))

    assert (sample.text, sample.outcome) == ("Apple", "ok")
    assert sample.flags == ("Parts of the answer that aren't text were left out.",)


def test_a_delta_that_is_not_known_is_left_out_and_said_so() -> None:
    body = stream(message()).replace(b'"text_delta", "text": "le"', b'"hologram_delta", "data": 1')

    sample = read(body, STREAMED)

    assert (sample.text, sample.outcome) == ("App", "ok")
    assert sample.flags == ("Parts of the answer that aren't text were left out.",)


def test_the_text_of_a_prefilled_answer_is_the_continuation_alone() -> None:
    slot = asked(Message("user", "Count."), Message("assistant", "1, 2,"))

    sample = read(message(content=[text(" 3, 4")]), slot)

    assert (sample.text, sample.flags) == (" 3, 4", ())


def test_another_model_than_asked_for_is_flagged() -> None:
    assert both(message(model="some-model-20260101")).flags == ()
    assert both(message(model="other")).flags == ("some-model was asked for, other answered.",)


def test_another_service_than_asked_for_is_flagged() -> None:
    used = usage(service_tier="priority")

    assert read(message(usage=used), asked(service_tier="standard_only")).flags == (
        "service_tier standard_only was asked for, but it was answered as priority.",
    )
    assert read(message(usage=used), asked(service_tier="auto")).flags == ()


@pytest.mark.parametrize(
    ("used", "tokens", "flags"),
    [
        ({"input_tokens": 11, "output_tokens": 7}, Usage(11, 7), []),
        (usage(cache_read_input_tokens=None), Usage(16, 7, None, 3, 5), []),
        (
            usage(input_tokens=-1),
            Usage(None, 7, 4, 3, 5),
            ["The reported input_tokens can't be true, so it is not known."],
        ),
        (
            usage(cache_read_input_tokens="4"),
            Usage(None, 7, None, 3, 5),
            [
                "The reported input_tokens can't be true, so it is not known.",
                "The reported cached_tokens can't be true, so it is not known.",
            ],
        ),
        ({"cache_read_input_tokens": 4}, Usage(None, None, 4), []),
        ({}, Usage(), []),
        (None, Usage(), []),
        ([1], Usage(), ["The reported usage can't be read, so it is not known."]),
    ],
)
def test_tokens_are_what_can_be_true_of_them(used: object, tokens: Usage, flags: list[str]) -> None:
    sample = read(message(usage=used))

    assert (sample.usage, sample.flags) == (tokens, tuple(flags))


@pytest.mark.parametrize(
    ("body", "says", "wrong_place"),
    [
        (b"", "The answer is empty.", False),
        (b'{"content": [{"ty', "The answer isn't whole JSON.", False),
        (b"[1]", "The answer is JSON, but no object.", True),
        (b"OK", "The answer isn't whole JSON.", True),
        (b"<!doctype html>", "The answer is a web page, not that of an API.", True),
        (b"{}", "The answer has no content blocks.", False),
        (b'{"content": null}', "The answer has no content blocks.", False),
        (b'{"content": "Apple"}', "The answer has no content blocks.", False),
        (b'{"choices": []}', "The answer has no content blocks.", False),
        (b'{"content": ' + b"[" * 100_000, "The answer is nested too deep.", False),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_is_no_answer_is_an_error_with_a_sentence(
    body: bytes, says: str, wrong_place: bool
) -> None:
    found = failed(body)

    assert isinstance(found, Unreadable)
    assert (found.says, found.wrong_place) == (says, wrong_place)


def test_an_answer_of_no_block_at_all_is_an_empty_one() -> None:
    assert both(message(content=[])).outcome == "empty"


def test_an_error_with_status_200_is_no_sample() -> None:
    found = failed(error("invalid_request_error", "`temperature` is deprecated for this model."))

    assert isinstance(found, Unreadable | Refused)
    assert not isinstance(found, Transient)


def test_the_sdks_own_models_read_the_same_from_these_answers() -> None:
    from anthropic.types import Message as Theirs

    whole = message(
        content=[thinking("Hm."), text("Apple"), tool_use("look_up", {"a": 1})],
        stop_reason="stop_sequence",
        stop_sequence="x",
    )

    theirs = Theirs.model_validate(whole, strict=True)
    ours = read(whole)

    assert theirs.to_dict(exclude_unset=True) == whole
    assert theirs.content[1].to_dict()["text"] == ours.text
    assert theirs.stop_reason == ours.raw_finish_reason
    assert theirs.id == ours.response_id


def test_the_sdks_own_models_know_every_event_of_these_streams() -> None:
    from anthropic.types import RawMessageStreamEvent
    from pydantic import TypeAdapter

    told = TypeAdapter[Any](RawMessageStreamEvent)
    body = stream(message(content=[thinking("Hm."), text("Apple"), tool_use("f", {"a": 1})]))
    events_of = [json.loads(line[6:]) for line in body.split(b"\n") if line.startswith(b"data: ")]

    for each in events_of:
        if each["type"] != "ping":
            assert told.validate_python(each).type == each["type"]

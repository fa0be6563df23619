"""Whatever an endpoint sends: a sample or an error of ours, and nothing that can't be kept."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from lib.domain.errors import CallError
from lib.domain.message import Message
from lib.domain.vocabulary import FINISH_REASONS, OUTCOMES, Sample, Slot
from lib.providers.dialect import assembled
from tests.providers.making import reply
from tests.providers.openai_responses.answers import events, function_call, response, stream
from tests.providers.openai_responses.answers import reasoning as thoughts
from tests.providers.openai_responses.making import read, slot
from tests.providers.test_properties import JSON, STATUSES, places, replaced

SLOTS = (
    slot(max_tokens=16, logprobs=2, temperature=0.5, service_tier="flex", verbosity="low"),
    slot(stream=True, reasoning_effort="low"),
    slot(Message("user", "a"), Message("assistant", "b")),
)
ASKED = {"include": ["message.output_text.logprobs"], "top_logprobs": 2}
GOOD = response(ASKED, "One two")
GOOD["output"] = [thoughts("Hm."), *GOOD["output"], function_call()]
EVENTS = events(GOOD)


def read_or_error(asked: Slot, body: bytes, status: int = 200) -> Sample | CallError:
    try:
        return read(body, asked, status=status)
    except CallError as error:
        return error


def kept(asked: Slot, body: bytes, status: int = 200) -> None:
    """It ends in a sample whose values can be stored, or in an error with a sentence."""
    sample = read_or_error(asked, body, status)
    if isinstance(sample, CallError):
        assert sample.says.endswith(".")
        assert str(sample).encode()
        return
    assert sample.outcome in OUTCOMES
    assert sample.finish_reason in FINISH_REASONS
    for text in (
        *(sample.text, sample.reasoning, sample.model, sample.response_id),
        *(sample.raw_finish_reason, *sample.flags),
    ):
        assert "\x00" not in (text or "").encode().decode()
    if sample.first_token is not None:
        for each in (sample.first_token.drawn, *sample.first_token.top):
            assert each.logprob <= 0
            assert (each.token + each.key).encode()


def as_stream(told: list[Any]) -> bytes:
    return b"".join(b"data: %b\n\n" % json.dumps(each).encode() for each in told)


@given(st.sampled_from(SLOTS), st.binary(), STATUSES)
def test_any_bytes_end_in_a_sample_or_an_error_of_ours(
    asked: Slot, body: bytes, status: int
) -> None:
    kept(asked, body, status)


@given(st.sampled_from(SLOTS), JSON, STATUSES)
def test_any_json_ends_in_a_sample_or_an_error_of_ours(
    asked: Slot, value: object, status: int
) -> None:
    kept(asked, json.dumps(value).encode(), status)


@given(st.sampled_from(SLOTS), st.sampled_from(places(GOOD)), JSON)
def test_a_good_answer_with_anything_in_any_place(
    asked: Slot, place: tuple[Any, ...], new: object
) -> None:
    kept(asked, json.dumps(replaced(GOOD, place, new)).encode())


@given(st.sampled_from(SLOTS), st.sampled_from(places(EVENTS)), JSON)
def test_a_good_stream_with_anything_in_any_place(
    asked: Slot, place: tuple[Any, ...], new: object
) -> None:
    kept(asked, as_stream(replaced(EVENTS, place, new)))


@given(st.sampled_from(SLOTS), st.lists(st.sampled_from(EVENTS), max_size=12), JSON)
def test_events_in_any_order_any_number_of_times(
    asked: Slot, told: list[Any], strange: object
) -> None:
    kept(asked, as_stream([*told, strange]))


@given(st.integers(min_value=0), st.sampled_from(SLOTS))
def test_a_stream_cut_anywhere_is_never_a_sample(at: int, asked: Slot) -> None:
    body = b"".join(stream(EVENTS))
    last = body.index(b"event: response.completed")

    assert isinstance(read_or_error(asked, body[: at % (last + 1)]), CallError)


@given(st.lists(st.sampled_from(EVENTS), max_size=12))
def test_assembling_ends_in_an_object_that_is_json(told: list[Any]) -> None:
    body = as_stream([*told, {"type": "response.output_text.delta", "delta": "x"}])

    assert json.dumps(assembled(reply(body), "openai-responses"))

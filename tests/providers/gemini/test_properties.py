"""Whatever a Gemini endpoint sends: a sample or an error of ours, and all of it can be kept."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from lib.domain.configuration import GEMINI
from lib.domain.errors import CallError, InputError
from lib.domain.message import Message
from lib.domain.vocabulary import FINISH_REASONS, OUTCOMES, Reply, Sample, Slot
from lib.providers.registry import dialect
from tests.providers.gemini.answers import blocked, events, generated, good
from tests.providers.gemini.asking import build, slot
from tests.providers.test_properties import NUMBERS, STATUSES, TEXTS, as_bytes, places, replaced

SLOTS = (
    slot(max_tokens=5, logprobs=2),
    slot(stream=True),
    slot(Message("user", "a"), Message("assistant", "b"), stop=("x",)),
)
NAMES = st.sampled_from(
    [
        *("candidates", "content", "parts", "text", "thought", "thoughtSignature", "functionCall"),
        *("name", "args", "inlineData", "finishReason", "finishMessage", "index", "error", "code"),
        *("logprobsResult", "chosenCandidates", "topCandidates", "token", "tokenId", "status"),
        *("logProbability", "promptFeedback", "blockReason", "usageMetadata", "promptTokenCount"),
        *("candidatesTokenCount", "thoughtsTokenCount", "totalTokenCount", "modelVersion"),
    ]
)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS | st.sampled_from(["STOP", "SAFETY", "OTHER"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES | TEXTS, inner, max_size=4),
    max_leaves=20,
)
ASKED = {"generationConfig": {"responseLogprobs": True, "logprobs": 3}}
GOOD = good()
PIECES = [json.loads(each[6:]) for each in events(generated(ASKED, "One two", 1))]


def read_or_error(asked: Slot, body: bytes, status: int) -> Sample | CallError:
    try:
        return dialect(GEMINI).read(asked, Reply(status, {}, body, 0.1))
    except CallError as error:
        return error


def read(asked: Slot, body: bytes, status: int) -> Sample | CallError:
    sample = read_or_error(asked, body, status)
    if isinstance(sample, CallError):
        assert sample.says.endswith(".")
        assert str(sample).encode()
        return sample
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
    for count in (sample.usage.input_tokens, sample.usage.output_tokens):
        assert count is None or 0 <= count <= 2 * 10**9
    return sample


@given(st.sampled_from(SLOTS), st.binary(), STATUSES)
def test_any_bytes_end_in_a_sample_or_an_error_of_ours(
    asked: Slot, body: bytes, status: int
) -> None:
    read(asked, body, status)


@given(st.sampled_from(SLOTS), JSON, STATUSES)
def test_any_json_ends_in_a_sample_or_an_error_of_ours(
    asked: Slot, value: object, status: int
) -> None:
    read(asked, as_bytes(value), status)


@given(st.sampled_from(SLOTS), st.sampled_from(places(GOOD)), JSON)
def test_a_good_answer_with_anything_in_any_place(
    asked: Slot, place: tuple[Any, ...], new: object
) -> None:
    read(asked, as_bytes(replaced(GOOD, place, new)), 200)


@given(st.sampled_from(SLOTS), st.sampled_from(places(blocked())), JSON)
def test_a_blocked_prompt_with_anything_in_any_place(
    asked: Slot, place: tuple[Any, ...], new: object
) -> None:
    read(asked, as_bytes(replaced(blocked(), place, new)), 200)


@given(st.sampled_from(SLOTS), st.sampled_from(places(PIECES)), JSON)
def test_a_good_stream_with_anything_in_any_place(
    asked: Slot, place: tuple[Any, ...], new: object
) -> None:
    pieces = replaced(PIECES, place, new)

    read(asked, b"".join(b"data: %b\n\n" % as_bytes(each) for each in pieces), 200)


@given(st.sampled_from(SLOTS), st.integers(0, 2000))
def test_a_stream_cut_anywhere_is_never_taken_for_a_whole_one(asked: Slot, at: int) -> None:
    whole = b"".join(events(good()))
    end = whole.index(b'"finishReason": "STOP"')

    assert isinstance(read(asked, whole[: min(at, end)], 200), CallError)


@given(st.text(st.characters(codec=None), max_size=12))
def test_a_model_of_any_name_is_asked_below_the_base_url_or_refused(model: str) -> None:
    try:
        path = build(slot(model=model)).path
    except InputError:
        return
    assert path.startswith("/")
    assert path.endswith(":generateContent")
    assert path.isascii()
    assert not {"?", "#", " ", "\n"} & set(path)
    assert ".." not in path.split("/")

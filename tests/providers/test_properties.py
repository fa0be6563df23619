"""Whatever an endpoint sends: a sample or an error of ours, and nothing that can't be kept."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from lib.domain.configuration import LOCAL, OPENAI
from lib.domain.errors import CallError
from lib.domain.message import Message
from lib.domain.vocabulary import FINISH_REASONS, OUTCOMES, Reply, Sample, Slot
from lib.providers.headers import kept, retry_after_s
from lib.providers.json_text import clean, loses
from lib.providers.registry import dialect
from tests.faulty.answers import completion, events
from tests.providers.making import slot

SLOTS = (
    slot(max_tokens=5, logprobs=2),
    slot(endpoint=OPENAI, stream=True),
    slot(Message("user", "a"), Message("assistant", "b"), endpoint=LOCAL, stop=("x",)),
)
GOOD = completion({"model": "some-model", "logprobs": True, "top_logprobs": 3}, "One two", 1)
TEXTS = st.text(st.characters(codec=None), max_size=8)
NAMES = st.sampled_from(
    [
        *("choices", "message", "content", "finish_reason", "logprobs", "token", "bytes", "id"),
        *("logprob", "top_logprobs", "usage", "prompt_tokens", "completion_tokens", "error"),
        *("code", "type", "param", "detail", "loc", "data", "delta", "index", "tool_calls"),
        *("function", "arguments", "name", "refusal", "reasoning", "stop_reason", "status"),
    ]
)
NUMBERS = st.one_of(st.integers(), st.floats(), st.sampled_from([10**400, -(10**19), 429, 500]))
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES | TEXTS, inner, max_size=4),
    max_leaves=20,
)
STATUSES = st.sampled_from([200, 200, 200, 201, 204, 301, 400, 401, 404, 429, 500, 503, 999])


def read_or_error(asked: Slot, body: bytes, status: int) -> Sample | CallError:
    try:
        return dialect(asked.configuration.endpoint).read(asked, Reply(status, {}, body, 0.1))
    except CallError as error:
        return error


def read(asked: Slot, body: bytes, status: int) -> Sample | CallError:
    result = read_or_error(asked, body, status)
    if isinstance(result, CallError):
        assert result.says.endswith(".")
        assert str(result).encode()
        return result
    sample = result
    assert sample.outcome in OUTCOMES
    assert sample.finish_reason in FINISH_REASONS
    for text in (
        *(sample.text, sample.reasoning, sample.model, sample.response_id, sample.fingerprint),
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


def as_bytes(value: Any) -> bytes:
    return json.dumps(value).encode()


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


def places(value: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to each thing inside a value."""
    found = [here] if here else []
    for name in value if isinstance(value, dict) else range(len(value)) if listed(value) else ():
        found += places(value[name], (*here, name))
    return found


def listed(value: object) -> bool:
    return isinstance(value, list)


def replaced(value: Any, place: tuple[Any, ...], new: object) -> Any:
    copy = json.loads(json.dumps(value))
    at = copy
    for name in place[:-1]:
        at = at[name]
    at[place[-1]] = new
    return copy


@given(st.sampled_from(SLOTS), st.sampled_from(places(GOOD)), JSON)
def test_a_good_answer_with_anything_in_any_place(
    asked: Slot, place: tuple[Any, ...], new: object
) -> None:
    read(asked, as_bytes(replaced(GOOD, place, new)), 200)


PIECES = [json.loads(each[6:]) for each in events(GOOD)[:-1]]


@given(st.sampled_from(SLOTS), st.sampled_from(places(PIECES)), JSON)
def test_a_good_stream_with_anything_in_any_place(
    asked: Slot, place: tuple[Any, ...], new: object
) -> None:
    pieces = replaced(PIECES, place, new)
    body = b"".join(b"data: %b\n\n" % as_bytes(each) for each in pieces) + b"data: [DONE]\n\n"

    read(asked, body, 200)


@given(st.sampled_from(SLOTS), st.integers(0, 2000))
def test_a_stream_cut_anywhere_is_never_taken_for_a_whole_one(asked: Slot, at: int) -> None:
    whole = b"".join(events(GOOD))
    end = whole.index(b'"finish_reason": "stop"')

    result = read(asked, whole[: min(at, end)], 200)

    assert isinstance(result, CallError)


@given(st.text(st.characters(codec=None)))
def test_clean_text_can_be_encoded_and_good_text_stays(text: str) -> None:
    kept_text = clean(text)

    assert kept_text.encode().decode() == kept_text
    assert clean(kept_text) == kept_text
    if not loses(text):
        assert kept_text == text.encode("utf-16", "surrogatepass").decode("utf-16")


@given(st.lists(st.tuples(st.text(), st.text())), st.text())
def test_no_header_can_do_harm(pairs: list[tuple[str, str]], wait: str) -> None:
    found = kept([*pairs, ("retry-after", wait), ("location", wait)])

    assert all(value.isprintable() and len(value) <= 300 for value in found.values())
    assert 0 <= retry_after_s(found) < float("inf")

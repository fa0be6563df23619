"""Whatever comes from Anthropic is a sample, or an error with a sentence."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from lib.domain.errors import CallError
from lib.domain.vocabulary import FINISH_REASONS, OUTCOMES, Reply, Sample, Slot
from lib.providers.json_text import clean
from lib.providers.registry import dialect
from tests.providers.anthropic_messages.answers import (
    error,
    events,
    message,
    text,
    thinking,
    tool_use,
)
from tests.providers.anthropic_messages.asking import (
    STREAMED,
    WHOLE,
)

TEXTS = st.text(st.characters(codec=None), max_size=8)


NAMES = st.sampled_from(
    [
        *("type", "content", "text", "thinking", "name", "input", "usage", "stop_reason", "error"),
        *("message", "delta", "index", "content_block", "partial_json", "stop_details", "details"),
        *("category", "input_tokens", "output_tokens", "output_tokens_details", "id", "model"),
        *("message_start", "content_block_delta", "message_delta", "violations", "retryDelay"),
    ]
)


NUMBERS = st.one_of(st.integers(), st.floats(), st.sampled_from([10**400, -(10**19), 429]))


WORDS = NAMES | TEXTS | st.sampled_from(["text_delta", "message_stop", "tool_use", "refusal"])


JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES | TEXTS, inner, max_size=4),
    max_leaves=20,
)


def mutated(whole: Any, draw: Any) -> Any:
    """The value with something in it replaced."""
    if isinstance(whole, dict) and whole and draw(st.booleans()):
        name = draw(st.sampled_from(sorted(whole)))
        return {**whole, name: mutated(whole[name], draw)}
    if isinstance(whole, list) and whole and draw(st.booleans()):
        at = draw(st.integers(0, len(whole) - 1))
        return [*whole[:at], mutated(whole[at], draw), *whole[at + 1 :]]
    return draw(JSON)


@st.composite
def bodies(draw: Any) -> bytes:
    whole = message(content=[thinking("Hm."), text("Apple"), tool_use("f", {"a": 1})])
    kind = draw(st.sampled_from(["bytes", "json", "whole", "stream", "error"]))
    match kind:
        case "bytes":
            return bytes(draw(st.binary(max_size=60)))
        case "json":
            return json.dumps(draw(JSON)).encode()
        case "whole":
            return json.dumps(mutated(whole, draw)).encode()
        case "error":
            return json.dumps(mutated(error("api_error", "No.", a=[1]), draw)).encode()
    told = [json.loads(each.split(b"data: ")[1]) for each in events(whole)]
    at = draw(st.integers(0, len(told) - 1))
    told[at] = mutated(told[at], draw)
    return b"".join(b"data: " + json.dumps(each).encode() + b"\n\n" for each in told)


@given(
    bodies(),
    st.sampled_from([200, 200, 200, 301, 400, 401, 404, 429, 500, 529]),
    st.sampled_from([WHOLE, STREAMED]),
)
def test_whatever_comes_is_a_sample_or_an_error_with_a_sentence(
    body: bytes, status: int, slot: Slot
) -> None:
    try:
        sample = dialect(slot.configuration.endpoint).read(slot, Reply(status, {}, body, 0.1))
    except CallError as found:
        sentence = found.says
    else:
        sentence = "."
        assert sample.outcome in OUTCOMES
        assert sample.finish_reason in FINISH_REASONS
        for kept in kept_texts(sample):
            assert kept == clean(kept)
    assert sentence.endswith(".")


def kept_texts(sample: Sample) -> Iterator[str]:
    yield sample.text
    yield from sample.flags
    for each in (sample.raw_finish_reason, sample.model, sample.response_id, sample.reasoning):
        if each is not None:
            yield each

"""When the first text of a stream came: by the event that brought it, in every dialect."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lib.providers.first_text import brings_text, first_text_at

OPENAI = [
    {"choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}}]},
    {"choices": [{"index": 0, "delta": {"reasoning_content": "Hm."}}]},
    {"choices": [{"index": 0, "delta": {"content": "Äpfel"}}]},
]
PARTS = [
    {"choices": [{"index": 0, "delta": {"content": []}}]},
    {"choices": [{"index": 0, "delta": {"content": [{"type": "thinking", "thinking": "Hm."}]}}]},
    {"choices": [{"index": 0, "delta": {"content": [{"type": "text", "text": "Apple"}]}}]},
]
RESPONSES = [
    {"type": "response.created", "response": {"output": []}},
    {"type": "response.reasoning_summary_text.delta", "delta": "Hm."},
    {"type": "response.output_text.delta", "delta": "Apple"},
]
ANTHROPIC = [
    {"type": "message_start", "message": {"content": []}},
    {"type": "content_block_start", "content_block": {"type": "text", "text": ""}},
    {"type": "content_block_delta", "delta": {"type": "thinking_delta", "thinking": "Hm."}},
    {"type": "content_block_delta", "delta": {"type": "text_delta", "text": "Apple"}},
]
GEMINI = [
    {"candidates": [{"content": {"parts": [{"text": "Hm.", "thought": True}]}}]},
    {"candidates": [{"content": {"parts": []}}]},
    {"candidates": [{"content": {"parts": [{"text": "Apple"}]}}]},
]
STREAMS = {
    "openai": OPENAI,
    "parts": PARTS,
    "responses": RESPONSES,
    "anthropic": ANTHROPIC,
    "gemini": GEMINI,
}


@pytest.mark.parametrize("events", STREAMS.values(), ids=STREAMS)
def test_the_event_with_the_first_text_is_found(events: list[object]) -> None:
    assert [brings_text(event) for event in events] == [False] * (len(events) - 1) + [True]


@pytest.mark.parametrize("end", ["\n\n", "\r\n\r\n", "\r\r"])
@pytest.mark.parametrize("events", STREAMS.values(), ids=STREAMS)
def test_its_time_is_that_of_the_bytes_that_completed_it(events: list[object], end: str) -> None:
    blocks = [f"data: {json.dumps(each, ensure_ascii=False)}{end}".encode() for each in events]
    sizes = [sum(map(len, blocks[: number + 1])) for number in range(len(blocks))]
    arrivals = [(size, float(number)) for number, size in enumerate(sizes, start=1)]

    assert first_text_at(b"".join(blocks), arrivals) == len(events)
    assert first_text_at(b"".join(blocks), [(sizes[-1], 7.5)]) == 7.5
    assert first_text_at(b"".join(blocks[:-1]), arrivals) is None


def test_a_piece_that_came_in_two_halves_has_come_with_the_second() -> None:
    body = b'data: {"choices": [{"delta": {"content": "Apple"}}]}\n\n'

    assert first_text_at(body, [(10, 1.0), (30, 2.0), (len(body), 3.0)]) == 3.0


@given(some.binary(), some.lists(some.tuples(some.integers(0, 100), some.floats(0, 10))))
def test_any_bytes_are_taken(body: bytes, arrivals: list[tuple[int, float]]) -> None:
    first_text_at(body, arrivals)
    first_text_at(b"data: " + body + b"\n\n", arrivals)

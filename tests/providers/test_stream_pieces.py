"""A stream as it arrives: text piece by piece, and no finish reason before the last."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.domain.configuration import DIALECTS, Dialect
from lib.providers.stream_pieces import StreamPiece, pieces
from tests.faulty.answers import completion, events

STREAMS: dict[Dialect, list[object]] = {
    "openai": [
        {"choices": [{"delta": {"role": "assistant", "content": ""}, "finish_reason": None}]},
        {"choices": [{"delta": {"content": "An "}, "finish_reason": None}]},
        {"choices": [{"delta": {"content": [{"text": "apple"}]}, "finish_reason": None}]},
        {"choices": [{"delta": {}, "finish_reason": "stop"}]},
        {"choices": [], "usage": {"prompt_tokens": 3}},
    ],
    "openai-responses": [
        {"type": "response.created"},
        {"type": "response.output_text.delta", "delta": "An "},
        {"type": "response.output_text.delta", "delta": "apple"},
        {"type": "response.completed", "response": {}},
    ],
    "anthropic": [
        {"type": "message_start", "message": {}},
        {"type": "content_block_delta", "delta": {"type": "text_delta", "text": "An "}},
        {"type": "content_block_delta", "delta": {"type": "text_delta", "text": "apple"}},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}},
        {"type": "message_stop"},
    ],
    "gemini": [
        {"candidates": [{"content": {"parts": [{"text": "hm", "thought": True}]}}]},
        {"candidates": [{"content": {"parts": [{"text": "An "}]}}]},
        {"candidates": [{"content": {"parts": [{"text": "apple"}]}, "finishReason": "STOP"}]},
    ],
}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_dialect_is_read_to_its_end(dialect: Dialect) -> None:
    body = b"".join(b"data: %b\n\n" % json.dumps(each).encode() for each in STREAMS[dialect])

    found = pieces(body)

    assert "".join(each.text for each in found) == "An apple"
    assert [each.finish_reason for each in found if each.finish_reason is not None] == [
        found[-1].finish_reason
    ]


@given(st.integers(0, 2000), st.text(max_size=30))
def test_a_stream_cut_off_anywhere_has_the_beginning_of_its_text(cut: int, text: str) -> None:
    whole = b"".join(events(completion({"model": "m"}, text, 1)))

    found = pieces(whole[:cut])

    said = "".join(each.text for each in pieces(whole))
    assert said.startswith("".join(each.text for each in found))
    if cut < len(whole) // 2:
        assert all(each == StreamPiece(each.text, None) for each in found[:-1])


def test_what_is_no_stream_has_no_pieces() -> None:
    assert pieces(b'{"choices": []}') == []
    assert pieces(b"data: {broken\n\ndata: {}\n\n") == []
    assert pieces(b"\xff\xfe") == []

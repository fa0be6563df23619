"""What an Anthropic endpoint answers, written from the types of anthropic 2.13."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any


def message(**changes: object) -> dict[str, Any]:
    """A good answer, with changes to its top level."""
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "some-model",
        "content": [text("Apple")],
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "stop_details": None,
        "usage": usage(),
        **changes,
    }


def usage(**changes: object) -> dict[str, Any]:
    """The usage of a good answer, with changes."""
    return {
        "input_tokens": 11,
        "cache_creation_input_tokens": 5,
        "cache_read_input_tokens": 4,
        "cache_creation": {"ephemeral_5m_input_tokens": 5, "ephemeral_1h_input_tokens": 0},
        "output_tokens": 7,
        "output_tokens_details": {"thinking_tokens": 3},
        "server_tool_use": None,
        "service_tier": "standard",
        **changes,
    }


def text(said: str) -> dict[str, Any]:
    """A block of text."""
    return {"type": "text", "text": said, "citations": None}


def thinking(said: str) -> dict[str, Any]:
    """A block of thinking."""
    return {"type": "thinking", "thinking": said, "signature": "c2lnbmF0dXJl"}


def tool_use(name: str, given: dict[str, Any]) -> dict[str, Any]:
    """A call of a tool."""
    return {"type": "tool_use", "id": "toolu_1", "name": name, "input": given}


def error(kind: str, says: str = "No.", **details: object) -> dict[str, Any]:
    """An error body."""
    inner = {"type": kind, "message": says} | ({"details": details} if details else {})
    return {"type": "error", "error": inner, "request_id": "req_1"}


def event(data: dict[str, Any]) -> bytes:
    """One event of a stream."""
    return f"event: {data['type']}\ndata: {json.dumps(data)}\n\n".encode()


def events(whole: dict[str, Any]) -> Iterator[bytes]:
    """An answer as the events of a stream, with pieces of three characters."""
    yield event({"type": "message_start", "message": _start(whole)})
    yield event({"type": "ping"})
    for index, block in enumerate(whole["content"]):
        yield from _block(index, block)
    ending = {name: whole.get(name) for name in ("stop_reason", "stop_sequence", "stop_details")}
    last = {
        name: value
        for name, value in whole["usage"].items()
        if name not in {"service_tier", "cache_creation"}
    }
    yield event({"type": "message_delta", "delta": ending, "usage": last})
    yield event({"type": "message_stop"})


def _start(whole: dict[str, Any]) -> dict[str, Any]:
    """A message as it begins: no content, no reason, one token so far."""
    used = {**whole["usage"], "output_tokens": 1, "output_tokens_details": None}
    nothing: dict[str, Any] = {
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "stop_details": None,
    }
    return {**whole, **nothing, "usage": used}


def _block(index: int, block: dict[str, Any]) -> Iterator[bytes]:
    match block:
        case {"type": "text", "text": said}:
            start = block | {"text": ""}
            deltas = [{"type": "text_delta", "text": piece} for piece in _pieces(said)]
        case {"type": "thinking", "thinking": said, "signature": signature}:
            start = block | {"thinking": "", "signature": ""}
            deltas = [{"type": "thinking_delta", "thinking": piece} for piece in _pieces(said)]
            deltas.append({"type": "signature_delta", "signature": signature})
        case {"type": "tool_use", "input": given}:
            start = block | {"input": {}}
            deltas = [
                {"type": "input_json_delta", "partial_json": piece}
                for piece in ["", *_pieces(json.dumps(given))]
            ]
        case _:
            start, deltas = block, []
    yield event({"type": "content_block_start", "index": index, "content_block": start})
    for delta in deltas:
        yield event({"type": "content_block_delta", "index": index, "delta": delta})
    yield event({"type": "content_block_stop", "index": index})


def _pieces(said: str) -> list[str]:
    return [said[at : at + 3] for at in range(0, len(said), 3)]

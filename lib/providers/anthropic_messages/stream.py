"""An answer that came as a stream, put together again as if it had come at once."""

from __future__ import annotations

from typing import Any

from lib.providers.events import Stream, events
from lib.providers.json_text import NotJSON, parsed

_GROWS = {
    "text_delta": ("text", "text"),
    "thinking_delta": ("thinking", "thinking"),
    "signature_delta": ("signature", "thinking"),
    "input_json_delta": ("partial_json", "tool_use"),
}
"""By the type of a delta: its field, and the type of the block that it makes grow."""


def joined(body: bytes) -> Stream:
    """The pieces of a stream, put together (types of anthropic 2.13: raw_message_stream_event).

    Raises:
        NotJSON: if an event before the last isn't JSON, or the whole isn't UTF-8.
    """
    whole = _Whole()
    for event in events(body):
        whole.add(event)
    return Stream(whole.answer(), whole.ended)


class _Block:
    """One content block, growing."""

    def __init__(self, start: dict[str, Any]) -> None:
        self._start = start
        self._pieces: dict[str, list[str]] = {}
        self._citations: list[object] = []
        self._rest: list[object] = []

    def add(self, delta: dict[str, Any]) -> None:
        kind = delta.get("type")
        field, type_ = _GROWS.get(kind if isinstance(kind, str) else "", ("", ""))
        match delta.get(field):
            case str(piece):
                self._start.setdefault("type", type_)
                self._pieces.setdefault(field, []).append(piece)
            case _ if kind == "citations_delta":
                self._citations.append(delta.get("citation"))
            case _:
                self._rest.append(delta)

    def whole(self) -> dict[str, Any]:
        block = dict(self._start)
        for field, pieces in self._pieces.items():
            grown = "".join(pieces)
            if field == "partial_json":
                block["input"] = _input(grown) if grown else block.get("input")
            else:
                begun = block.get(field)
                block[field] = (begun if isinstance(begun, str) else "") + grown
        if self._citations:
            block["citations"] = self._citations
        if self._rest:
            block["other_deltas"] = self._rest
        return block


class _Whole:
    """The message, growing."""

    def __init__(self) -> None:
        self.ended = False
        self._top: dict[str, Any] = {}
        self._blocks: dict[int, _Block] = {}

    def add(self, event: object) -> None:
        match event:
            case {"type": "message_start", "message": dict() as message}:
                self._top |= {**message, "content": []}
            case {"type": "content_block_start", "content_block": dict() as block, **rest}:
                self._blocks[self._index(rest)] = _Block(block)
            case {"type": "content_block_delta", "delta": dict() as delta, **rest}:
                self._blocks.setdefault(self._index(rest), _Block({})).add(delta)
            case {"type": "message_delta", "delta": dict() as delta, **rest}:
                self._add_end(delta, rest.get("usage"))
            case {"type": "message_stop"}:
                self.ended = True
            case {"error": error} if error:
                self._top["error"] = error

    def _add_end(self, delta: dict[str, Any], usage: object) -> None:
        """What is only known at the end. The counts are of the whole, so the last one holds."""
        self._top |= {name: value for name, value in delta.items() if value is not None}
        self.ended |= delta.get("stop_reason") is not None
        if isinstance(usage, dict):
            so_far = self._top.get("usage")
            known = {name: value for name, value in usage.items() if value is not None}
            self._top["usage"] = {**so_far, **known} if isinstance(so_far, dict) else known

    def _index(self, rest: dict[Any, Any]) -> int:
        index = rest.get("index")
        return index if isinstance(index, int) else len(self._blocks)

    def answer(self) -> dict[str, Any]:
        blocks = [block.whole() for _, block in sorted(self._blocks.items())]
        return {**self._top, "content": blocks} if "content" in self._top or blocks else self._top


def _input(pieces: str) -> object:
    """What a tool is called with: a table, or its text where it isn't whole."""
    try:
        return parsed(pieces)
    except NotJSON:
        return pieces

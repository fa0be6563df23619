"""An answer that came as a stream, put together again as if it had come at once.

The last event holds the whole response. Some servers leave its output empty there, or the log
probabilities in it: then what the events before it said fills the gap. A stream without a last
event is put together as far as it came, and has not ended.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from lib.providers.events import Stream, events

_LAST = frozenset({"response.completed", "response.incomplete", "response.failed"})
_BEFORE = frozenset({"response.created", "response.queued", "response.in_progress"})


class _Place(NamedTuple):
    """Where the text of an event stands in its item."""

    parts: str
    number: str
    type: str
    text: str


_PARTS = {
    "response.output_text": _Place("content", "content_index", "output_text", "text"),
    "response.refusal": _Place("content", "content_index", "refusal", "refusal"),
    "response.reasoning_text": _Place("content", "content_index", "reasoning_text", "text"),
    "response.reasoning_summary_text": _Place("summary", "summary_index", "summary_text", "text"),
}
"""Events, without `.delta` and `.done`, whose text is a part of an item."""
_FIELDS = {
    "response.function_call_arguments": "arguments",
    "response.custom_tool_call_input": "input",
}
"""The same, where the text is a field of the item."""


def joined(body: bytes) -> Stream:
    """The pieces of a stream, put together.

    Raises:
        NotJSON: if an event before the last isn't JSON, or the whole isn't UTF-8.
    """
    whole = _Whole()
    for event in events(body):
        if isinstance(event, dict):
            whole.add(event)
    return Stream(whole.answer(), whole.last is not None)


@dataclass(slots=True)
class _Text:
    """A text, growing."""

    pieces: list[str] = field(default_factory=list)
    logprobs: list[object] = field(default_factory=list)

    def add(self, event: dict[str, Any], name: str) -> None:
        """A piece, or at the end the whole under `name`."""
        match event.get("delta"), event.get(name):
            case str(piece), _:
                self.pieces.append(piece)
            case _, str(whole) if whole:
                self.pieces = [whole]
        positions = event.get("logprobs")
        if isinstance(positions, list) and ("delta" in event or not self.logprobs):
            self.logprobs += positions


@dataclass(slots=True)
class _Item:
    """An item of the output, growing."""

    told: dict[str, Any] = field(default_factory=dict)
    """By the last event that held it whole."""
    parts: dict[tuple[int, _Place], _Text] = field(default_factory=dict)
    fields: dict[str, _Text] = field(default_factory=dict)

    def whole(self) -> dict[str, Any]:
        grown: dict[str, Any] = {n: "".join(text.pieces) for n, text in self.fields.items()}
        for (_, place), text in sorted(self.parts.items()):
            part: dict[str, Any] = {"type": place.type, place.text: "".join(text.pieces)}
            if text.logprobs:
                part["logprobs"] = text.logprobs
            grown.setdefault(place.parts, []).append(part)
        return {"type": "message", **_filled(self.told, grown)}


class _Whole:
    """The response, growing."""

    def __init__(self) -> None:
        self.last: dict[str, Any] | None = None
        self._before: dict[str, Any] = {}
        self._error: dict[str, Any] | None = None
        self._items: dict[int, _Item] = {}

    def add(self, event: dict[str, Any]) -> None:
        match event:
            case {"type": str(kind), "response": dict(response)} if kind in _LAST:
                self.last = response
            case {"type": str(kind), "response": dict(response)} if kind in _BEFORE:
                self._before = response
            case {"type": "error", "error": dict(inner)}:  # not the schema's, but seen
                self._error = inner
            case {"type": "error"}:
                self._error = {**event, "type": None}
            case {
                "type": "response.output_item.added" | "response.output_item.done",
                "item": dict(item),
            }:
                self._item(event).told = item
            case {"type": str(kind)}:
                self._add_text(event, kind.removesuffix(".delta").removesuffix(".done"))

    def _add_text(self, event: dict[str, Any], kind: str) -> None:
        if place := _PARTS.get(kind):
            key = (_index(event, place.number), place)
            self._item(event).parts.setdefault(key, _Text()).add(event, place.text)
        elif name := _FIELDS.get(kind):
            self._item(event).fields.setdefault(name, _Text()).add(event, name)

    def _item(self, event: dict[str, Any]) -> _Item:
        return self._items.setdefault(_index(event, "output_index"), _Item())

    def answer(self) -> dict[str, Any]:
        answer = {"object": "response", **(self._before if self.last is None else self.last)}
        if self._error is not None:
            answer["error"] = self._error
        grown = [item.whole() for _, item in sorted(self._items.items())]
        if grown:
            answer["output"] = _filled(answer.get("output"), grown)
        return answer


def _index(event: dict[str, Any], name: str) -> int:
    index = event.get(name)
    return index if isinstance(index, int) else 0


def _filled(told: Any, grown: Any) -> Any:
    """What was told; where it is empty or missing, what grew."""
    match told, grown:
        case {"type": str(one)}, {"type": str(other)} if one != other:
            return told
        case dict(), dict():
            filled = {name: _filled(each, grown.get(name)) for name, each in told.items()}
            return {**grown, **filled}
        case [_, *_], list():
            both = zip(told, grown, strict=False)
            return [_filled(*each) for each in both] + told[len(grown) :]
        case ((None | [] | ""), _) if grown:
            return grown
    return told

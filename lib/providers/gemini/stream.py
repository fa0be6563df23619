"""A Gemini answer that came as a stream: each event is an answer that holds a piece of the text.

Only the `alt=sse` form is a stream. Without it the whole is one JSON array, which is not read: the
lab never asks for one, so whoever sends it dropped a part of the address.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from lib.providers.events import Stream, events

_BESIDE_TEXT = frozenset({"thought", "thoughtSignature"})
_LISTS = ("chosenCandidates", "topCandidates")


def joined(body: bytes) -> Stream:
    """The pieces of a stream, put together.

    Raises:
        NotJSON: if an event before the last isn't JSON, or the whole isn't UTF-8.
    """
    whole = _Whole()
    for event in events(body):
        whole.add(event)
    answer = whole.answer()
    return Stream(answer, _ended(answer))


def _ended(answer: dict[str, Any]) -> bool:
    """Whether it says why it stopped, which stands in the last event alone."""
    match answer:
        case {"candidates": [{"finishReason": str()}, *_]}:
            return True
        case {"promptFeedback": {"blockReason": str()}}:
            return "candidates" not in answer
        case _:
            return False


@dataclass(slots=True)
class _Candidate:
    """One candidate, growing."""

    parts: list[Any] = field(default_factory=list)
    texts: list[list[str]] = field(default_factory=list)
    """The pieces of each part's text, put together at the end."""
    content: dict[str, Any] = field(default_factory=dict)
    logprobs: dict[str, Any] = field(default_factory=dict)
    rest: dict[str, Any] = field(default_factory=dict)

    def add(self, piece: dict[str, Any]) -> None:
        for name, value in piece.items():
            match name, value:
                case "content", dict():
                    self._add_content(value)
                case "logprobsResult", dict():
                    self._add_logprobs(value)
                case (("content" | "logprobsResult"), _):
                    continue
                case _ if value is not None:
                    self.rest[name] = value

    def _add_content(self, content: dict[str, Any]) -> None:
        for name, value in content.items():
            match name, value:
                case "parts", list():
                    for part in value:
                        self._add_part(part)
                case "parts", _:
                    continue
                case _ if value is not None:
                    self.content[name] = value

    def _add_part(self, part: object) -> None:
        if self.parts and _goes_on(self.parts[-1], part):
            self.parts[-1] |= part
        else:
            self.parts.append(dict(part) if isinstance(part, dict) else part)
            self.texts.append([])
        match part:
            case {"text": str(text)}:
                self.texts[-1].append(text)

    def _add_logprobs(self, result: dict[str, Any]) -> None:
        for name, value in result.items():
            match name, value:
                case _, list() if name in _LISTS:
                    self.logprobs.setdefault(name, []).extend(value)
                case _ if value is not None and name not in _LISTS:
                    self.logprobs[name] = value

    def whole(self) -> dict[str, Any]:
        parts = [
            {**part, "text": "".join(texts)} if texts else part
            for part, texts in zip(self.parts, self.texts, strict=True)
        ]
        found = {**self.content, "parts": parts} if parts else self.content
        return {
            **({"content": found} if found else {}),
            **self.rest,
            **({"logprobsResult": self.logprobs} if self.logprobs else {}),
        }


def _goes_on(before: object, part: object) -> bool:
    """Whether a part is more of the text of the one before."""
    match before, part:
        case {"text": str(), **first}, {"text": str(), **second}:
            plain = first.keys() | second.keys() <= _BESIDE_TEXT
            return plain and first.get("thought") == second.get("thought")
        case _:
            return False


class _Whole:
    """The object, growing."""

    def __init__(self) -> None:
        self._top: dict[str, Any] = {}
        self._candidates: dict[int, _Candidate] = {}

    def add(self, event: object) -> None:
        if not isinstance(event, dict):
            return
        for name, value in event.items():
            match name, value:
                case "candidates", list():
                    for piece in value:
                        self._add_candidate(piece)
                case "candidates", _:
                    continue
                case _ if value is not None:
                    self._top[name] = value

    def _add_candidate(self, piece: object) -> None:
        if isinstance(piece, dict):
            index = piece.get("index")
            key = index if isinstance(index, int) else 0
            self._candidates.setdefault(key, _Candidate()).add(piece)

    def answer(self) -> dict[str, Any]:
        candidates = [each.whole() for _, each in sorted(self._candidates.items())]
        return {**({"candidates": candidates} if candidates else {}), **self._top}

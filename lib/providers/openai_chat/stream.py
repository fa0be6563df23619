"""An answer that came as a stream, put together again as if it had come at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from lib.providers.events import DONE, Stream, events

_TEXTS = ("refusal", "reasoning_content", "reasoning")


def joined(body: bytes) -> Stream:
    """The pieces of a stream, put together.

    Raises:
        NotJSON: if an event before the last isn't JSON, or the whole isn't UTF-8.
    """
    whole = _Whole()
    ended = False
    for event in events(body):
        if event == DONE:
            ended = True
        whole.add(event)
    answer = whole.answer()
    finished = any(each["finish_reason"] is not None for each in answer["choices"])
    return Stream(answer, ended or finished)


@dataclass(slots=True)
class _Choice:
    """One choice, growing."""

    content: list[object] = field(default_factory=list)
    """Pieces of text, and parts where they come in lists, in their order."""
    texts: dict[str, list[str]] = field(default_factory=dict)
    calls: dict[int, dict[str, Any]] = field(default_factory=dict)
    logprobs: dict[str, list[object] | None] = field(default_factory=dict)
    """Of the text and of a refusal, each `None` until one comes."""
    message: dict[str, Any] = field(default_factory=dict)
    rest: dict[str, Any] = field(default_factory=dict)

    def add(self, piece: dict[str, Any]) -> None:
        for name, value in piece.items():
            match name, value:
                case "delta", dict():
                    self._add_delta(value)
                case "logprobs", dict():
                    self._add_logprobs(value)
                case (("delta" | "logprobs"), _):
                    continue
                case _ if value is not None:
                    self.rest[name] = value

    def _add_logprobs(self, logprobs: dict[str, Any]) -> None:
        for name, positions in logprobs.items():
            found = self.logprobs.setdefault(name, None)
            match positions, found:
                case list(), list():
                    found += positions
                case list(), None:
                    self.logprobs[name] = [*positions]

    def _add_delta(self, delta: dict[str, Any]) -> None:
        for name, value in delta.items():
            match name, value:
                case "content", str():
                    self.content.append(value)
                case "content", list():
                    self.content.extend(value)
                case _, str() if name in _TEXTS:
                    self.texts.setdefault(name, []).append(value)
                case "tool_calls", list():
                    for call in value:
                        self._add_call(call)
                case _ if value is not None:
                    self.message[name] = value

    def _add_call(self, call: object) -> None:
        if not isinstance(call, dict):
            return
        index = call.get("index")
        key = index if isinstance(index, int) else len(self.calls)
        found = self.calls.setdefault(key, {"function": {"name": "", "arguments": ""}})
        for name, value in call.items():
            match name, value:
                case "function", dict():
                    for part in ("name", "arguments"):
                        if isinstance(piece := value.get(part), str):
                            found["function"][part] += piece
                case (("function" | "index"), _):
                    continue
                case _ if value is not None:
                    found[name] = value

    def whole(self) -> dict[str, Any]:
        message = {"role": "assistant", "content": None, **self.message}
        message |= {name: "".join(pieces) for name, pieces in self.texts.items()}
        if self.content:
            text = [each for each in self.content if isinstance(each, str)]
            alone = len(text) == len(self.content)
            message["content"] = "".join(text) if alone else self.content
        if self.calls:
            message["tool_calls"] = [call for _, call in sorted(self.calls.items())]
        return {
            "finish_reason": None,
            **self.rest,
            "message": message,
            "logprobs": self.logprobs or None,
        }


class _Whole:
    """The object, growing."""

    def __init__(self) -> None:
        self._top: dict[str, Any] = {}
        self._choices: dict[int, _Choice] = {}

    def add(self, event: object) -> None:
        if not isinstance(event, dict):
            return
        for name, value in event.items():
            match name, value:
                case "choices", list():
                    for piece in value:
                        self._add_choice(piece)
                case "choices", _:
                    continue
                case _ if value is not None:
                    self._top[name] = value

    def _add_choice(self, piece: object) -> None:
        if isinstance(piece, dict):
            index = piece.get("index")
            key = index if isinstance(index, int) else 0
            self._choices.setdefault(key, _Choice()).add(piece)

    def answer(self) -> dict[str, Any]:
        choices = [choice.whole() for _, choice in sorted(self._choices.items())]
        return {**self._top, "object": "chat.completion", "choices": choices}

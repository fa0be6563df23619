"""An answer that came as a stream, put together again as if it had come at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lib.domain.errors import Unreadable
from lib.domain.vocabulary import Reply
from lib.providers.json_text import NotJSON, decoded, parsed

_BEGINNINGS = (b"data:", b"event:", b"id:", b"retry:", b":")
_TEXTS = ("content", "refusal", "reasoning_content", "reasoning")


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream's pieces, put together."""

    answer: dict[str, Any]
    """The object that would have come without streaming."""
    ended: bool
    """Whether its last event came."""


def is_stream(reply: Reply) -> bool:
    """Whether a body is made of server-sent events, which no JSON begins like."""
    return reply.body.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(_BEGINNINGS)


def assembled(reply: Reply) -> dict[str, Any]:
    """The object that a reply stands for: its JSON, or its stream put together.

    Raises:
        Unreadable: if it is neither.
    """
    try:
        if is_stream(reply):
            return {**stream(reply.body).answer, "assembled": True}
        answer = parsed(decoded(reply.body))
    except NotJSON as error:
        raise Unreadable(f"The answer {error.says}.") from None
    if not isinstance(answer, dict):
        raise Unreadable("The answer is JSON, but not an object.", wrong_place=True)
    return answer


def stream(body: bytes) -> Stream:
    """The pieces of a stream, put together.

    Raises:
        NotJSON: if an event before the last isn't JSON, or the whole isn't UTF-8.
    """
    whole = _Whole()
    ended = False
    for data, last in _events(decoded(body)):
        if data.strip() == "[DONE]":
            ended = True
            break
        try:
            event = parsed(data)
        except NotJSON:
            if last:  # cut off in the middle
                break
            raise
        whole.add(event)
    return Stream(whole.answer(), ended)


def _events(text: str) -> Iterator[tuple[str, bool]]:
    """The data of each event, and whether it is the last one."""
    blocks = [
        "\n".join(_data(block))
        for block in text.replace("\r\n", "\n").replace("\r", "\n").split("\n\n")
    ]
    events = [block for block in blocks if block]
    yield from ((event, number == len(events)) for number, event in enumerate(events, start=1))


def _data(block: str) -> list[str]:
    lines = (line.removeprefix("data:") for line in block.split("\n") if line.startswith("data:"))
    return [line.removeprefix(" ") for line in lines]


@dataclass(slots=True)
class _Choice:
    """One choice, growing."""

    texts: dict[str, list[str]] = field(default_factory=dict)
    calls: dict[int, dict[str, Any]] = field(default_factory=dict)
    logprobs: list[object] = field(default_factory=list)
    message: dict[str, Any] = field(default_factory=dict)
    rest: dict[str, Any] = field(default_factory=dict)

    def add(self, piece: dict[str, Any]) -> None:
        for name, value in piece.items():
            match name, value:
                case "delta", dict():
                    self._add_delta(value)
                case "logprobs", {"content": list() as positions}:
                    self.logprobs += positions
                case (("delta" | "logprobs"), _):
                    continue
                case _ if value is not None:
                    self.rest[name] = value

    def _add_delta(self, delta: dict[str, Any]) -> None:
        for name, value in delta.items():
            match name, value:
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
        if self.calls:
            message["tool_calls"] = [call for _, call in sorted(self.calls.items())]
        return {
            "finish_reason": None,
            **self.rest,
            "message": message,
            "logprobs": {"content": self.logprobs} if self.logprobs else None,
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

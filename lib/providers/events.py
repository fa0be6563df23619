"""Server-sent events: how every dialect streams. What the events say is the dialect's own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lib.domain.vocabulary import Reply
from lib.providers.json_text import NotJSON, decoded, parsed

_BEGINNINGS = (b"data:", b"event:", b"id:", b"retry:", b":")
DONE = "[DONE]"


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream's pieces, put together."""

    answer: dict[str, Any]
    """The object that would have come without streaming."""
    ended: bool
    """Whether its last event came, or what only stands in the last."""


def is_stream(reply: Reply) -> bool:
    """Whether a body is made of server-sent events, which no JSON begins like."""
    return reply.body.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(_BEGINNINGS)


def events(body: bytes) -> Iterator[object]:
    """The value of each event in turn, and the text `[DONE]` where it came, which is the last.

    Raises:
        NotJSON: if an event before the last isn't JSON, or the whole isn't UTF-8.
    """
    blocks = ["\n".join(_data(block)) for block in _lines(decoded(body)).split("\n\n")]
    told = [block for block in blocks if block]
    for number, data in enumerate(told, start=1):
        if data.strip() == DONE:
            yield DONE
            return
        try:
            yield parsed(data)
        except NotJSON:
            if number == len(told):  # cut off in the middle
                return
            raise


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _data(block: str) -> list[str]:
    lines = (line.removeprefix("data:") for line in block.split("\n") if line.startswith("data:"))
    return [line.removeprefix(" ") for line in lines]

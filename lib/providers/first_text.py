"""When the first text of a streamed answer came: time to first token, as a reader sees it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lib.providers.json_text import NotJSON, parsed

_BLANK_LINE = re.compile(rb"\r\n\r\n|\n\n|\r\r")


def first_text_at(body: bytes, arrivals: Sequence[tuple[int, float]]) -> float | None:
    """When the event had come that brought the first text, or `None` if none did.

    Args:
        body: a stream of server-sent events, in any dialect.
        arrivals: how many bytes had come, and when, rising.
    """
    for event, end in _events(body):
        if brings_text(event):
            return next((at for size, at in arrivals if size >= end), None)
    return None


def brings_text(event: object) -> bool:
    """Whether an event holds some of the answer's text: no role, no thinking, no empty piece."""
    match event:
        case {"choices": [{"delta": {"content": str(text)}}, *_]}:  # OpenAI chat
            return bool(text)
        case {"choices": [{"delta": {"content": list() as parts}}, *_]}:  # Mistral
            return any(_is_text(part) for part in parts)
        case {"type": "response.output_text.delta", "delta": str(text)}:  # OpenAI Responses
            return bool(text)
        case {"type": "content_block_delta", "delta": {"text": str(text)}}:  # Anthropic
            return bool(text)
        case {"candidates": [{"content": {"parts": list() as parts}}, *_]}:  # Gemini
            return any(_is_text(part) for part in parts)
        case _:
            return False


def _is_text(part: object) -> bool:
    match part:
        case {"thought": True}:
            return False
        case str(text) | {"text": str(text)}:
            return bool(text)
        case _:
            return False


def _events(body: bytes) -> Iterator[tuple[object, int]]:
    """The value of each event that is JSON, and where it ends."""
    begins = 0
    for blank in _BLANK_LINE.finditer(body):
        lines = body[begins : blank.start()].decode("utf-8", "replace").splitlines()
        begins = blank.end()
        data = "\n".join(line[5:].strip() for line in lines if line.startswith("data:"))
        try:
            yield parsed(data), blank.start()
        except NotJSON:
            continue

"""A stream as a reader sees it arrive: pieces of text, each with its finish reason or none yet.

For looking on, also at a stream of which more is to come: what an answer means is read by its
dialect, from the whole.
"""

from __future__ import annotations

from dataclasses import dataclass

from lib.providers.events import events
from lib.providers.json_text import NotJSON


@dataclass(frozen=True, slots=True)
class StreamPiece:
    """What one event brought."""

    text: str
    finish_reason: str | None
    """The provider's word; `None` as long as the answer goes on."""


def pieces(body: bytes) -> list[StreamPiece]:
    """The pieces so far, in any dialect. An event that brings neither text nor an end is none.

    Args:
        body: a stream of server-sent events, whole or cut off anywhere.
    """
    found: list[StreamPiece] = []
    try:
        for event in events(_whole_characters(body)):
            piece = _piece(event)
            if piece is not None and (piece.text or piece.finish_reason is not None):
                found.append(piece)
    except NotJSON:
        return found
    return found


def _whole_characters(body: bytes) -> bytes:
    """Without the last character's first bytes, if its others are still to come."""
    return body.decode("utf-8", "ignore").encode()


def _piece(event: object) -> StreamPiece | None:
    match event:
        case {"choices": [dict() as choice, *_]}:  # OpenAI chat
            return StreamPiece(_text(choice.get("delta")), _word(choice.get("finish_reason")))
        case {"type": "response.output_text.delta", "delta": str(text)}:  # OpenAI Responses
            return StreamPiece(text, None)
        case {"type": "response.completed" | "response.incomplete" | "response.failed" as kind}:
            return StreamPiece("", str(kind).removeprefix("response."))
        case {"type": "content_block_delta", "delta": {"text": str(text)}}:  # Anthropic
            return StreamPiece(text, None)
        case {"type": "message_delta", "delta": {"stop_reason": reason}}:
            return StreamPiece("", _word(reason))
        case {"candidates": [dict() as candidate, *_]}:  # Gemini
            return StreamPiece(_parts(candidate), _word(candidate.get("finishReason")))
        case _:
            return None


def _text(delta: object) -> str:
    match delta:
        case {"content": str(text)}:
            return text
        case {"content": list() as parts}:  # Mistral
            return "".join(map(_part, parts))
        case _:
            return ""


def _parts(candidate: dict[str, object]) -> str:
    match candidate.get("content"):
        case {"parts": list() as parts}:
            return "".join(map(_part, parts))
        case _:
            return ""


def _part(part: object) -> str:
    match part:
        case {"thought": True}:
            return ""
        case str(text) | {"text": str(text)}:
            return text
        case _:
            return ""


def _word(reason: object) -> str | None:
    return reason if isinstance(reason, str) else None

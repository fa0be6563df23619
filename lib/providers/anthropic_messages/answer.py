"""What an Anthropic message says, in whatever shape it comes."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from lib.domain.errors import Unreadable
from lib.domain.settings import Settings
from lib.domain.vocabulary import FinishReason, Reply, Sample, Slot
from lib.providers import reading
from lib.providers.anthropic_messages.stream import joined
from lib.providers.capabilities import Profile
from lib.providers.reading import Answer, Received
from lib.providers.usage import believed, count, inside

STOP_REASONS: dict[str, FinishReason] = {
    "end_turn": "stop",
    "stop_sequence": "stop_sequence",
    "max_tokens": "length",
    "model_context_window_exceeded": "context_window",
    "tool_use": "tool_calls",
    "pause_turn": "pause",
    "refusal": "refusal",
}
"""The API's words (stop_reason.py of anthropic 2.13), and the lab's. What is not in it is
`unknown`, and kept beside it."""

_CATEGORIES = frozenset(("cyber", "bio", "frontier_llm", "reasoning_extraction", "general_harms"))
"""Of refusals (refusal_stop_details.py). No other word is shown: it could be anything."""


def read(slot: Slot, reply: Reply, profile: Profile) -> Sample:
    """The sample in a reply. Pure.

    Raises:
        CallError: if the reply is a refusal, or isn't what the dialect promises.
    """
    return reading.read(Received(slot, reply, profile), joined=joined, said=_answer)


@dataclass(slots=True)
class _Said:
    """Content blocks, read."""

    texts: list[str] = field(default_factory=list)
    thoughts: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)


def _answer(received: Received, message: dict[str, Any]) -> Answer:
    said = _said(message)
    asked = received.slot.configuration.settings
    raw = reading.name(message.get("stop_reason"))
    text, odd = reading.continuation(received, "".join(said.texts))
    tokens, doubts = believed(message.get("usage"), _counts, max_tokens=asked.max_tokens)
    return Answer(
        text=text,
        finish=STOP_REASONS.get(raw or "", "unknown"),
        raw=raw,
        calls=tuple(said.calls),
        reasoning="\n".join(said.thoughts) or None,
        usage=tokens,
        model=message.get("model"),
        response_id=message.get("id"),
        service_tier=inside(message, "usage", "service_tier"),
        flags=(*said.flags, *_ending(raw, message, asked), *odd, *doubts, *_tier(message, asked)),
    )


def _said(message: dict[str, Any]) -> _Said:
    blocks = message.get("content")
    if not isinstance(blocks, list):
        raise Unreadable("The answer has no content blocks.", "See its response.")
    said = _Said()
    for block in blocks:
        match block:
            case {"type": "text", "text": str(text)}:
                said.texts.append(text)
            case {"type": "thinking", "thinking": str(text)}:
                if text:
                    said.thoughts.append(text)
            case {"type": "redacted_thinking"}:
                said.flags.append("Part of the thinking is encrypted, and can't be read.")
            case {"type": "tool_use"}:
                said.calls.append(_call(block))
            case _:
                said.flags.append(reading.LEFT_OUT)
        if isinstance(block, dict) and block.get("other_deltas"):
            said.flags.append(reading.LEFT_OUT)
    return said


def _call(block: dict[str, Any]) -> str:
    name, given = block.get("name"), block.get("input")
    called = name if isinstance(name, str) else "unnamed"
    if isinstance(given, str):  # a stream that was cut inside
        return f"{called}({given})"
    try:
        return f"{called}({json.dumps(given, ensure_ascii=False) if given else ''})"
    except RecursionError:
        raise Unreadable("The answer is nested too deep.", "See its response.") from None


def _ending(raw: str | None, message: dict[str, Any], asked: Settings) -> list[str]:
    """What is said about the end besides its reason."""
    match raw, message:
        case "stop_sequence", {"stop_sequence": str(met)}:
            stops = asked.stop or ()
            if met not in stops:
                return ["It was ended by a stop sequence that was not asked for."]
            return [f"The stop sequence that ended it is {met!r}."] if len(stops) > 1 else []
        case "refusal", {"stop_details": {"category": str(category)}} if category in _CATEGORIES:
            return [f"It was refused in the category {category}."]
    return []


def _counts(reported: dict[str, object]) -> dict[str, object]:
    """Here cached tokens stand beside the input, not in it (usage.py of anthropic 2.13)."""
    fresh = reported.get("input_tokens")
    cached = reported.get("cache_read_input_tokens")
    written = reported.get("cache_creation_input_tokens")
    return {
        "input_tokens": None if fresh is None else _sum(fresh, cached, written),
        "output_tokens": reported.get("output_tokens"),
        "cached_tokens": cached,
        "reasoning_tokens": inside(reported, "output_tokens_details", "thinking_tokens"),
        "cache_write_tokens": written,
    }


def _sum(*parts: object) -> object:
    """The sum, or the first part that can't be true."""
    reported = [each for each in parts if each is not None]
    counts = [count(each) for each in reported]
    known = [each for each in counts if each is not None]
    return sum(known) if len(known) == len(counts) else reported[counts.index(None)]


def _tier(message: dict[str, Any], asked: Settings) -> list[str]:
    match asked.service_tier, message.get("usage"):
        case "standard_only", {"service_tier": "priority" | "batch" as tier}:
            return [f"service_tier standard_only was asked for, but it was answered as {tier}."]
    return []

"""One output from elsewhere, whichever tool wrote it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lib.domain.settings import Settings
from lib.domain.vocabulary import FINISH_REASONS, FinishReason, Usage

_SAME: Mapping[str, FinishReason] = {
    "end_turn": "stop",
    "eos": "stop",
    "max_tokens": "length",
    "MAX_TOKENS": "length",
    "STOP": "stop",
    "model_length": "context_window",
    "function_call": "tool_calls",
    "tool_use": "tool_calls",
    "stop_sequence": "stop_sequence",
    "SAFETY": "content_filter",
}
"""Other tools' words for finish reasons, where they aren't the lab's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One call: its configuration and what came of it."""

    configuration: str
    output: str | None
    """`None`: the call brought no answer."""
    finish_reason: str | None = None
    """As the file has it."""
    outcome: str | None = None
    """In an export of the lab: what can't be told from the finish reason alone."""
    model: str = ""
    settings: Settings = field(default_factory=Settings)
    usage: Usage = field(default_factory=Usage)
    seconds: float = 0.0
    refused: bool = False
    foreign: bool = False
    """Whether another tool wrote it, in words that are known."""

    @property
    def reason(self) -> FinishReason:
        """The finish reason in the lab's words."""
        word = self.finish_reason or ""
        same = _SAME.get(word, "unknown") if self.foreign else "unknown"
        return next((each for each in FINISH_REASONS if each == word), same)


@dataclass(frozen=True, slots=True)
class Lines:
    """All calls of a file, and what must be known of them."""

    lines: list[Line]
    notes: tuple[str, ...] = ()
    """One sentence each."""


def as_text(output: Any) -> str:
    """An output as text: JSON where a tool has read it already."""
    if isinstance(output, str):
        return output
    return json.dumps(output, ensure_ascii=False, sort_keys=True)


def table(value: Any) -> Mapping[str, Any]:
    """A table of a file, or an empty one where there is something else."""
    return value if isinstance(value, dict) else {}


def number(value: Any) -> float | None:
    """A number of a file that is 0 or more; anything else is not known."""
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e15:
        return float(value)
    return None


def count(value: Any) -> int | None:
    """The same as a whole number."""
    found = number(value)
    return None if found is None else int(found)


def told(many: Mapping[str, Any]) -> str:
    """A few names with their values, for the name of a configuration."""
    words = ", ".join(f"{name} = {as_text(value)}" for name, value in many.items())
    return words if len(words) <= 80 else f"{words[:79]}…"

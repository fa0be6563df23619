"""A conversation as it is kept on disk: its turns, whom it asks, and how its context is managed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from pydantic import TypeAdapter, ValidationError

from lib.conversation.memory import Memory
from lib.conversation.script import Comparison
from lib.conversation.turns import Conversation

FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Who is asked, with which settings."""

    endpoint: str = "local"
    server: dict[str, str] | None = None
    """The endpoint's own entry, as an experiment file has it, where it isn't a known one."""
    model: str = ""
    settings: dict[str, Any] = field(default_factory=dict)
    """By name, as an experiment file has them; what is not in it is not sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How the next call is made."""

    system: str = ""
    """The system message, where it isn't in parts."""
    parts: dict[str, dict[str, Any]] | None = None
    """The system message in parts, each with its text and whether it is on."""
    asking: Asking = field(default_factory=Asking)
    memory: Memory = field(default_factory=Memory)
    budget_usd: float | None = None
    """For all calls of the conversation together."""
    budget_calls: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """All that is kept of a conversation. What calls brought is in the store, under their runs."""

    format: int = FORMAT
    conversation: Conversation = field(default_factory=Conversation)
    head: int | None = None
    """Where it was left: the last turn of the branch that was looked at."""
    options: Options = field(default_factory=Options)
    comparison: Comparison | None = None
    """Ways to manage context, compared on one script of turns."""

    @property
    def runs(self) -> tuple[str, ...]:
        """All runs that were made for it, those of a comparison included."""
        compared = self.comparison.runs if self.comparison is not None else ()
        made = (*(each.run for each in self.conversation.calls), *(each.run for each in compared))
        return tuple(dict.fromkeys(made))


def as_json(document: Document) -> dict[str, Any]:
    """The document as JSON types: lists, no tuples, which a search for keys would pass by."""
    whole: dict[str, Any] = json.loads(json.dumps(asdict(document)))
    return whole


def read(whole: Mapping[str, Any] | None) -> Document | None:
    """The document in a kept file, or `None` if it isn't one that this lab can read."""
    if whole is None or whole.get("format") != FORMAT:
        return None
    try:
        found: Document = TypeAdapter(Document).validate_python(dict(whole))
    except ValidationError:
        return None
    lanes = found.comparison.lanes if found.comparison is not None else ()
    trees = [found.conversation, *(each.conversation for each in lanes)]
    return found if all(map(_whole, trees)) else None


def _whole(conversation: Conversation) -> bool:
    """Whether every turn comes after its parent: then no branch can run in a circle."""
    seen: set[int | None] = {None}
    for turn in conversation.turns:
        if turn.parent not in seen or turn.id in seen or turn.id > conversation.last_id:
            return False
        seen.add(turn.id)
    return True

"""What a dialect is to the server: what is good in it, and how it says that something is wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

Answer = dict[str, Any]
Shape = Callable[[Answer], Any]
"""Makes of a good answer what is sent in its place, which may be no object at all."""


class Error(Protocol):
    """An error body, in the vendor's shape and by default in its words."""

    def __call__(self, status: int, message: str = "", **more: object) -> bytes:
        """The body for a status."""
        ...


@dataclass(frozen=True, slots=True)
class Refusal:
    """A reply of another status than 200 that only this dialect gives so."""

    status: int
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """A dialect, as an endpoint speaks it."""

    base: str
    """What its base URL ends with."""
    key_header: str
    good: Callable[[Answer, str, int, str], Answer]
    """The answer to a request's body: that, the text, its number, and the model."""
    events: Callable[[Answer], list[bytes]]
    """The same answer as the events of a stream."""
    begun: int
    """How many of these events have come when the text has begun, and no end is told."""
    models: Callable[[list[str]], object]
    """What the list of models is."""
    saying: Callable[[str], Shape]
    """The answer with another text."""
    error: Error
    refused_field: Callable[[str], bytes]
    """The error body that names a field."""
    refusals: Mapping[str, Refusal]
    shapes: Mapping[str, Shape]
    """Faults of status 200 whose JSON says something else than a good one."""
    streams: Mapping[str, Callable[[Answer], list[bytes]]]
    """Faults that are a stream of other events."""
    lacks: Mapping[str, str]
    """Faults that this dialect can't have, and why."""


def top(**changes: object) -> Shape:
    """With other fields."""
    return lambda answer: {**answer, **changes}


def without(name: str) -> Shape:
    """With a field less."""
    return lambda answer: {each: value for each, value in answer.items() if each != name}


def event(value: object) -> bytes:
    """An event of a stream that has no name."""
    return b"data: %b\n\n" % json.dumps(value).encode()


def tokens(text: str, limit: object = None) -> tuple[list[str], bool]:
    """The words of a text up to a limit, and whether it was met."""
    found = re.findall(r"\s*\S+|\s+$", text)
    kept = found[:limit] if isinstance(limit, int) else found
    return kept, len(kept) < len(found)

"""What a step of an audit asks, and what came back. Plain values: no network, no store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lib.domain.errors import CallError
from lib.domain.message import Message
from lib.domain.settings import Settings
from lib.domain.vocabulary import Sample


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One kind of call."""

    name: str
    prompt: str
    settings: Settings
    tokens: int
    """How long an answer may be, at most, if its limit is honoured."""
    prefill: str | None = None

    @property
    def messages(self) -> tuple[Message, ...]:
        """The conversation, without the prefill."""
        return (Message("user", self.prompt),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Calls that are made together, interleaved round by round."""

    columns: tuple[Column, ...]
    repeats: int
    choices: int | None = None
    """Ask for this many choices in one call (`n`), which no experiment does."""

    @property
    def calls(self) -> int:
        """How many that are."""
        return self.repeats * len(self.columns)

    @property
    def output_tokens(self) -> int:
        """At most, where limits are honoured."""
        return self.repeats * sum(each.tokens for each in self.columns) * (self.choices or 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What one column brought."""

    asked: int
    samples: tuple[Sample, ...] = ()
    """In the order of their repeats; a call that failed leaves a gap."""
    refused: CallError | None = None
    """Why the endpoint refused this kind of call, if it did."""
    unsendable: str = ""
    """Why the lab couldn't send it; empty: it was sent."""
    errors: Mapping[str, int] = field(default_factory=dict)
    """Calls without an answer, by error code."""
    choices: tuple[tuple[str, ...], ...] = ()
    """Of each answer, all the choices in it, where more than one was asked for."""

    @property
    def texts(self) -> tuple[str, ...]:
        """The answers, as they came."""
        return tuple(sample.text for sample in self.samples)


Came = Mapping[str, Answers]
"""By the column's name."""

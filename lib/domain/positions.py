"""The positions of an answer: at each the token that was drawn, and what else was likely there."""

from __future__ import annotations

from dataclasses import dataclass

from lib.domain.vocabulary import TokenProbability


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """One position, as it was reported."""

    text: str
    """As decoded, always encodable. Where bytes are a part of a character it has U+FFFD in it."""
    key: str
    """Equal for the same token at the same endpoint: see `TokenProbability`."""
    raw: bytes
    """The token's own bytes; those of its text where none were reported."""
    logprob: float | None
    """Natural logarithm, at most 0. `None`: not reported, or not this token's own."""
    top: tuple[TokenProbability, ...] = ()
    """The likeliest tokens, falling. Empty where they aren't of this token's place."""
    several: bool = False
    """Whether it stands for several tokens, as some servers report a character made of many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Positions:
    """All positions of one answer."""

    at: tuple[Position, ...] = ()
    why: str | None = None
    """Why there are none, or what is wrong with them."""

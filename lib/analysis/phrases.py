"""Names, shares and lists in the sentences of a finding."""

from __future__ import annotations

from collections.abc import Sequence

from lib.domain.vocabulary import Estimate

MOST_NAMED = 3
"""Configurations. A sentence with more names is not read."""


def counted(e: Estimate) -> str:
    """A share as the count that it is made from, such as `12 of 20`."""
    return f"{round((e.value or 0.0) * e.n):,} of {e.n:,}"


def passing(e: Estimate) -> str:
    """The answers that pass a check, with the share and its interval, or why it isn't known."""
    if e.value is None:
        return f"not known ({e.why})"
    told = f"{counted(e)} pass{'es' * (e.n == 1)}, {share(e.value)}"
    if e.low is None or e.high is None:
        return f"{told}, without an interval"
    return f"{told} ({share(e.low)} to {share(e.high)})"


def quoted(name: str) -> str:
    """A name that the user typed, told apart from the sentence around it."""
    return f"“{name}”"


def listed(names: Sequence[str]) -> str:
    """The names; of many the first few, and how many more there are."""
    told = [quoted(name) for name in names[:MOST_NAMED]]
    more = len(names) - len(told)
    return and_([*told, f"{more} more"] if more else told)


def and_(words: Sequence[str]) -> str:
    """`a, b and c`."""
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def of(some: int, all_: int, what: str) -> str:
    """`3 of 4 pairs`, `all 4 pairs`."""
    return f"all {all_} {what}s" if some == all_ > 1 else f"{some} of {all_} {what}s"


def share(value: float) -> str:
    """Whole percents, but never 0% or 100% of what isn't."""
    percent = round(100 * value)
    if percent == 100 and value < 1:
        return "over 99%"
    if percent == 0 and value > 0:
        return "under 1%"
    return f"{percent}%"

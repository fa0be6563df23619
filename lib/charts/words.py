"""Numbers and names in the sentences that stand for a chart."""

from __future__ import annotations

from collections.abc import Sequence

from lib.charts.inert import plain_label
from lib.domain.vocabulary import Estimate

NAMES_IN_ALT = 12
"""Beyond this many, a sentence is no longer listened to: the table has the rest."""


def quoted(name: str) -> str:
    """A name or an output, told apart from the sentence around it."""
    return f"“{plain_label(name)}”"


def percent(share: float) -> str:
    """Whole percents, but never 0% or 100% of what isn't."""
    whole = round(100 * share)
    if whole == 100 and share < 1:
        return "over 99%"
    return "under 1%" if whole == 0 and share > 0 else f"{whole}%"


def calls(n: int) -> str:
    """`1 call`, `2 calls`."""
    return f"{n:,} call{'s' * (n != 1)}"


def number(value: float) -> str:
    """Short: whole numbers as they are, others with two digits after the point, or three in all."""
    if value == round(value):
        return f"{value:,.0f}"
    if abs(value) < 0.005:  # not 0.00, of what isn't 0
        return f"{value:.1g}" if abs(value) >= 1e-4 else "under 0.0001"
    return f"{value:.2f}" if abs(value) < 10 else f"{value:,.1f}"


def estimate(e: Estimate) -> str:
    """An estimate with its interval and its calls, or why there is none."""
    if e.value is None:
        return f"not known: {plain_label(e.why or '', most=200)}"
    counted = f"from {calls(e.n)}"
    if e.low is None and e.high is None:
        return f"{number(e.value)} {counted}, without an interval"
    if e.high is None:
        return f"{number(e.value)}, at least {number(e.low or 0)}, {counted}"
    if e.low is None:
        return f"{number(e.value)}, at most {number(e.high)}, {counted}"
    return f"{number(e.value)}, between {number(e.low)} and {number(e.high)}, {counted}"


def some(sentences: Sequence[str]) -> str:
    """The first sentences, and how many more there are."""
    told = " ".join(sentences[:NAMES_IN_ALT])
    more = len(sentences) - NAMES_IN_ALT
    return f"{told} And {more} more, in the table." if more > 0 else told

"""How many more calls would tell? After a run, from what it brought.

A plug-in: the spread and the difference that were seen are taken for the true ones. So about half
of all runs need more, and a rerun of the same size can give another number. It plans a new run:
adding calls to this one until something shows is peeking (`sequential` is the way that isn't).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from lib.analysis import mover
from lib.analysis.analysed import Analysis, Summary
from lib.analysis.u_statistic import PairMean, agreement, smallest_n
from lib.analysis.verdict import Interval

MOST = 100_000
"""Calls of each. Beyond, nobody asks for them: there is no number then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoreCalls:
    """For one pair whose question is open: how many calls of each would answer it, about."""

    a: str
    b: str
    calls: int
    """Of each, so far: the larger of the two numbers."""
    needed: int | None
    """Of each, in all; `None` beyond `MOST`."""
    says: str

    @property
    def more(self) -> int | None:
        """Beyond those that there are."""
        return None if self.needed is None else self.needed - self.calls


def more_calls(analysis: Analysis) -> tuple[MoreCalls, ...]:
    """What would tell which configuration's answers repeat more often, for pairs left open."""
    by_name = {summary.name: summary for summary in analysis.configurations}
    primary = [c for c in analysis.comparisons if c.family == "primary"]
    tested = max(1, sum(c.p is not None for c in primary))
    found = []
    for c in primary:
        if c.verdict == "inconclusive":
            a, b = _agreement(by_name[c.a]), _agreement(by_name[c.b])
            needed = to_tell(
                a, b, alpha=analysis.rules.alpha, margin=analysis.rules.margin, tests=tested
            )
            calls = max(a.n, b.n)
            found.append(
                MoreCalls(
                    a=c.a, b=c.b, calls=calls, needed=needed, says=_says(c.a, c.b, calls, needed)
                )
            )
    return tuple(found)


def to_tell(
    a: PairMean, b: PairMean, *, alpha: float = 0.05, margin: float = 0.10, tests: int = 1
) -> int | None:
    """About how many calls of each give a verdict other than "not enough calls".

    Either the interval leaves 0 out, at alpha / tests (Bonferroni, so Holm needs no more), or it
    lies within the margin, at 1 - 2 alpha. Both get easier with more calls.

    Args:
        a: how often two calls agree in one configuration, as seen.
        b: in the other.
        alpha: of the verdict.
        margin: what doesn't matter.
        tests: in the family.
    """

    def enough(n: int) -> bool:
        wide = mover.difference(a, b, alpha=alpha / tests, n=n)
        narrow = mover.difference(a, b, alpha=2 * alpha, n=n)
        if wide is None or narrow is None:
            return False
        return not wide[1] <= 0 <= wide[2] or Interval(*narrow).within(margin)

    return smallest_n(enough, start=max(a.n, b.n, 3), most=MOST)


def _agreement(summary: Summary) -> PairMean:
    return agreement(np.array(list(Counter(summary.outputs).values()), dtype=np.float64))


def _says(a: str, b: str, calls: int, needed: int | None) -> str:
    if needed is None:
        return f"{a} and {b}: no number of calls up to {MOST:,} of each would tell."
    return (
        f"{a} and {b}: about {needed - calls:,} more calls of each would tell "
        f"({needed:,} in all; half of such runs need more)."
    )

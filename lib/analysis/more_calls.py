"""How many more calls would tell? After a run, from what it brought.

A plug-in: the spread and the difference that were seen are taken for the true ones. So about half
of all runs need more, and a rerun of the same size can give another number. It plans a new run:
adding calls to this one until something shows is peeking (`sequential` is the way that isn't, and
a run that declared it may go on).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from lib.analysis import mover, sequential
from lib.analysis.analysed import Analysis, Summary
from lib.analysis.finding import Rules
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
    primary = [c for c in analysis.comparisons if c.family == "primary"]
    tested = max(1, sum(c.p is not None for c in primary))
    open_ones = [c for c in primary if c.verdict == "inconclusive"]
    named = {name for c in open_ones for name in (c.a, c.b)}
    means = {each.name: _agreement(each) for each in analysis.configurations if each.name in named}
    level, found = _level(analysis.rules), []
    for c in open_ones:
        a, b = means[c.a], means[c.b]
        if a is not None and b is not None:
            needed = to_tell(a, b, alpha=level, margin=analysis.rules.margin, tests=tested)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Width:
    """How well one configuration's agreement is known, and what it takes to know it better."""

    name: str
    calls: int
    """With an answer, so far."""
    half_width: float | None
    """Of its interval now; `None`: it has none."""
    needed: int | None
    """Calls in all for the half-width that is wanted; `None`: beyond `MOST`, or no spread is
    known that could be planned from."""

    @property
    def more(self) -> int | None:
        """Beyond those that there are; 0 where they do."""
        return None if self.needed is None else self.needed - self.calls


def widths(analysis: Analysis, half_width: float) -> tuple[Width, ...]:
    """About how many calls give each configuration's agreement to this half-width.

    Args:
        analysis: of a run.
        half_width: of the interval that is wanted, above 0.
    """
    return tuple(_width(each, half_width, analysis.rules.alpha) for each in analysis.configurations)


def _width(summary: Summary, half_width: float, alpha: float) -> Width:
    mean, calls = _agreement(summary), len(summary.outputs)
    if mean is None or summary.group.one_seed:
        return Width(name=summary.name, calls=calls, half_width=None, needed=None)

    def reach(n: int) -> float | None:
        ends = mean.interval(alpha, n=n)
        return None if ends is None else (ends[1] - ends[0]) / 2

    now = reach(calls)
    needed = None
    if now is not None:
        needed = smallest_n(
            lambda n: (found := reach(n)) is not None and found <= half_width,
            start=calls,
            most=MOST,
        )
    return Width(name=summary.name, calls=calls, half_width=now, needed=needed)


def _level(rules: Rules) -> float:
    """Of the test that would decide; of a run that looks in between, of its last look."""
    if rules.stop is None:
        return rules.alpha
    return sequential.levels(rules.stop, alpha=rules.alpha)[-1]


def _agreement(summary: Summary) -> PairMean | None:
    """How often two calls agree; `None` for fewer than two."""
    if len(summary.outputs) < 2:
        return None
    return agreement(np.array(list(Counter(summary.outputs).values()), dtype=np.float64))


def _says(a: str, b: str, calls: int, needed: int | None) -> str:
    if needed is None:
        return f"{a} and {b}: no number of calls up to {MOST:,} of each would tell."
    return (
        f"{a} and {b}: about {needed - calls:,} more calls of each would tell "
        f"({needed:,} in all; half of such runs need more)."
    )

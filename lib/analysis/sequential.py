"""Looking more than once, at the error rate that was declared: group sequential by alpha spending.

Looking after every batch and stopping at p <= 0.05 raises about twice as many false alarms. Here
each look has a part of alpha, fixed before the run (alpha spending: Lan and DeMets, Biometrika 70,
1983): alpha / 2 is spent in step with the calls, alpha / 2 (n_k - n_(k-1)) / n_K at the look after
n_k of at most n_K, and the other half is kept for the last look, in the spirit of Haybittle (1971)
and Peto (1976): so a run that goes to its end loses little beside one look at alpha.

Proof: a look at level alpha_k is wrong with probability alpha_k at most, if the test is valid for
a fixed number of calls, whatever was seen at other looks. So any look is wrong with at most the
sum of all alpha_k, which is alpha (Bonferroni's inequality). That needs no joint distribution of
the looks, and holds wherever the run stops and whether or not a look takes place. The same is true
of intervals: each holds at 1 - alpha_k, so all hold together at 1 - alpha, and so does what they
have in common.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lib.analysis import mover
from lib.analysis.u_statistic import PairMean, agreement
from lib.analysis.verdict import FEWEST_CALLS, Interval
from lib.domain.declared import Stop

METHOD = "alpha spending over looks (Lan and DeMets), half of it kept for the last, Bonferroni"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """The answers of one configuration, each with the round in which it was asked for."""

    outputs: Sequence[str]
    repeats: Sequence[int]
    """From 1, one for each output."""
    planned: int
    """Rounds so far."""

    def after(self, calls: int) -> PairMean | None:
        """How often two calls agree, of the first so many rounds; `None`: too few to test."""
        counts = Counter(
            output
            for output, repeat in zip(self.outputs, self.repeats, strict=True)
            if repeat <= calls
        )
        if counts.total() < FEWEST_CALLS:
            return None
        return agreement(np.array(list(counts.values()), dtype=np.float64))


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What all looks together say of a difference in agreement."""

    p: float
    """min p_k alpha / alpha_k over the looks: a valid p-value, as P(p <= x) <= x for any x."""
    wide: Interval
    """What the intervals of all looks have in common: holds at 1 - alpha."""
    narrow: Interval
    """The same at 1 - 2 alpha: within the margin, it is evidence of equivalence."""


def levels(stop: Stop, *, alpha: float) -> tuple[float, ...]:
    """The part of alpha that each look has; they add up to alpha."""
    looks = stop.looks()
    return tuple(
        alpha / 2 * ((calls - before) / stop.most + (calls == stop.most))
        for before, calls in zip((0, *looks[:-1]), looks, strict=True)
    )


def done(stop: Stop, planned: int) -> tuple[int, ...]:
    """The looks that a run with so many rounds has behind it."""
    return tuple(calls for calls in stop.looks() if calls <= planned)


def looked(a: Column, b: Column, stop: Stop, *, alpha: float) -> Looked | None:
    """All looks at a pair so far; `None` where none could be tested."""
    planned = min(a.planned, b.planned)
    p, wides, narrows = 1.0, list[Interval](), list[Interval]()
    for calls, level in zip(stop.looks(), levels(stop, alpha=alpha), strict=True):
        u_a, u_b = a.after(calls), b.after(calls)
        if calls > planned or u_a is None or u_b is None:
            continue
        wide = mover.difference(u_a, u_b, alpha=level)
        narrow = mover.difference(u_a, u_b, alpha=2 * level)
        found = mover.p_value(u_a, u_b)
        if wide is None or narrow is None or found is None:
            continue
        p = min(p, found * alpha / level)
        wides.append(Interval(*wide))
        narrows.append(Interval(*narrow))
    if not wides:
        return None
    return Looked(p=p, wide=_common(wides), narrow=_common(narrows))


def _common(intervals: Sequence[Interval]) -> Interval:
    """What they have in common, and the last estimate in any case."""
    last = intervals[-1].difference
    return Interval(
        last,
        min(last, max(each.low for each in intervals)),
        max(last, min(each.high for each in intervals)),
    )

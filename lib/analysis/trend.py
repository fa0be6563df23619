"""Does agreement rise or fall along a ladder of a setting? One test for all of it.

With U_i the agreement at value x_i, the change over the whole ladder along the least-squares line:

    L = sum c_i U_i,    c_i = (x_k - x_1) (x_i - mean x) / sum (x_j - mean x)^2.

Its interval comes from the interval of each U_i (MOVER for a linear function: Zou, Huang and Zhang,
Comput. Stat. Data Anal. 53, 2009). Its p-value comes from permuting calls over all configurations:
exact if the setting has no effect at all. A verdict takes both, as a setting that changes what is
said, and not how often it repeats, is no trend here. A line is a summary: between its ends
agreement may do anything, and the chart shows what.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from lib.analysis.comparison import STOPPED
from lib.analysis.finding import Rules
from lib.analysis.ladder import Ladder, ladder
from lib.analysis.permutation import TIES
from lib.analysis.sides import Side
from lib.analysis.u_statistic import PairMean
from lib.analysis.verdict import (
    FEWEST_CALLS,
    N_CHANGED,
    Evidence,
    Interval,
    Verdict,
    interval_words,
    says,
    verdict,
    way,
)

METHOD = (
    "change along the least-squares line; interval: MOVER for a linear function; p: calls permuted "
    "over all configurations"
)
_CHUNK = 4_000_000

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """Agreement along a ladder. What can't be known is `None`, and `says` tells why."""

    setting: str
    configurations: tuple[str, ...]
    """By rising value of the setting."""
    values: tuple[str, ...]
    x: tuple[float, ...]
    """Where they stand on an axis: the values themselves, or places in an order of words."""
    agreement: tuple[float | None, ...]
    line: tuple[float, float] | None
    """The least-squares line at the lowest value and at the highest."""
    metric: str
    change: float | None
    """From the lowest value to the highest, along the line; also the effect size."""
    low: float | None
    high: float | None
    p: float | None
    """Not adjusted: it is one test, beside the families of pairs."""
    method: str
    verdict: Verdict
    says: str


def trend(sides: Sequence[Side], rules: Rules, *, n_changed: bool = False) -> Trend | None:
    """The trend along the ladder that these configurations form; `None` where they form none."""
    found = ladder([side.group for side in sides])
    if found is None:
        return None
    rungs = [sides[place] for place in found.places]
    means = [side.agreement for side in rungs]
    known = [mean for mean in means if mean is not None]
    evidence, method = _untested(found, rungs, rules), "none"
    if not evidence.untested and len(known) == len(means):
        evidence, method = _evidence(found, rungs, known, rules)
    decided = verdict(evidence, evidence.p, alpha=rules.alpha)
    told = says(evidence, evidence.p, alpha=rules.alpha).replace("adjusted p", "p")
    if evidence.p is not None:
        told += f" {N_CHANGED}" * n_changed + f" {STOPPED}" * (rules.stop is not None)
    wide = evidence.wide
    return Trend(
        setting=found.setting,
        configurations=tuple(side.name for side in rungs),
        values=found.words,
        x=found.values,
        agreement=tuple(None if mean is None else mean.u for mean in means),
        line=line(found.values, [each.u for each in known]) if len(known) == len(means) else None,
        metric="collision_probability",
        change=wide.difference if wide else None,
        low=wide.low if wide else None,
        high=wide.high if wide else None,
        p=evidence.p,
        method=method,
        verdict=decided,
        says=told,
    )


def contrast(values: Sequence[float]) -> Array:
    """The weights c_i: the change over the whole ladder along the least-squares line."""
    x = np.asarray(values, dtype=np.float64)
    apart = x - x.mean()
    return np.asarray((x[-1] - x[0]) * apart / (apart @ apart), dtype=np.float64)


def line(x: Sequence[float], y: Sequence[float]) -> tuple[float, float]:
    """The least-squares line through the points, at the first of them and at the last."""
    rise = float(contrast(x) @ np.asarray(y, dtype=np.float64))
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    slope = rise / (x[-1] - x[0])
    return mean_y + slope * (x[0] - mean_x), mean_y + slope * (x[-1] - mean_x)


def change(means: Sequence[PairMean], weights: Array, *, alpha: float) -> Interval | None:
    """The weighted sum with its interval; `None` where one of the means has no interval."""
    ends = [mean.interval(alpha, end_alpha=alpha / 2) for mean in means]
    value = float(sum(c * mean.u for c, mean in zip(weights, means, strict=True)))
    below = above = 0.0
    for c, mean, end in zip(weights.tolist(), means, ends, strict=True):
        if end is None:
            return None
        low, high = sorted((c * end[0], c * end[1]))
        below += (c * mean.u - low) ** 2
        above += (high - c * mean.u) ** 2
    return Interval(value, value - sqrt(below), value + sqrt(above))


def p_value(
    outputs: Sequence[Sequence[str]], weights: Array, *, permutations: int = 9999, seed: int = 1
) -> float:
    """How often calls dealt to configurations by chance have a change at least as large.

    Two-sided; p = (1 + #{|L_b| >= |L|}) / (B + 1).

    Args:
        outputs: of each configuration, one a call; two calls or more.
        weights: of `contrast`.
        permutations: B.
        seed: fixes the sample.
    """
    sizes = np.array([len(column) for column in outputs])
    pooled = [text for column in outputs for text in column]
    counts = Counter(pooled)
    # An output that came once agrees with nothing, wherever it is dealt to.
    known = {text: i for i, text in enumerate(t for t, times in counts.items() if times > 1)}
    repeated = np.flatnonzero([counts[text] > 1 for text in pooled])
    which = np.array([known[text] for text in pooled if text in known], dtype=np.int64)
    labels = np.repeat(np.arange(len(sizes), dtype=np.int16), sizes)
    different, pairs = len(known), sizes * (sizes - 1)

    def changes(rows: NDArray[np.int16]) -> Array:
        shape = (len(rows), len(sizes), different)
        code = rows.astype(np.int64) * different + which
        code += np.arange(len(rows))[:, np.newaxis] * len(sizes) * different
        seen = np.bincount(code.ravel(), minlength=int(np.prod(shape))).reshape(shape)
        agree = (seen * (seen - 1)).sum(axis=2) / pairs
        return np.asarray(np.abs(agree @ weights), dtype=np.float64)

    if not different:
        return 1.0
    observed = float(changes(labels[np.newaxis, repeated])[0])
    rng, left, as_large = np.random.default_rng(seed), permutations, 0
    size = max(1, _CHUNK // max(len(labels), len(sizes) * different))
    while left:
        rows = rng.permuted(np.tile(labels, (min(left, size), 1)), axis=1)
        as_large += int(np.count_nonzero(changes(rows[:, repeated]) >= observed - TIES))
        left -= len(rows)
    return (1 + as_large) / (permutations + 1)


def _untested(found: Ladder, rungs: Sequence[Side], rules: Rules) -> Evidence:
    few = [side for side in rungs if len(side.outputs) < FEWEST_CALLS]
    seeded = [side for side in rungs if side.group.one_seed]
    why = ""
    if few:
        why = (
            f"A trend over {found.setting} needs {FEWEST_CALLS} answers of each, and {few[0].name} "
            f"has {len(few[0].outputs)}."
        )
    elif seeded:
        why = f"All calls of {seeded[0].name} used one seed: no independent draws."
    return Evidence(
        finding="",
        about="",
        calls="",
        p=None,
        margin=rules.margin,
        target=rules.margin / 2,
        untested=why,
    )


def _evidence(
    found: Ladder, rungs: Sequence[Side], means: Sequence[PairMean], rules: Rules
) -> tuple[Evidence, str]:
    weights = contrast(found.values)
    wide = change(means, weights, alpha=rules.alpha)
    span = f"{found.setting} {found.words[0]} to {found.words[-1]}"
    calls = sorted({len(side.outputs) for side in rungs})
    told = ""
    if wide is not None:
        sign = way(wide.difference, less="less often", more="more often", equal="as often")
        told = (
            f"From {span} outputs agree {sign}, along a straight line: "
            f"{interval_words(wide, rules.alpha)}"
        )
    p = p_value(
        [side.outputs for side in rungs],
        weights,
        permutations=rules.permutations,
        seed=rules.seed,
    )
    evidence = Evidence(
        finding=told,
        about=f"how often two calls agree, over {span}",
        calls=f"{len(rungs)} configurations, N={' to '.join(f'{n}' for n in _ends(calls))} each",
        p=p if wide is not None else None,
        wide=wide,
        narrow=change(means, weights, alpha=2 * rules.alpha),
        margin=rules.margin,
        target=rules.margin / 2,
        untested="" if wide is not None else "All pairs of calls are equally alike somewhere.",
    )
    return evidence, f"{METHOD} ({rules.permutations:,} permutations)"


def _ends(calls: Sequence[int]) -> list[int]:
    return [calls[0]] if len(calls) == 1 else [calls[0], calls[-1]]

"""Are the answers of one configuration longer? Without assuming equal spread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import atanh, inf, sqrt, tanh

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from lib.analysis.permutation import Permuted, permute

Array = NDArray[np.float64]


FEWEST_FOR_T = 20
"""Calls of each from which on the t approximation is used."""


@dataclass(frozen=True, slots=True)
class ByT:
    """The result of the test by Student's t."""

    p: float

    @property
    def method(self) -> str:
        """How p was found."""
        return "t approximation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Longer:
    """Which of two groups has the larger values, and by how much."""

    delta: float
    """Cliff's delta, P(A > B) - P(A < B): from -1 to 1."""
    variance: float
    """Of delta."""
    df: float
    """Welch's degrees of freedom."""
    pairs: int
    """Disjoint pairs of one value of each: the smaller of the two numbers."""

    def interval(self, alpha: float) -> tuple[float, float]:
        """For delta: on Fisher's z scale, or from disjoint pairs where no spread is seen.

        Of m disjoint pairs all had A > B, say: then P(A > B) >= (alpha / 2)^(1 / m).
        """
        if self.variance <= 0 or abs(self.delta) >= 1:
            slack = 1 - (alpha / 2) ** (1 / self.pairs)
            if abs(self.delta) < 1:
                return max(-1.0, self.delta - slack), min(1.0, self.delta + slack)
            ends = (1 - 2 * slack, 1.0) if self.delta > 0 else (-1.0, 2 * slack - 1)
            return ends
        reach = float(stdtrit(self.df, 1 - alpha / 2)) * sqrt(self.variance)
        reach /= 1 - self.delta**2
        centre = atanh(self.delta)
        return tanh(centre - reach), tanh(centre + reach)


def longer(a: Sequence[float], b: Sequence[float]) -> Longer:
    """Cliff's delta of two groups of two values or more, with its variance.

    Brunner and Munzel, Biometrical Journal 42, 2000: delta = 2 p - 1, where p is the mean over A
    of the placements P(B < x) + P(B = x) / 2, and the variance is that of the placements.
    """
    counts_a, counts_b = _counted(a, b)
    p, var_a, var_b = (float(x[0]) for x in _placements(counts_a[np.newaxis], counts_b))
    variance = var_a + var_b
    below = var_a**2 / (len(a) - 1) + var_b**2 / (len(b) - 1)
    return Longer(
        delta=2 * p - 1,
        variance=4 * variance,
        df=variance**2 / below if below else inf,
        pairs=min(len(a), len(b)),
    )


def brunner_munzel(
    a: Sequence[float], b: Sequence[float], *, permutations: int = 9999, seed: int = 1
) -> Permuted | ByT:
    """The test of p = 1/2 by |p - 1/2| / se, two-sided; permuted below `FEWEST_FOR_T` calls.

    The t approximation gives false alarms in 8 % at five calls each; permuted it is exact if both
    draw from one distribution, and holds about for p = 1/2 with unequal spread. Mann and
    Whitney's test gives 6 to 10 % there. With many calls both agree, and t takes no time. Without
    spread, such as where A and B are apart entirely, there is no t, and it is permuted as well.
    """
    found = longer(a, b)
    if min(len(a), len(b)) >= FEWEST_FOR_T and found.variance > 0 and abs(found.delta) < 1:
        t = abs(found.delta) / sqrt(found.variance)
        return ByT(float(2 * stdtr(found.df, -t)))
    counts_a, counts_b = _counted(a, b)
    counts = counts_a + counts_b

    def statistic(rows: Array) -> Array:
        p, var_a, var_b = _placements(rows, counts - rows)
        distance, spread = np.abs(p - 0.5), np.sqrt(np.maximum(var_a + var_b, 0.0))
        distance[distance < 1e-12] = 0.0
        with np.errstate(divide="ignore", invalid="ignore"):
            # All equal: 0 / 0 is no difference. Apart entirely: x / 0 is as far as can be.
            return np.asarray(np.nan_to_num(distance / spread, nan=0.0, posinf=inf))

    return permute(statistic, counts_a, counts_b, permutations=permutations, seed=seed)


def _counted(a: Sequence[float], b: Sequence[float]) -> tuple[Array, Array]:
    """How many values of each group there are at each distinct value, rising."""
    values, place = np.unique(np.concatenate([a, b]), return_inverse=True)
    size = len(values)
    counts_a = np.bincount(place[: len(a)], minlength=size)
    counts_b = np.bincount(place[len(a) :], minlength=size)
    return counts_a.astype(np.float64), counts_b.astype(np.float64)


def _placements(a: Array, b: Array) -> tuple[Array, Array, Array]:
    """For each row: the mean placement of A in B, and the two parts of its variance."""
    n_a, n_b = a.sum(axis=-1, keepdims=True), b.sum(axis=-1, keepdims=True)
    in_b = (np.cumsum(b, axis=-1) - b / 2) / n_b
    in_a = (np.cumsum(a, axis=-1) - a / 2) / n_a
    p = (a * in_b).sum(axis=-1, keepdims=True) / n_a
    var_a = (a * (in_b - p) ** 2).sum(axis=-1, keepdims=True) / (n_a * (n_a - 1))
    var_b = (b * (in_a - (1 - p)) ** 2).sum(axis=-1, keepdims=True) / (n_b * (n_b - 1))
    return p[..., 0], var_a[..., 0], var_b[..., 0]

"""Do two configurations end for the same reasons? Tests of a table with two rows of counts."""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from lib.analysis.permutation import Permuted, permute

Array = NDArray[np.float64]


def fisher(a: int, n_a: int, b: int, n_b: int) -> float:
    """Fisher's exact test, two-sided: a of n_a against b of n_b.

    The probability of all tables with the same sums that are no likelier than this one. Tables
    that are equally likely but for rounding count too, as in R.
    """
    k = a + b
    possible = np.arange(max(0, k - n_b), min(k, n_a) + 1)
    logs = _log_comb(n_a, possible) + _log_comb(n_b, k - possible)
    chances = np.exp(logs - logs.max())
    chances /= chances.sum()
    as_rare = chances <= chances[a - possible[0]] * (1 + 1e-7)
    return float(min(1.0, chances[as_rare].sum()))


def chi_squared(
    a: Mapping[str, int], b: Mapping[str, int], *, permutations: int = 9999, seed: int = 1
) -> Permuted:
    """Pearson's statistic of a table with two rows, by permutation: right with small cells too."""
    counts_a, counts_b = _aligned(a, b)
    counts = counts_a + counts_b
    return permute(
        lambda rows: _statistic(rows, counts),
        counts_a,
        counts_b,
        permutations=permutations,
        seed=seed,
    )


def cramers_v(a: Mapping[str, int], b: Mapping[str, int]) -> float:
    """The strength of the association, from 0 to 1: sqrt(chi^2 / n) for two rows."""
    counts_a, counts_b = _aligned(a, b)
    counts = counts_a + counts_b
    if len(counts) < 2:
        return 0.0
    return sqrt(float(_statistic(counts_a[np.newaxis], counts)[0]) / float(counts.sum()))


def _aligned(a: Mapping[str, int], b: Mapping[str, int]) -> tuple[Array, Array]:
    """Counts of both in the same order, without what neither has: its expected count is 0."""
    keys = [key for key in {**a, **b} if a.get(key, 0) + b.get(key, 0)]
    rows = ([row.get(key, 0) for key in keys] for row in (a, b))
    counts_a, counts_b = (np.array(row, dtype=np.float64) for row in rows)
    return counts_a, counts_b


def _statistic(a: Array, counts: Array) -> Array:
    n, n_a = counts.sum(), a[0].sum()
    n_b = n - n_a
    # For two rows: sum over columns of (a - expected)^2 (1 / expected_a + 1 / expected_b).
    spread = (a - counts * n_a / n) ** 2 / counts
    return np.asarray(spread.sum(axis=-1) * n * (1 / n_a + 1 / n_b))


def _log_comb(n: int, k: NDArray[np.int64]) -> Array:
    return np.asarray(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1))

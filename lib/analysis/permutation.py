"""Permutation tests: what a statistic would be if labels meant nothing.

Rule: labels of calls are permuted, never pairs of calls. With outputs grouped, a split of the
calls is how many calls of each distinct output go to A: a multivariate hypergeometric draw.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations
from math import comb, sqrt

import numpy as np
from numpy.typing import NDArray

MOST_EXACT = 20_000
"""Up to so many splits, all of them are looked at instead of a sample."""
TIES = 1e-12
"""Statistics this close are equal: sums in another order differ in the last digits."""
_CHUNK = 4_000_000

Array = NDArray[np.float64]
Statistic = Callable[[Array], Array]
"""From rows, each with how many calls of each distinct output are A's, to one number a row."""


@dataclass(frozen=True, slots=True)
class Permuted:
    """The result of a permutation test."""

    p: float
    """Never 0."""
    splits: int
    """Splits looked at."""
    exact: bool
    """Whether these were all."""

    @property
    def method(self) -> str:
        """How p was found, and how far chance in the simulation may have moved it."""
        if self.exact:
            return f"exact over all {self.splits:,} splits"
        error = sqrt(self.p * (1 - self.p) / self.splits)
        return f"{self.splits:,} permutations, p known to about {error:.1g}"


def permute(
    statistic: Statistic, a: Array, b: Array, *, permutations: int = 9999, seed: int = 1
) -> Permuted:
    """How often a random split of the calls has a statistic at least as large.

    Args:
        statistic: large where A and B differ.
        a: how many calls of A gave each distinct output.
        b: the same of B, in the same order.
        permutations: B; p = (1 + #{T_b >= T}) / (B + 1). Where all splits are no more than
            `MOST_EXACT`, p is the share of all of them, the observed one included.
        seed: fixes the sample.
    """
    counts, n_a, n_b = a + b, int(a.sum()), int(b.sum())
    observed = float(statistic(a[np.newaxis])[0])
    splits = comb(n_a + n_b, n_a)
    exact = splits <= MOST_EXACT
    chunks = _all(counts, n_a) if exact else _some(counts, n_a, permutations, seed)
    as_large = sum(int(np.count_nonzero(statistic(c) >= observed - TIES)) for c in chunks)
    if exact:
        return Permuted(as_large / splits, splits, exact=True)
    return Permuted((1 + as_large) / (permutations + 1), permutations, exact=False)


def _all(counts: Array, n_a: int) -> Iterator[Array]:
    outputs = np.repeat(np.arange(len(counts)), counts.astype(np.int64))
    chosen = np.array(list(combinations(range(len(outputs)), n_a)))
    for rows in np.array_split(chosen, 1 + chosen.size // _CHUNK):
        split = np.zeros((len(rows), len(counts)))
        np.add.at(split, (np.arange(len(rows))[:, np.newaxis], outputs[rows]), 1.0)
        yield split


def _some(counts: Array, n_a: int, permutations: int, seed: int) -> Iterator[Array]:
    rng, whole = np.random.default_rng(seed), counts.astype(np.int64)
    left = permutations
    while left:
        size = min(left, max(1, _CHUNK // len(whole)))
        split = rng.multivariate_hypergeometric(whole, n_a, size=size, method="count")
        yield split.astype(np.float64)
        left -= size

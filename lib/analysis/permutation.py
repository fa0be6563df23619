"""Permutation tests: what a statistic would be if labels meant nothing.

Rule: labels of calls are permuted, never pairs of calls. With outputs grouped, a split of the
calls is how many calls of each distinct output go to A: a multivariate hypergeometric draw.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from math import comb, sqrt
from typing import Literal

import numpy as np
from numpy.typing import NDArray

MOST_EXACT = 20_000
"""Up to so many splits, all of them are looked at instead of a sample."""
TIES = 1e-12
"""Statistics this close are equal: sums in another order differ in the last digits."""
ENOUGH = 400
"""So many random splits at least as large settle that p isn't small: more would only polish it."""
_CHUNK = 4_000_000
_FIRST = 500
"""Splits in the first chunk: most tests of no difference need few more than `ENOUGH` of them."""
MARGINALS_FROM = 20
"""From so many calls for each distinct output on, numpy draws splits faster output by output (3
outputs, 2,000 calls: 30 times) than call by call. Both draw from the same distribution."""

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
    settled: bool = False
    """Whether fewer were looked at than asked for, as p was seen not to be small."""

    @property
    def method(self) -> str:
        """How p was found, and how far chance in the simulation may have moved it."""
        if self.exact:
            return f"exact over all {self.splits:,} splits"
        error = sqrt(self.p * (1 - self.p) / self.splits)
        early = " (enough to see that p isn't small)" if self.settled else ""
        return f"{self.splits:,} permutations{early}, p known to about {error:.1g}"


def permute(
    statistic: Statistic, a: Array, b: Array, *, permutations: int = 9999, seed: int = 1
) -> Permuted:
    """How often a random split of the calls has a statistic at least as large.

    Args:
        statistic: large where A and B differ.
        a: how many calls of A gave each distinct output.
        b: the same of B, in the same order.
        permutations: B, at most; p = (1 + #{T_b >= T}) / (B + 1). Where all splits are no more
            than `MOST_EXACT`, p is the share of all of them, the observed one included. Where
            `ENOUGH` splits are as large as T before B were drawn, p is their share among those
            drawn: a valid p-value too (Besag and Clifford, Biometrika 78, 1991).
        seed: fixes the sample.
    """
    counts, n_a, n_b = a + b, int(a.sum()), int(b.sum())
    observed = float(statistic(a[np.newaxis])[0])
    splits = comb(n_a + n_b, n_a)
    exact = splits <= MOST_EXACT
    if exact:
        found = (statistic(rows) >= observed - TIES for rows in _all(counts, n_a))
        return Permuted(sum(map(np.count_nonzero, found)) / splits, splits, exact=True)
    values = map(statistic, _some(counts, n_a, permutations, seed))
    return settle(values, observed - TIES, permutations=permutations)


def settle(values: Iterable[Array], least: float, *, permutations: int) -> Permuted:
    """The p-value of statistics that are drawn until it is settled.

    Args:
        values: of random splits, in parts; `permutations` in all.
        least: from here on a value is as large as the observed one.
        permutations: B.
    """
    drawn = as_large = 0
    for part in values:
        places = np.flatnonzero(part >= least)
        if as_large + len(places) >= ENOUGH:
            drawn += int(places[ENOUGH - as_large - 1]) + 1
            return Permuted(ENOUGH / drawn, drawn, exact=False, settled=drawn < permutations)
        drawn, as_large = drawn + len(part), as_large + len(places)
    return Permuted((1 + as_large) / (permutations + 1), permutations, exact=False)


def chunks(permutations: int, width: int) -> Iterator[int]:
    """How many splits to draw at once, so many calls wide; few at first, they may be enough."""
    left, size = permutations, _FIRST
    while left:
        size = min(left, 2 * size, max(1, _CHUNK // width))
        yield size
        left -= size


def _all(counts: Array, n_a: int) -> Iterator[Array]:
    outputs = np.repeat(np.arange(len(counts)), counts.astype(np.int64))
    chosen = np.array(list(combinations(range(len(outputs)), n_a)))
    for rows in np.array_split(chosen, 1 + chosen.size // _CHUNK):
        split = np.zeros((len(rows), len(counts)))
        np.add.at(split, (np.arange(len(rows))[:, np.newaxis], outputs[rows]), 1.0)
        yield split


def _some(counts: Array, n_a: int, permutations: int, seed: int) -> Iterator[Array]:
    rng, whole = np.random.default_rng(seed), counts.astype(np.int64)
    method: Literal["count", "marginals"] = (
        "marginals" if len(whole) * MARGINALS_FROM < whole.sum() else "count"
    )
    for size in chunks(permutations, len(whole)):
        split = rng.multivariate_hypergeometric(whole, n_a, size=size, method=method)
        yield split.astype(np.float64)

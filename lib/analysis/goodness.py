"""Do the draws follow a distribution? A test by simulation, right at any number of draws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import xlogy

TIES = 1e-12
"""Statistics this close are equal: sums in another order differ in the last digits."""
ELSE = "everything else"

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """How well draws fit what was expected of them."""

    p: float
    """How often draws that do follow the distribution fit it no better. Never 0."""
    g: float | None
    """G = 2 sum n ln(n / expected). `None`: infinite, as something impossible was drawn."""
    n: int
    cells: tuple[tuple[str, int, float], ...]
    """Key, draws, expected draws; rare tokens are pooled as `ELSE`."""
    impossible: tuple[str, ...]
    """Keys that were drawn, though their probability is 0: a contradiction, whatever p says."""
    method: str


def fit(
    drawn: Mapping[str, int],
    expected: Mapping[str, float],
    *,
    permutations: int = 9999,
    seed: int = 1,
) -> Fit | None:
    """Test draws against a distribution: Monte Carlo G test of a multinomial.

    Cells with fewer than one expected draw are pooled. The asymptotic test is wrong here (false
    alarms 7 % at N = 10); here p = (1 + #{G_b >= G}) / (B + 1).

    Args:
        drawn: how often each key was drawn.
        expected: probabilities by key. If they sum to less than 1, the rest belongs to keys that
            aren't listed; if they sum to 1, a key that isn't listed is impossible.
        permutations: B, samples simulated.
        seed: fixes the simulation.

    Returns:
        `None` where nothing was drawn, or where there is only one cell: nothing could contradict.
    """
    n = sum(drawn.values())
    rest = 1 - sum(expected.values())
    listed_all = rest < 1e-6
    impossible = tuple(k for k, c in drawn.items() if c and not expected.get(k) and listed_all)
    method = f"G test by {permutations:,} simulated samples, cells pooled to one expected draw"
    if impossible and n:
        cells = tuple((key, drawn[key], 0.0) for key in impossible)
        p = 1 / (permutations + 1)
        return Fit(p=p, g=None, n=n, cells=cells, impossible=impossible, method=method)
    cells = _cells(drawn, expected, n)
    if not n or len(cells) < 2:
        return None
    counts = np.array([count for _, count, _ in cells], dtype=np.float64)
    means = np.array([mean for _, _, mean in cells])
    draws = np.random.default_rng(seed).multinomial(n, means / means.sum(), size=permutations)
    g = _g(counts, means)
    worse = np.count_nonzero(_g(draws.astype(np.float64), means) >= g - TIES)
    p = (1 + int(worse)) / (permutations + 1)
    return Fit(p=p, g=float(g), n=n, cells=cells, impossible=(), method=method)


def _g(counts: Array, means: Array) -> Array:
    return np.asarray(2 * (xlogy(counts, counts) - xlogy(counts, means)).sum(axis=-1))


def _cells(
    drawn: Mapping[str, int], expected: Mapping[str, float], n: int
) -> tuple[tuple[str, int, float], ...]:
    """Likeliest first, one expected draw or more in each; the last may be a pool of the rest."""
    ordered = sorted(expected.items(), key=lambda pair: -pair[1])
    cells = [(key, drawn.get(key, 0), n * share) for key, share in ordered if n * share >= 1]
    rest = max(0.0, n - sum(mean for _, _, mean in cells))
    others = n - sum(count for _, count, _ in cells)
    while cells and rest < 1 and (rest > 1e-6 * n or others):
        _, count, mean = cells.pop()
        others, rest = others + count, rest + mean
    return (*cells, (ELSE, others, rest)) if rest > 1e-6 * n or others else tuple(cells)

"""Are the outputs of two configurations drawn from the same distribution?"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from lib.analysis.permutation import Permuted, chunks, permute, settle

Array = NDArray[np.float64]

SINGLE_TIES = 1e-7
"""For each pair of calls: sums in single precision this close are equal."""
MOST_KEPT = 4_000_000
"""Signs that are kept for the next pair: 16 MB."""


def energy(kernel: Array, a: Array, b: Array) -> float:
    """How much more alike two calls of the same configuration are than one of each.

    E = U_AA + U_BB - 2 U_AB, the energy distance for d = 1 - s, where U_AA and U_BB leave out each
    call with itself. About 0, or a little below, where the distributions are the same. As edit
    similarity need not be positive definite, E = 0 need not imply that they are.

    Args:
        kernel: similarity of pooled distinct outputs, S x S, 1 on the diagonal.
        a: how many calls of A gave each of them; two calls or more.
        b: the same of B.
    """
    return float(_energies(kernel, a + b, a[np.newaxis])[0])


def energy_test(
    kernel: Array, a: Array, b: Array, *, permutations: int = 9999, seed: int = 1
) -> Permuted:
    """The permutation test of E: exact under "both draw from the same distribution".

    Where nearly all calls give one output it has almost no power.
    """
    return permute(
        lambda rows: _energies(kernel, a + b, rows), a, b, permutations=permutations, seed=seed
    )


def energy_test_by_rounds(
    within_a: Array, within_b: Array, across: Array, *, permutations: int = 9999, seed: int = 1
) -> Permuted:
    """The same with labels exchanged within rounds only: a fourth of the work.

    Each round has a call of A and one of B, made at about the same time. Under "the same
    distribution" they could as well have been the other way round, so E is compared with what it
    is when they are, in rounds chosen by a coin: these exchanges are a group, and p is as exact as
    with all splits (Hemerik and Goeman, TEST 27, 2018). And no drift over rounds can look like a
    difference. With s_i = -1 for an exchanged round, E is a rising function of

        sum over i != j of s_i s_j (k(a_i, a_j) + k(b_i, b_j) - k(a_i, b_j) - k(b_i, a_j)).

    Args:
        within_a: similarities of A's calls, round by round: n x n.
        within_b: the same of B, as many.
        across: of A's calls (rows) with B's.
        permutations: see `permute`.
        seed: fixes the sample.
    """
    weights = within_a + within_b - across - across.T
    np.fill_diagonal(weights, 0.0)
    n = len(weights)
    single = weights.astype(np.float32)  # twice as fast, and rounding is far below the spread

    few = permutations * n <= MOST_KEPT
    parts = _kept(permutations, n, seed) if few else _signs(permutations, n, seed)
    sums = (np.einsum("ij,ij->i", rows @ single, rows).astype(np.float64) for rows in parts)
    least = float(weights.sum()) - SINGLE_TIES * n**2
    return settle(sums, least, permutations=permutations)


def _signs(permutations: int, n: int, seed: int) -> Iterator[NDArray[np.float32]]:
    """Random signs in parts: a row for each permutation."""
    rng = np.random.default_rng(seed)
    for size in chunks(permutations, n):
        bits = rng.integers(0, 2, size=(size, n), dtype=np.int8)
        signs = (2 * bits - 1).astype(np.float32)
        signs.flags.writeable = False
        yield signs


@lru_cache(maxsize=1)
def _kept(permutations: int, n: int, seed: int) -> tuple[NDArray[np.float32], ...]:
    """The same for the next pair: all pairs of a run use them, and drawing takes half of a test."""
    return tuple(_signs(permutations, n, seed))


def _energies(kernel: Array, counts: Array, a: Array) -> Array:
    """E for many splits at once: one matrix product of all rows of `a` with the kernel."""
    n_a, n_b = a[0].sum(), counts.sum() - a[0].sum()
    of_all = kernel @ counts
    total, from_a = float(counts @ of_all), a @ of_all
    aa = np.einsum("ij,ij->i", a @ kernel, a)
    ab, bb = from_a - aa, total - 2 * from_a + aa
    within = (aa - n_a) / (n_a * (n_a - 1)) + (bb - n_b) / (n_b * (n_b - 1))
    return np.asarray(within - 2 * ab / (n_a * n_b))

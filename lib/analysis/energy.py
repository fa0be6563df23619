"""Are the outputs of two configurations drawn from the same distribution?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lib.analysis.permutation import Permuted, permute

Array = NDArray[np.float64]


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


def _energies(kernel: Array, counts: Array, a: Array) -> Array:
    """E for many splits at once: one matrix product of all rows of `a` with the kernel."""
    n_a, n_b = a[0].sum(), counts.sum() - a[0].sum()
    of_all = kernel @ counts
    total, from_a = float(counts @ of_all), a @ of_all
    aa = np.einsum("ij,ij->i", a @ kernel, a)
    ab, bb = from_a - aa, total - 2 * from_a + aa
    within = (aa - n_a) / (n_a * (n_a - 1)) + (bb - n_b) / (n_b * (n_b - 1))
    return np.asarray(within - 2 * ab / (n_a * n_b))

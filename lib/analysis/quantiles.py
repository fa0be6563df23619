"""Quantiles with intervals from order statistics: no assumption about the distribution."""

from __future__ import annotations

from collections.abc import Sequence
from math import log

import numpy as np
from scipy.special import bdtr

from lib.domain.vocabulary import Estimate


def quantile(
    values: Sequence[float], *, share: float = 0.5, alpha: float = 0.05, method: str = "median"
) -> Estimate:
    """A quantile with the exact interval of binomial order statistics.

    With X_(1) <= ... <= X_(n), the quantile lies between X_(i) and X_(j) with at least
    probability 1 - alpha where i is the largest rank with P(Bin(n, share) <= i - 1) <= alpha / 2,
    and j the smallest with P(Bin(n, share) >= j) <= alpha / 2.

    Returns:
        No interval where n is too small for one: a median needs 6 values at alpha = 0.05.
    """
    n = len(values)
    if not n:
        return Estimate(None, None, None, 0, method, "there is nothing to measure")
    ordered = np.sort(np.asarray(values, dtype=np.float64))
    value = float(np.quantile(ordered, share))
    # cumulative[k] = P(Bin <= k)
    cumulative = bdtr(np.arange(n), n, share)
    i = int(np.searchsorted(cumulative, alpha / 2, side="right"))
    j = int(np.searchsorted(cumulative, 1 - alpha / 2, side="left")) + 1
    if i < 1 or j > n:
        why = f"an interval needs {calls_for_quantile(share, alpha)} calls"
        return Estimate(value, None, None, n, method, why)
    low, high = float(ordered[i - 1]), float(ordered[j - 1])
    return Estimate(value, low, high, n, f"{method}, order statistics interval")


def calls_for_quantile(share: float, alpha: float) -> int:
    """From how many values on a quantile has a two-sided interval at all."""
    n = max(1, int(log(alpha / 2) / log(max(share, 1 - share))))
    while max(share, 1 - share) ** n > alpha / 2:
        n += 1
    return n

"""How often a test finds a difference that is there: by enumeration, not by approximation."""

from __future__ import annotations

from math import ceil, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, ndtri, xlog1py, xlogy

from lib.analysis.u_statistic import PairMean, agreement, smallest_n

MOST_EXACT = 600
"""Calls of each up to which tables of shares are enumerated: there are N^2 of them."""
MOST_CALLS = 4_000
"""Of each, up to which agreement is planned."""

Array = NDArray[np.float64]


def share_power(a: float, b: float, calls: int, *, alpha: float = 0.05) -> float:
    """How often Fisher's exact test tells two shares apart: the sum over all tables.

    Args:
        a: the true share under one configuration, 0 to 1.
        b: under the other.
        calls: of each, 1 or more.
        alpha: the level of the test, two-sided.
    """
    logs = _log_comb(calls)
    chance_a, chance_b = _binomial(calls, a), _binomial(calls, b)
    found = 0.0
    for k in range(2 * calls + 1):
        low, high = max(0, k - calls), min(k, calls)
        tables = logs[low : high + 1] + logs[k - high : k - low + 1][::-1]
        chances = np.exp(tables - tables.max())
        chances /= chances.sum()
        rising = np.sort(chances)
        # As rare but for rounding counts as rare, as in `contingency.fisher`.
        as_rare = np.searchsorted(rising, chances * (1 + 1e-7), side="right")
        p = np.cumsum(rising)[as_rare - 1]
        both = chance_a[low : high + 1] * chance_b[k - high : k - low + 1][::-1]
        found += float(both[p <= alpha * (1 + 1e-9)].sum())
    return min(1.0, found)


def share_calls(a: float, b: float, *, power: float = 0.8, alpha: float = 0.05) -> int | None:
    """About the fewest calls of each with which Fisher's test tells two shares apart.

    Power goes up and down in small steps as calls are added: this number reaches it, and a few
    more than it may fall short by a little. Beyond `MOST_EXACT` by the normal approximation with
    continuity correction (Casagrande, Pike and Smith, Biometrics 34, 1978). `None`: no difference.
    """
    if a == b:
        return None
    if (about := _casagrande(a, b, power, alpha)) > MOST_EXACT:
        return about
    return smallest_n(
        lambda n: share_power(a, b, n, alpha=alpha) >= power, start=max(1, about // 2)
    )


def agreement_power(a: float, b: float, calls: int, *, alpha: float = 0.05) -> float:
    """How often MOVER tells two probabilities of agreement apart, at the least favourable.

    Agreement alone doesn't say how its estimate scatters. Its first-order variance is
    4 (sum p^3 - lambda^2) / N, and sum p^3 <= max p lambda <= lambda^(3/2): largest where one
    output has probability sqrt(lambda) and all others are countless and rare. There the estimate
    depends on how many calls gave the frequent output, so all outcomes can be enumerated.

    Args:
        a: the true probability that two calls of one configuration agree, 0 to 1.
        b: of the other.
        calls: of each, 3 or more.
        alpha: the level of the test, two-sided.
    """
    ends = np.array([_agreement_ends(calls, often, alpha) for often in range(calls + 1)])
    u, low, high = ends.T
    below = np.sqrt(np.add.outer((u - low) ** 2, (high - u) ** 2))
    above = np.sqrt(np.add.outer((high - u) ** 2, (u - low) ** 2))
    difference = np.subtract.outer(u, u)
    apart = (difference - below > 0) | (difference + above < 0)
    return float(_binomial(calls, sqrt(a)) @ apart @ _binomial(calls, sqrt(b)))


def agreement_calls(a: float, b: float, *, power: float = 0.8, alpha: float = 0.05) -> int | None:
    """About the fewest calls of each with which MOVER tells two agreements apart, at worst.

    `None`: no difference, or beyond `MOST_CALLS`.
    """
    if a == b:
        return None

    def enough(n: int) -> bool:
        return agreement_power(a, b, n, alpha=alpha) >= power

    return smallest_n(enough, start=4, most=MOST_CALLS)


def widest(agreement: float) -> PairMean:
    """Two calls that agree this often, of the distribution whose estimate scatters most."""
    return PairMean(
        u=agreement,
        n=2,
        first=4 * (agreement**1.5 - agreement**2),
        second=agreement * (1 - agreement),
        equality=True,
    )


def _agreement_ends(calls: int, often: int, alpha: float) -> tuple[float, float, float]:
    """Estimate and interval where the frequent output came so often, and all others once."""
    counts = np.array([often] * (often > 0) + [1] * (calls - often), dtype=np.float64)
    mean = agreement(counts)
    low, high = mean.interval(alpha, end_alpha=alpha / 2) or (0.0, 1.0)
    return mean.u, low, high


def _casagrande(a: float, b: float, power: float, alpha: float) -> int:
    mean, apart = (a + b) / 2, abs(a - b)
    z_alpha, z_power = float(ndtri(1 - alpha / 2)), float(ndtri(power))
    root = z_alpha * sqrt(2 * mean * (1 - mean)) + z_power * sqrt(a * (1 - a) + b * (1 - b))
    plain = root**2 / apart**2
    return ceil(plain / 4 * (1 + sqrt(1 + 4 / (plain * apart))) ** 2)


def _binomial(n: int, share: float) -> Array:
    """The probability of each count from 0 to n."""
    k = np.arange(n + 1)
    logs = _log_comb(n) + xlogy(k, share) + xlog1py(n - k, -share)
    return np.asarray(np.exp(logs), dtype=np.float64)


def _log_comb(n: int) -> Array:
    k = np.arange(n + 1)
    return np.asarray(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1), dtype=np.float64)

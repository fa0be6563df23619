"""Entropy of the outputs, in nats. Exploratory: no interval holds where much is unseen."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit, xlogy

from lib.analysis.distinct import frequencies
from lib.domain.vocabulary import Estimate

ENOUGH_COVERAGE = 0.9
CALLS_FOR_AN_INTERVAL = 50

Array = NDArray[np.float64]


def entropy(outputs: Sequence[str], *, alpha: float = 0.05) -> Estimate:
    """Shannon's entropy of the distribution that outputs are drawn from, in nats.

    Coverage is 1 - f1 / N, with f1 outputs seen once. From 0.9 on the estimate is Miller-Madow's,
    H + (S - 1) / (2 N) with S different outputs; below, Chao and Shen's (Env. Ecol. Stat. 10,
    2003), which is rough. An interval, the jackknife's, is given from 50 calls and a coverage of
    0.9 on. That gate depends on the data and guarantees nothing: when a heavy-tailed sample
    passes by luck, the interval covers as little as 6 % (`statistics.md`, 1.2).
    """
    n = len(outputs)
    if n < 2:
        return Estimate(None, None, None, n, "entropy", "needs two calls or more")
    counts = np.array(frequencies(outputs), dtype=np.float64)
    coverage = 1 - float(np.count_nonzero(counts == 1)) / n
    if coverage < ENOUGH_COVERAGE:
        why = f"no interval holds where {1 - coverage:.0%} of the calls gave an output seen once"
        return Estimate(chao_shen(counts), None, None, n, "Chao-Shen, nats, rough", why)
    value = plug_in(counts) + (len(counts) - 1) / (2 * n)
    method = "Miller-Madow, nats"
    if n < CALLS_FOR_AN_INTERVAL:
        why = f"an interval needs {CALLS_FOR_AN_INTERVAL} calls"
        return Estimate(value, None, None, n, method, why)
    if len(counts) == 1:
        why = "all calls are equal: the jackknife sees no spread"
        return Estimate(value, None, None, n, method, why)
    low, high = _interval(counts, alpha)
    low, high = max(0.0, min(low, value)), max(high, value)
    return Estimate(value, low, high, n, f"{method}, jackknife interval, exploratory")


def plug_in(counts: Array) -> float:
    """The entropy of the shares seen, -sum p ln p: too low by about (S - 1) / (2 N)."""
    shares = counts / counts.sum()
    return float(max(0.0, -xlogy(shares, shares).sum()))


def chao_shen(counts: Array) -> float:
    """-sum C p ln(C p) / (1 - (1 - C p)^N), coverage C = 1 - f1 / N; f1 = N counts as N - 1."""
    n = float(counts.sum())
    once = min(float(np.count_nonzero(counts == 1)), n - 1)
    shares = (1 - once / n) * counts / n
    return float((-xlogy(shares, shares) / (1 - (1 - shares) ** n)).sum())


def _interval(counts: Array, alpha: float) -> tuple[float, float]:
    """The jackknife's t interval, its variance widened by (S - 1) / (2 N^2).

    That is the variance of the entropy of S equally likely outputs, where the jackknife alone
    sees none: 25 heads and 25 tails would get an interval without width.
    """
    n = float(counts.sum())
    one_less = counts - 1
    terms = xlogy(counts, counts)
    left_out = np.log(n - 1) - (terms.sum() - terms + xlogy(one_less, one_less)) / (n - 1)
    mean = float(counts @ left_out) / n
    centre = n * plug_in(counts) - (n - 1) * mean
    variance = (n - 1) / n * float(counts @ (left_out - mean) ** 2)
    variance += (len(counts) - 1) / (2 * n**2)
    reach = float(stdtrit(n - 1, 1 - alpha / 2)) * sqrt(variance)
    return centre - reach, centre + reach

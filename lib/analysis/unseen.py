"""How likely the next call gives an output that has not been seen yet."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

from scipy.special import gammaincinv, ndtri

from lib.analysis.distinct import frequencies
from lib.analysis.proportions import clopper_pearson
from lib.domain.vocabulary import Estimate

_METHOD = "Good-Turing"


def unseen_mass(outputs: Sequence[str], *, alpha: float = 0.05) -> Estimate:
    """The probability that one more call gives a new output: f1 / N (Good, Biometrika 40, 1953).

    f1 outputs were seen once, f2 twice. The interval is approximate: the union of Esty's
    (Ann. Stat. 11, 1983) with z^2 / (4 N^2) added under the root, and Clopper-Pearson's of f1 of
    N, its low end no higher than `equally_likely` allows. Each alone fails: Esty's has no width
    where all outputs differ, f1 is not binomial, and both together hold that nearly everything is
    unseen where chance alone kept a few outputs from repeating (eight of them at N = 5: 77 %).
    """
    n = len(outputs)
    if n < 2:
        return Estimate(None, None, None, n, _METHOD, "needs two calls or more")
    counts = frequencies(outputs)
    f1, f2 = counts.count(1), counts.count(2)
    mass = f1 / n
    if n == 2:
        return Estimate(mass, None, None, n, _METHOD, "an interval needs three calls")
    z = float(ndtri(1 - alpha / 2))
    reach = z * sqrt((f1 * (n - f1) + 2 * n * f2) / n**3 + z**2 / (4 * n**2))
    low, high = clopper_pearson(f1, n, alpha=alpha)
    low = min(low, mass - reach, equally_likely(f1, f2, n, alpha=alpha))
    return Estimate(
        mass,
        max(0.0, low),
        min(1.0, max(high, mass + reach)),
        n,
        f"{_METHOD}, approximate interval",
    )


def equally_likely(f1: int, f2: int, n: int, *, alpha: float) -> float:
    """How little may be unseen if all outputs but the frequent ones are equally likely.

    The birthday problem, read backwards. Of n calls m = f1 + 2 f2 gave an output that was seen once
    or twice. Drawn from K equally likely outputs, about m (m - 1) / (2 K) pairs of them agree, a
    Poisson number; f2 did. Its exact upper limit mu (Garwood, Biometrika 28, 1936) gives the
    smallest K that f2 agrees with, so of these outputs 1 - (f1 + f2) / K, times m / n, is unseen.

    Args:
        f1: outputs that were seen once.
        f2: outputs that were seen twice.
        n: calls, `f1 + 2 f2` or more.
        alpha: two-sided.
    """
    calls, seen = f1 + 2 * f2, f1 + f2
    if not seen:
        return 0.0
    pairs = float(gammaincinv(f2 + 1, 1 - alpha / 2))
    outputs = max(float(seen), calls * (calls - 1) / (2 * pairs))
    return (1 - seen / outputs) * calls / n

"""How likely the next call gives an output that has not been seen yet."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

from scipy.special import ndtri

from lib.analysis.distinct import frequencies
from lib.analysis.proportions import clopper_pearson
from lib.domain.vocabulary import Estimate

_METHOD = "Good-Turing"


def unseen_mass(outputs: Sequence[str], *, alpha: float = 0.05) -> Estimate:
    """The probability that one more call gives a new output: f1 / N (Good, Biometrika 40, 1953).

    f1 outputs were seen once, f2 twice. The interval is approximate: the union of Esty's
    (Ann. Stat. 11, 1983) with z^2 / (4 N^2) added under the root, and Clopper-Pearson's of f1 of
    N. Either alone fails: Esty's has no width where all outputs differ, and f1 is not binomial.
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
    low, high = max(0.0, min(low, mass - reach)), min(1.0, max(high, mass + reach))
    return Estimate(mass, low, high, n, f"{_METHOD}, approximate interval")

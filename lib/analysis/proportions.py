"""Intervals for a proportion: k of n independent calls."""

from __future__ import annotations

from math import sqrt

from scipy.special import betaincinv, ndtri


def wilson(count: float, n: int, *, alpha: float = 0.05) -> tuple[float, float]:
    """The Wilson score interval (JASA 22, 1927) for `count` of `n`, 0 <= count <= n, n > 0.

    It stays in [0, 1] and has a width even where the count is 0 or n.
    """
    z2 = float(ndtri(1 - alpha / 2)) ** 2
    share = count / n
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    reach = sqrt(z2 * (share * (1 - share) + z2 / (4 * n)) / n) / (1 + z2 / n)
    low = 0.0 if count == 0 else max(0.0, centre - reach)
    high = 1.0 if count == n else min(1.0, centre + reach)
    return low, high


def clopper_pearson(count: int, n: int, *, alpha: float = 0.05) -> tuple[float, float]:
    """The exact interval (Biometrika 26, 1934): it covers at least 1 - alpha, often more."""
    low = float(betaincinv(count, n - count + 1, alpha / 2)) if count else 0.0
    high = float(betaincinv(count + 1, n - count, 1 - alpha / 2)) if count < n else 1.0
    return low, high


def newcombe(
    a: float, n_a: int, b: float, n_b: int, *, alpha: float = 0.05
) -> tuple[float, float, float]:
    """The difference a/n_a - b/n_b with Newcombe's hybrid score interval (Stat. Med. 17, 1998)."""
    share_a, share_b = a / n_a, b / n_b
    return mover((share_a, *wilson(a, n_a, alpha=alpha)), (share_b, *wilson(b, n_b, alpha=alpha)))


def mover(
    a: tuple[float, float, float], b: tuple[float, float, float]
) -> tuple[float, float, float]:
    """The difference of two independent estimates, from the interval of each.

    The method of variance estimates recovery (Zou and Donner, Stat. Med. 27, 2008): with values
    a, b and intervals (l, u),

        L = a - b - sqrt((a - l_a)^2 + (u_b - b)^2),   H = a - b + sqrt((u_a - a)^2 + (b - l_b)^2).

    Args:
        a: value, low, high.
        b: value, low, high.

    Returns:
        The difference, its low and its high end.
    """
    (value_a, low_a, high_a), (value_b, low_b, high_b) = a, b
    difference = value_a - value_b
    below = sqrt((value_a - low_a) ** 2 + (high_b - value_b) ** 2)
    above = sqrt((high_a - value_a) ** 2 + (value_b - low_b) ** 2)
    return difference, difference - below, difference + above

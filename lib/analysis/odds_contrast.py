"""Do calls of two opposite settings part as predicted? For effects whose size is only bounded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import hypergeom, nchypergeom_fisher

from lib.analysis.predicted_share import exp_or_inf

PREDICTED_ODDS = 16.0
"""Four calls of five above the median of both with one setting, one of five with the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OddsContrast:
    """What two groups of calls say for the predicted order, and against it."""

    above: int
    """Calls of the group predicted to be higher that are above the median of both."""
    n: int
    other_above: int
    other_n: int
    p: float
    """Of no difference, one-sided, exact."""
    ratio: float
    """Likelihood of no difference against the predicted odds ratio, or a larger one."""
    power: float
    """How often p would be at most alpha with the predicted odds ratio."""


def odds_contrast(
    higher: Sequence[float],
    lower: Sequence[float],
    *,
    alpha: float,
    odds: float = PREDICTED_ODDS,
) -> OddsContrast:
    """Test that one group's values are above those of the other, by a median split.

    The calls strictly above the median of both groups together are counted. Given how many these
    are, the count x in the first group is hypergeometric without an effect, and noncentral
    hypergeometric (Fisher, J. R. Stat. Soc. 98, 1935) with an odds ratio w:

        p = P(X >= x),   ratio = P_1(x) / max over w >= odds of P_w(x).

    Args:
        higher: a value for each call of the setting that should raise them; one or more.
        lower: the same of the opposite setting.
        alpha: for the power only.
        odds: the least odds ratio that a setting that works would show.

    Returns:
        p = 1, ratio = 1 and no power where all values are equal.
    """
    both = np.array([*higher, *lower], dtype=np.float64)
    cut = float(np.median(both))
    if not (both > cut).any():  # half of all are at the top: split below them
        cut = float(both[both < cut].max(initial=-np.inf))
    x, y = int((np.asarray(higher) > cut).sum()), int((np.asarray(lower) > cut).sum())
    n, m, k = len(higher), len(lower), x + y
    none = hypergeom(n + m, k, n)
    most = min(n, k)
    works = max(
        float(nchypergeom_fisher.logpmf(x, n + m, k, n, w)) for w in odds * 2.0 ** np.arange(0, 12)
    )
    tails = {each: float(none.sf(each - 1)) for each in range(max(0, k - m), most + 1)}
    power = sum(
        float(nchypergeom_fisher.pmf(each, n + m, k, n, odds))
        for each, p in tails.items()
        if p <= alpha
    )
    return OddsContrast(
        above=x,
        n=n,
        other_above=y,
        other_n=m,
        p=min(1.0, tails[x]),
        ratio=exp_or_inf(float(none.logpmf(x)) - works),
        power=min(1.0, power),
    )

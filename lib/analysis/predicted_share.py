"""Does a share do what was predicted of it? For an effect, and for none, with equal care.

A setting is tried where its effect is extreme: all calls should show an event, or none. Beside them
stand calls without the setting. Two questions, each with an error that is bounded by itself:

* p: Fisher's exact test of "both kinds of calls show the event equally often".
* ratio: how much likelier the calls with the setting are if it does nothing than if it works. With
  a setting that works, a ratio of 100 or more comes about in at most 1 of 100 cases, whatever
  stands in the numerator (Markov's inequality; Royall, J. Am. Stat. Assoc. 95, 2000).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, inf, lgamma, log

from scipy.stats import betabinom, hypergeom

from lib.analysis.proportions import clopper_pearson

WORKS_IN = 0.75
"""A setting works if it shows in three calls of four or more: an endpoint of several servers, or a
tie of two tokens, may miss it now and then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictedShare:
    """What calls with a setting say for its predicted effect, and against it."""

    hits: int
    n: int
    low: float
    high: float
    """Ends of the exact 95 % interval of hits / n."""
    baseline_hits: int
    baseline_n: int
    p: float
    """Of no effect, one-sided: how often chance alone parts the calls so far, or farther."""
    ratio: float
    """Likelihood of no effect against the predicted one. May be infinite, never NaN."""
    power: float
    """How often p would be at most alpha if every call showed the effect."""


def predicted_share(
    hits: int,
    n: int,
    baseline_hits: int,
    baseline_n: int,
    *,
    alpha: float,
    works_in: float = WORKS_IN,
) -> PredictedShare:
    """Test that calls show an event because of a setting: predicted is a share near 1.

    For a predicted share near 0 count the calls without the event. With x = `hits` of n, b of m in
    the baseline, theta the share where the setting works,

        p = P(X >= x), X hypergeometric,
        ratio = BB(x; n, b + 1/2, m - b + 1/2) / max over theta >= works_in of Bin(x; n, theta),

    BB the beta-binomial prediction from the baseline alone (Jeffreys' prior), the power over the
    same prediction of the baseline.

    Args:
        hits: calls with the setting that show the event, 0 to n.
        n: calls with the setting, 1 or more.
        baseline_hits: the same without it, 0 to baseline_n.
        baseline_n: calls without it, 1 or more.
        alpha: for the power only.
        works_in: the least share of calls that shows the event where the setting works.
    """
    low, high = clopper_pearson(hits, n)
    p = _fisher(hits, n, baseline_hits, baseline_n)
    prior = baseline_hits + 0.5, baseline_n - baseline_hits + 0.5
    nothing = float(betabinom.logpmf(hits, n, *prior))
    works = log_binomial(hits, n, max(works_in, hits / n))
    power = sum(
        float(betabinom.pmf(b, baseline_n, *prior))
        for b in range(baseline_n + 1)
        if _fisher(n, n, b, baseline_n) <= alpha
    )
    return PredictedShare(
        hits=hits,
        n=n,
        low=low,
        high=high,
        baseline_hits=baseline_hits,
        baseline_n=baseline_n,
        p=p,
        ratio=exp_or_inf(nothing - works),
        power=min(1.0, power),
    )


def _fisher(hits: int, n: int, baseline_hits: int, baseline_n: int) -> float:
    both = hits + baseline_hits
    return min(1.0, float(hypergeom.sf(hits - 1, n + baseline_n, both, n)))


def log_binomial(hits: int, n: int, share: float) -> float:
    """The logarithm of a binomial probability; minus infinity where it is 0."""
    ways = lgamma(n + 1) - lgamma(hits + 1) - lgamma(n - hits + 1)
    for count, part in ((hits, share), (n - hits, 1 - share)):
        if count:
            if part <= 0:
                return -inf
            ways += count * log(part)
    return ways


def exp_or_inf(x: float) -> float:
    """e^x, infinite where no float is large enough."""
    return inf if x > 700 else exp(x)

"""The share of the most frequent output."""

from __future__ import annotations

from collections.abc import Sequence

from lib.analysis.distinct import frequencies
from lib.analysis.proportions import clopper_pearson
from lib.domain.vocabulary import Estimate

_METHOD = "share of the observed most frequent output"


def modal_share(outputs: Sequence[str], *, alpha: float = 0.05) -> Estimate:
    """The share of the output that was seen most often.

    Too high on average, as the winner is picked after the fact: 20 equally likely outputs show a
    mean of 0.217 at N = 10, where each has 0.05. So the interval (Clopper-Pearson) is that of this
    very output's share, and there is none where luck alone may have chosen it.
    """
    n = len(outputs)
    if n < 2:
        return Estimate(None, None, None, n, _METHOD, "needs two calls or more")
    counts = frequencies(outputs)
    share = counts[0] / n
    if n == 2:
        return Estimate(share, None, None, n, _METHOD, "an interval needs three calls")
    if counts[0] <= 2 or counts.count(counts[0]) > 2:
        why = "too few calls agree to say which output is the most frequent"
        return Estimate(share, None, None, n, _METHOD, why)
    low, high = clopper_pearson(counts[0], n, alpha=alpha)
    return Estimate(share, low, high, n, f"{_METHOD}, Clopper-Pearson")

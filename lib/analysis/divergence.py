"""Where outputs part: how many tokens two calls share from the beginning."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np

from lib.analysis.similarity import Spelled
from lib.analysis.u_statistic import PairMean, agreement
from lib.domain.vocabulary import Estimate

_METHOD = "median over pairs, tokens shared before they part"


def together(outputs: Spelled, length: int) -> PairMean:
    """The probability that two calls have not parted within their first `length` tokens.

    Two outputs part at the first token that differs, or at the end of the shorter one. Equal ones
    never part. So this is a collision probability: that of the outputs cut at `length` tokens.
    """
    alike: Counter[str] = Counter()
    for text, count in zip(outputs.texts, outputs.counts, strict=True):
        alike[text[:length]] += int(count)
    return agreement(np.array(list(alike.values()), dtype=np.float64))


def first_divergence(outputs: Spelled, *, alpha: float = 0.05) -> Estimate:
    """The median number of tokens that two calls share before they part.

    The smallest t at which at least half of all pairs have parted. Its interval is that of the
    probability of being together, inverted: from the first t at which it may have fallen to one
    half to the first at which it must have.

    Returns:
        No value where more than half of the pairs are equal, and never part.
    """
    n = outputs.n
    if n < 2:
        return Estimate(None, None, None, n, _METHOD, "needs two calls or more")
    longest = max(len(text) for text in outputs.texts)

    def falls(end: Callable[[PairMean], float]) -> int | None:
        """The first t with end(together(t + 1)) <= 1/2; `together` falls as t grows."""
        if end(together(outputs, longest + 1)) > 0.5:
            return None
        low, high = 0, longest
        while low < high:
            middle = (low + high) // 2
            if end(together(outputs, middle + 1)) <= 0.5:
                high = middle
            else:
                low = middle + 1
        return low

    def ends(mean: PairMean) -> tuple[float, float]:
        return mean.interval(alpha, end_alpha=alpha / 2) or (mean.u, mean.u)

    median = falls(lambda mean: mean.u)
    if median is None:
        why = "more than half of all pairs are equal, and never part"
        return Estimate(None, None, None, n, _METHOD, why)
    if n < 3:
        return Estimate(median, None, None, n, _METHOD, "an interval needs three calls")
    low, high = falls(lambda mean: ends(mean)[0]), falls(lambda mean: ends(mean)[1])
    method = f"{_METHOD}, from the interval of the share still together{outputs.caps}"
    if high is None:
        why = "there is no upper end: half of all pairs may never part"
        return Estimate(median, low, None, n, method, why)
    return Estimate(median, low, high, n, method)

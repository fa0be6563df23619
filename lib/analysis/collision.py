"""How often two calls of one configuration give the same output."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from lib.analysis.u_statistic import agreement
from lib.domain.vocabulary import Estimate

METHOD = "U-statistic"
TWO_CALLS = "needs two calls or more"


def collision_probability(outputs: Sequence[str], *, alpha: float = 0.05) -> Estimate:
    """The probability that two independent calls give the same output.

    With n_k calls giving output k, and N calls in all,

        U = sum n_k (n_k - 1) / (N (N - 1)),    0 <= U <= 1,

    unbiased for sum p_k**2 (Simpson, Nature 163, 1949). Its interval is that of `u_statistic`.

    Args:
        outputs: one text a call, normalised: they are compared as they are.
        alpha: how often the interval may miss.

    Returns:
        N < 2: no value. N = 2: no interval. All calls equal, or all different: a one-sided limit,
        because the jackknife sees no variance there. `why` and `method` say which case it is.
    """
    if len(outputs) < 2:
        return Estimate(None, None, None, len(outputs), METHOD, TWO_CALLS)
    counts = np.array(list(Counter(outputs).values()), dtype=np.float64)
    return agreement(counts).estimate(alpha, method=METHOD)


def effective_outputs(collision: Estimate) -> Estimate:
    """As how many equally likely outputs would agree as often: 1 / the collision probability.

    Hill's number of order 2 (Ecology 54, 1973). The ends are those of the collision probability,
    turned over. Where no two calls agreed there is a lower limit and no value.
    """
    method = f"1 / collision probability ({collision.method})"
    if collision.value is None:
        return Estimate(None, None, None, collision.n, method, collision.why)
    low = None if collision.high is None else 1 / collision.high
    if collision.value == 0:
        least = "" if low is None else f": at least {low:.3g}"
        why = f"all {collision.n} outputs differ, so it has no upper limit{least}"
        return Estimate(None, low, None, collision.n, method, why)
    high = None if not collision.low else 1 / collision.low
    return Estimate(1 / collision.value, low, high, collision.n, method, collision.why)

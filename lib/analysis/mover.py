"""Is one configuration more variable than another? The difference of two means over pairs.

Permuting labels can't answer this: outputs with other content but the same variability would give
false alarms in 16 to 35 % of cases. The interval of the difference, from the interval of each
(MOVER), gives at most 5 %; permutation tests are for "is the distribution the same?".
"""

from __future__ import annotations

from math import exp, log

from lib.analysis.proportions import mover
from lib.analysis.u_statistic import PairMean, smallest_n

_SMALLEST_P = 1e-12
_HALVINGS = 60


def difference(
    a: PairMean, b: PairMean, *, alpha: float, n: int | None = None
) -> tuple[float, float, float] | None:
    """U_A - U_B with its low and high end; `None` where either has no interval.

    Args:
        a: of configuration A.
        b: of configuration B.
        alpha: how often the interval may miss.
        n: as if each had this many calls with the spread that it has.
    """
    ends_a = a.interval(alpha, n=n, end_alpha=alpha / 2)
    ends_b = b.interval(alpha, n=n, end_alpha=alpha / 2)
    if ends_a is None or ends_b is None:
        return None
    return mover((a.u, *ends_a), (b.u, *ends_b))


def p_value(a: PairMean, b: PairMean) -> float | None:
    """The largest alpha at which 0 is still within the interval; at least 1e-12.

    Found by halving on the scale of logarithms, as the interval shrinks when alpha grows.
    """

    def inside(alpha: float) -> bool | None:
        found = difference(a, b, alpha=alpha)
        return None if found is None else found[1] <= 0 <= found[2]

    if inside(0.5) is None:
        return None
    if inside(1.0):
        return 1.0
    low, high = log(_SMALLEST_P), 0.0
    if not inside(_SMALLEST_P):
        return _SMALLEST_P
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if inside(exp(middle)) else (low, middle)
    return exp(high)


def calls_needed(a: PairMean, b: PairMean, *, alpha: float, half_width: float) -> int | None:
    """About how many calls of each give an interval of +- half_width, beyond what there are.

    From the spread seen, which is itself uncertain: about half of all runs need more.
    """

    def enough(n: int) -> bool:
        found = difference(a, b, alpha=alpha, n=n)
        return found is not None and (found[2] - found[1]) / 2 <= half_width

    return smallest_n(enough, start=max(a.n, b.n, 3))

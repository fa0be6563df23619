"""Means over pairs of calls, and how far to trust them.

Rule: no other module computes an interval for a mean over pairs. The N (N - 1) / 2 pairs of N
calls share calls, so they are not independent: treated as such, a 95 % interval covers 20 to 47 %
at N = 50. And resampling outputs pairs some with themselves, which makes every mean too high.

For a kernel 0 <= s_ij <= 1 with r_i = sum of s_ij over j != i,

    U = sum r_i / (N (N - 1)),    U_-i = (sum r - 2 r_i) / ((N - 1) (N - 2)),
    se^2 = (N - 1) / N sum (U_-i - U)^2 + 2 v / (N (N - 1)),    v = mean s_ij^2 - U^2.

The first term is the jackknife's. The second is the second-order term: without it evenly spread
outputs, where the first is zero, get far too short an interval (a fair coin: 74 to 89 %). The
interval is on the logit scale, with Student's t and N - 1 degrees of freedom.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, floor, log, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, stdtrit

from lib.domain.vocabulary import Estimate

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class PairMean:
    """A mean over pairs of calls, with what its interval needs. Has at least two calls."""

    u: float
    """The mean, unbiased. From 0 to 1."""
    n: int
    """Calls, not pairs."""
    first: float
    """The jackknife's variance times N."""
    second: float
    """v: the variance of s_ij over pairs."""
    equality: bool
    """Whether s_ij is 1 for equal outputs and 0 for all others, rather than a degree."""
    unrepeated: bool = False
    """Whether no two of the calls gave the same output."""

    def interval(
        self, alpha: float, *, n: int | None = None, end_alpha: float | None = None
    ) -> tuple[float, float] | None:
        """Low and high end, or `None` where none can be known.

        Args:
            alpha: how often the interval may miss.
            n: as if there had been this many calls with the same spread. Default: as many as
                there were.
            end_alpha: how often a one-sided limit may miss, where there is only one: all equal or
                all different. Default: alpha. Inside a two-sided use it is alpha / 2.
        """
        n = self.n if n is None else n
        end_alpha = alpha if end_alpha is None else end_alpha
        if n < 3:
            return None
        if self.u >= 1:
            return all_equal(n, end_alpha), 1.0
        if self.u <= 0:
            return 0.0, (all_different if self.equality else all_unlike)(n, end_alpha)
        variance = self.first / n + 2 * self.second / (n * (n - 1))
        if variance <= 0:
            return None  # every pair is as alike as every other: nothing to learn a spread from
        reach = float(stdtrit(n - 1, 1 - alpha / 2)) * sqrt(variance) / (self.u * (1 - self.u))
        centre = log(self.u / (1 - self.u))
        low, high = expit(centre - reach), expit(centre + reach)
        if self.unrepeated:
            # That no output came twice says little of whether some will: E s is the share of pairs
            # that are equal and, of all others, how alike they are. Of this only the latter is in
            # the spread. One output in two among rare ones, N = 5: 84 % without, 95 % with.
            repeated = all_different(n, end_alpha)
            high = max(high, repeated + (1 - repeated) * self.u)
        return low, high

    @property
    def one_sided(self) -> bool:
        """Whether only one end of the interval can miss."""
        return self.u in {0.0, 1.0}

    def estimate(self, alpha: float, *, method: str) -> Estimate:
        """The estimate as shown, its interval unadjusted."""
        ends = self.interval(alpha)
        percent = f"{100 * (1 - alpha):g}%"
        if ends is not None:
            if self.u == 1:
                method += f", one-sided {percent} limit: all equal"
            elif self.u == 0:
                method += f", one-sided {percent} limit: all different"
            else:
                method += ", widened logit-t interval"
            return Estimate(self.u, *ends, self.n, method)
        why = (
            "an interval needs three calls"
            if self.n < 3
            else "an interval isn't estimable: all pairs are equally alike"
        )
        return Estimate(self.u, None, None, self.n, method, why)


def pair_mean(kernel: Array, counts: Array) -> PairMean:
    """The mean of a kernel over all pairs of calls.

    Args:
        kernel: S x S, symmetric: s of two distinct outputs, from 0 to 1; 1 on the diagonal.
        counts: how many calls gave each of the S outputs; two calls or more in all.
    """
    n = int(counts.sum())
    rows = kernel @ counts - 1  # without the call itself
    squares = float((kernel**2 @ counts - 1) @ counts) / (n * (n - 1))
    return _from_rows(rows, squares, counts, equality=False)


def agreement(counts: Array) -> PairMean:
    """How often two calls give the same output: the mean of the kernel 1[equal]."""
    n = int(counts.sum())
    rows = counts - 1
    return _from_rows(rows, float(rows @ counts) / (n * (n - 1)), counts, equality=True)


def _from_rows(rows: Array, squares: float, counts: Array, *, equality: bool) -> PairMean:
    """U and its two variances from r_i (one for each distinct output) and the mean of s_ij^2."""
    n = int(counts.sum())
    total = float(rows @ counts)
    u = _snapped(total / (n * (n - 1)))
    first = 0.0
    if n > 2:
        left_out = (total - 2 * rows) / ((n - 1) * (n - 2))
        # Counts that are all the same give differences of rounding only: those are zero.
        deviations = left_out - total / (n * (n - 1))
        deviations[np.abs(deviations) < 1e-13] = 0.0
        first = (n - 1) * float(counts @ deviations**2)
    second = squares - u**2
    return PairMean(
        u=u,
        n=n,
        first=first,
        second=second if second > 1e-13 else 0.0,
        equality=equality,
        unrepeated=len(counts) == n,
    )


def _snapped(u: float) -> float:
    """0 and 1 exactly where rounding alone keeps a mean from them."""
    return 0.0 if u < 1e-13 else 1.0 if u > 1 - 1e-13 else u


def all_equal(n: int, alpha: float) -> float:
    """The smallest mean under which n calls are still all equal alpha of the time.

    P(all equal) = sum p^N <= lambda^(N / 2), as max p^2 <= lambda. For a similarity too, as it is
    at least 1[equal].
    """
    return float(alpha ** (2 / n))


def all_different(n: int, alpha: float) -> float:
    """The largest probability of agreement under which n calls still all differ alpha of the time.

    Worst case: one output of probability h among countless rare ones. Two calls agree with h^2,
    and n calls all differ if at most one gives it: (1 - h)^n + n h (1 - h)^(n - 1) = alpha, a
    quantile of the beta distribution. Proved for n <= 3, for larger n checked by simulation only.
    For equality alone.
    """
    return float(betaincinv(2, n - 1, 1 - alpha)) ** 2


def all_unlike(n: int, alpha: float) -> float:
    """The largest mean of a kernel that is 0 for all pairs seen: from disjoint pairs alone.

    m = floor(n / 2) pairs share no call, so P(all 0) <= (1 - E s)^m.
    """
    return float(1 - alpha ** (1 / floor(n / 2)))


def expit(x: float) -> float:
    """1 / (1 + e^-x), without overflow."""
    return 1 / (1 + exp(-x)) if x >= 0 else exp(x) / (1 + exp(x))


def smallest_n(enough: Callable[[int], bool], *, start: int, most: int = 10**7) -> int | None:
    """The smallest n from `start` on that is enough, if more is never worse; `None` beyond most."""
    low, high = start, start
    while not enough(high):
        low, high = high, 2 * high
        if high > most:
            return None
    while low + 1 < high:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high

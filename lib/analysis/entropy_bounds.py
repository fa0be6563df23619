"""How uncertain the model is at a position of which only the likeliest tokens were reported."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, log

import numpy as np
from scipy.special import xlogy

from lib.analysis.next_token import NextToken

VOCABULARY = 256_000
"""More tokens than today's models have. Used where the size isn't known, and then said."""


@dataclass(frozen=True, slots=True)
class EntropyBounds:
    """Between these the entropy lies, in nats. Not an interval of chance: a certainty."""

    low: float
    high: float

    @property
    def exact(self) -> bool:
        """Whether both are the same, as nothing is left to be known."""
        return self.high - self.low < 1e-6


def entropy_bounds(
    distribution: NextToken, *, vocabulary: int = VOCABULARY, extra: float | None = None
) -> EntropyBounds:
    """Bounds from the k likeliest tokens q_1 >= ... >= q_k, R = 1 - sum q (statistics.md, 3).

    With H_k = -sum q ln q. Low: the rest packed into m = floor(R / q_k) tokens as likely as the
    last reported one, and one of what remains. High: H_k - R ln(R / (V - k)), the rest spread
    evenly. Renormalising q to 1 would be neither.

    Args:
        distribution: the likeliest tokens.
        vocabulary: V, at least as large as the model's.
        extra: the probability of the token that was drawn, where it is not among the likeliest: one
            more that is known. The others are still no likelier than q_k.
    """
    q = np.exp(distribution.logs)
    cap = float(q[-1])
    if extra is not None:
        q = np.append(q, min(extra, cap))
    own = float(-xlogy(q, q).sum())
    rest = 1 - float(q.sum())
    if rest <= 1e-9 or len(q) >= vocabulary:
        own = max(0.0, own)
        return EntropyBounds(own, own)
    packed = floor(rest / cap)
    left = max(0.0, rest - packed * cap)
    low = own - packed * cap * log(cap) - float(xlogy(left, left))
    high = own - rest * log(rest / (vocabulary - len(q)))
    return EntropyBounds(max(0.0, low), max(low, high))

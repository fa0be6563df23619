"""The distribution of the next token, as reported: likeliest first, as an array to reckon with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, inf

import numpy as np

from lib.analysis.sampling import NEAR_TIE, WHOLE, Array, known
from lib.domain.vocabulary import TokenProbability

ROUNDING = 0.01
"""By so much whole vocabularies sum to more than 1, where each number is rounded."""
JITTER = 0.02
"""By less than this a probability at the same place differs between two calls."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NextToken:
    """Tokens at one position with their log probabilities at temperature 1."""

    tokens: tuple[TokenProbability, ...]
    """Likeliest first."""
    logs: Array
    """The same ones' logarithms, in the same order."""

    @property
    def mass(self) -> float:
        """What the reported tokens have together: 1 where all were reported, but for rounding."""
        return float(np.exp(self.logs).sum())

    @property
    def whole(self) -> bool:
        """Whether the whole vocabulary was reported, so that everything can be computed."""
        return self.mass >= WHOLE and self.possible

    @property
    def possible(self) -> bool:
        """Whether the reported probabilities can be those of one distribution."""
        return self.mass <= 1 + ROUNDING

    @property
    def near_tie(self) -> bool:
        """Whether rounding decides which of the two likeliest tokens a greedy draw takes."""
        return len(self.logs) > 1 and float(self.logs[0] - self.logs[1]) < NEAR_TIE


def agree(distribution: NextToken, reported: Sequence[TokenProbability]) -> bool:
    """Whether what was reported at another time can be of the same place.

    Within `JITTER` for each token: another cut into tokens gives other numbers at once.
    """
    mine = {each.key: log for each, log in zip(distribution.tokens, distribution.logs, strict=True)}
    theirs = known(reported)
    return bool(theirs) and all(
        abs(exp(mine.get(key, -inf)) - exp(log)) <= JITTER for key, log in theirs.items()
    )


def next_token(top: Sequence[TokenProbability]) -> NextToken | None:
    """The reported tokens in order; `None` where no log probability is one."""
    found = known(top)
    if not found:
        return None
    by_key = {each.key: each for each in reversed(top)}
    return NextToken(
        tokens=tuple(by_key[key] for key in found),
        logs=np.array(list(found.values()), dtype=np.float64),
    )

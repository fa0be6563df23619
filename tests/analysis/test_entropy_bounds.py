"""Entropy bounds: true entropies lie within them, whatever the rest looks like."""

from __future__ import annotations

from math import fsum, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.analysis.entropy_bounds import entropy_bounds
from lib.analysis.next_token import NextToken, next_token
from lib.domain.vocabulary import TokenProbability


def top(shares: list[float]) -> NextToken:
    found = next_token([TokenProbability(str(n), str(n), log(q)) for n, q in enumerate(shares)])
    assert found is not None
    return found


def test_bounds_by_hand() -> None:
    found = entropy_bounds(top([0.5, 0.2]), vocabulary=12)

    # Low: 0.3 as 0.2 + 0.1; high: 0.3 over 10 tokens of 0.03.
    own = -0.5 * log(0.5) - 0.2 * log(0.2)
    assert found.low == pytest.approx(own - 0.2 * log(0.2) - 0.1 * log(0.1))
    assert found.high == pytest.approx(own - 0.3 * log(0.03))


def test_a_whole_distribution_has_one_entropy() -> None:
    found = entropy_bounds(top([0.5, 0.25, 0.25]))

    assert found.exact
    assert found.low == pytest.approx(1.5 * log(2))


def test_a_certain_token_has_none() -> None:
    assert entropy_bounds(top([1.0])).high == 0


@given(
    st.lists(st.floats(1e-4, 1), min_size=3, max_size=60),
    st.integers(1, 20),
    st.integers(0, 60),
)
def test_the_true_entropy_lies_between_them(weights: list[float], k: int, drawn: int) -> None:
    q = sorted((each / fsum(weights) for each in weights), reverse=True)
    k, drawn = min(k, len(q)), min(drawn, len(q) - 1)
    true = float(-(np.array(q) * np.log(q)).sum())

    plain = entropy_bounds(top(q[:k]), vocabulary=len(q))
    better = entropy_bounds(top(q[:k]), vocabulary=len(q), extra=q[drawn] if drawn >= k else None)

    for found in (plain, better):
        assert found.low - 1e-3 <= true <= found.high + 1e-3
    assert better.high - better.low <= plain.high - plain.low + 1e-9

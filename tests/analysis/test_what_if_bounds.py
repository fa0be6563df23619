"""What-if bounds: the truth lies within them, and they are exact where it can be known."""

from __future__ import annotations

from math import fsum, log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.analysis.next_token import NextToken, next_token
from lib.analysis.what_if import ORDERS, Step, what_if
from lib.analysis.what_if_bounds import what_if_bounds
from lib.domain.settings import Settings
from lib.domain.vocabulary import TokenProbability
from tests.analysis import test_what_if as exact


def top(*shares: float) -> NextToken:
    found = next_token([TokenProbability(str(n), str(n), log(q)) for n, q in enumerate(shares)])
    assert found is not None
    return found


def test_top_k_among_the_reported_is_exact_at_any_temperature() -> None:
    found = what_if_bounds(top(0.4, 0.2, 0.1), Settings(temperature=2, top_k=2))

    share = 2**0.5 / (1 + 2**0.5)
    assert found.exact
    assert found.after[0].low == pytest.approx(share)
    assert found.after[2].high == 0
    assert found.unreported.high == 0
    assert [found.fate(place) for place in range(3)] == ["kept", "kept", "cut"]


def test_top_p_at_temperature_one_is_exact_if_the_reported_reach_it() -> None:
    reached = what_if_bounds(top(0.5, 0.3, 0.1), Settings(top_p=0.79))
    not_reached = what_if_bounds(top(0.5, 0.3, 0.1), Settings(top_p=0.95))

    assert reached.exact
    assert reached.after[0].low == pytest.approx(0.5 / 0.8)
    assert not not_reached.exact
    assert not_reached.after[0].low == pytest.approx(0.5)
    assert not_reached.after[0].high == pytest.approx(0.5 / 0.95)


def test_min_p_that_cuts_the_last_reported_token_is_exact() -> None:
    found = what_if_bounds(top(0.5, 0.3, 0.01), Settings(temperature=1.5, min_p=0.5))

    assert found.exact
    assert found.kept_at_least == found.kept_at_most == 2


def test_low_temperatures_are_nearly_exact_and_high_ones_are_vacuous() -> None:
    some = top(0.14, 0.08, 0.08, 0.05, 0.04)

    cold = what_if_bounds(some, Settings(temperature=0.2))
    hot = what_if_bounds(some, Settings(temperature=2))

    # By hand, T = 0.2, b = 5: S = 0.14^5 + 2 x 0.08^5 + ... and a tail of at most 15 x 0.04^5.
    weights = [0.14**5, 0.08**5, 0.08**5, 0.05**5, 0.04**5]
    packed = 15 * 0.04**5 + 0.01**5
    assert cold.after[0].low == pytest.approx(weights[0] / (fsum(weights) + packed), rel=1e-6)
    assert cold.after[0].high == pytest.approx(weights[0] / fsum(weights), rel=1e-4)
    # b = 1/2: the rest may be 256,000 tokens, each of them small.
    spread = (256_000 - 5) * (0.61 / (256_000 - 5)) ** 0.5
    roots = fsum(q**0.5 for q in (0.14, 0.08, 0.08, 0.05, 0.04))
    assert hot.after[0].low == pytest.approx(0.14**0.5 / (roots + spread))
    assert hot.unreported.high == pytest.approx(spread / (roots + spread))
    assert not cold.vacuous
    assert hot.vacuous  # from 0.1 % to 9 %
    assert not hot.exact


def test_temperature_zero_takes_the_likeliest() -> None:
    found = what_if_bounds(top(0.4, 0.2), Settings(temperature=0))

    assert found.exact
    assert found.after[0].low == 1


def test_a_very_low_temperature_does_not_underflow() -> None:
    found = what_if_bounds(top(1e-4, 9e-5), Settings(temperature=0.01))

    assert 0 < found.after[0].low <= found.after[0].high <= 1


@settings(deadline=None)
@given(
    st.lists(st.floats(1e-4, 1), min_size=1, max_size=40),
    st.integers(1, 40),
    exact.settings,
    exact.orders,
    st.integers(0, 1000),
)
def test_the_truth_is_never_outside(
    weights: list[float],
    k: int,
    asked: Settings,
    order: tuple[Step, ...],
    more: int,
) -> None:
    """A whole distribution is hidden but for its top: what the hidden one gives is within."""
    if exact.near_a_cut(weights, asked, order):
        return
    whole = exact.distribution(*sorted(weights, reverse=True))
    truth = what_if(whole, asked, order).after
    seen = NextToken(tokens=whole.tokens[:k], logs=whole.logs[:k])

    found = what_if_bounds(seen, asked, order, vocabulary=len(weights) + more)

    for bound, share in zip(found.after, truth.tolist(), strict=False):
        assert bound.low - 1e-6 <= share <= bound.high + 1e-6
    assert found.unreported.low - 1e-6 <= float(truth[k:].sum()) <= found.unreported.high + 1e-6
    left = int(np.count_nonzero(truth[:k]))
    assert found.kept_at_least <= left <= found.kept_at_most or left < k


@given(exact.some, exact.settings, exact.orders)
def test_a_whole_distribution_has_exact_bounds(
    shares: list[float], asked: Settings, order: tuple[Step, ...]
) -> None:
    if exact.near_a_cut(shares, asked, order):
        return
    whole = exact.distribution(*sorted(shares, reverse=True))

    found = what_if_bounds(whole, asked, order, vocabulary=len(shares))

    assert found.exact
    assert [b.low for b in found.after] == pytest.approx(
        what_if(whole, asked, order).after.tolist(), abs=1e-6
    )


def test_the_orders_differ_where_they_should() -> None:
    some = top(0.5, 0.3, 0.15, 0.04)
    asked = Settings(temperature=2, top_p=0.79)

    assert what_if_bounds(some, asked, ORDERS["llama_cpp"]).exact
    assert not what_if_bounds(some, asked, ORDERS["embedded"]).exact

"""Differences of variability: the interval, its p, and how many calls it takes."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.analysis.mover import calls_needed, difference, p_value
from lib.analysis.u_statistic import PairMean, agreement
from tests.analysis.known import known


def of(calls: Sequence[str]) -> PairMean:
    return agreement(np.array(list(Counter(calls).values()), dtype=float))


groups = st.lists(st.sampled_from("ABC"), min_size=5, max_size=40).map(of)


@given(groups, groups)
def test_the_interval_holds_the_difference_and_turns_round_with_it(
    a: PairMean, b: PairMean
) -> None:
    d, low, high = known_interval(a, b, 0.05)

    assert low <= d <= high
    assert known_interval(b, a, 0.05) == pytest.approx((-d, -high, -low))


@given(groups, groups)
def test_p_is_the_alpha_at_which_the_interval_touches_nothing(a: PairMean, b: PairMean) -> None:
    p = known(p_value(a, b))

    if 1e-11 < p < 0.99:
        assert not_zero(a, b, p * 1.01)
        assert not not_zero(a, b, p * 0.99)


def test_equal_variability_has_p_of_one() -> None:
    assert p_value(of("AAAB" * 5), of("CCCD" * 5)) == 1


def test_one_sided_ends_are_taken_at_half_alpha() -> None:
    # All of A equal: its lower limit inside a two-sided interval is (0.05 / 2)^(2 / 20).
    a, b = of("A" * 20), of("AB" * 10)
    low_a = 0.025 ** (2 / 20)
    _, high_b = known_ends(b, 0.05)

    d, low, _ = known_interval(a, b, 0.05)

    assert low == pytest.approx(d - ((1 - low_a) ** 2 + (high_b - b.u) ** 2) ** 0.5)


def test_calls_needed_give_the_interval_that_was_asked_for() -> None:
    a, b = of("AAAAB" * 4), of("AAB" * 7)

    n = int(known(calls_needed(a, b, alpha=0.05, half_width=0.05)))

    assert half_width(a, b, n) <= 0.05
    assert half_width(a, b, n - 1) > 0.05


def known_interval(a: PairMean, b: PairMean, alpha: float) -> tuple[float, float, float]:
    found = difference(a, b, alpha=alpha)
    assert found is not None
    return found


def known_ends(a: PairMean, alpha: float) -> tuple[float, float]:
    found = a.interval(alpha)
    assert found is not None
    return found


def not_zero(a: PairMean, b: PairMean, alpha: float) -> bool:
    _, low, high = known_interval(a, b, alpha)
    return not low <= 0 <= high


def half_width(a: PairMean, b: PairMean, n: int) -> float:
    found = difference(a, b, alpha=0.05, n=n)
    assert found is not None
    return (found[2] - found[1]) / 2

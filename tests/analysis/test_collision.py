"""Collision probability: what it says, and when it says nothing."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.analysis.collision import collision_probability, effective_outputs
from lib.analysis.u_statistic import all_different, all_equal, all_unlike, smallest_n
from tests.analysis.known import known

outputs = st.lists(st.sampled_from("ABCDE"), min_size=3, max_size=60)


def test_one_call_says_nothing_about_variability() -> None:
    estimate = collision_probability(["apple"])

    assert (estimate.value, estimate.low, estimate.high) == (None, None, None)
    assert estimate.why == "needs two calls or more"


def test_two_calls_give_a_point_without_an_interval() -> None:
    estimate = collision_probability(["apple", "apple"])

    assert (estimate.value, estimate.low, estimate.high) == (1, None, None)
    assert estimate.why == "an interval needs three calls"


def test_ten_equal_answers_do_not_prove_that_the_eleventh_is_equal() -> None:
    estimate = collision_probability(["apple"] * 10)

    assert (estimate.value, estimate.high) == (1, 1)
    assert estimate.low == pytest.approx(0.05 ** (2 / 10))  # 0.549: P(all equal) <= U**(N/2)
    assert estimate.method == "U-statistic, one-sided 95% limit: all equal"


def test_ten_different_answers_do_not_prove_that_no_two_are_ever_equal() -> None:
    estimate = collision_probability(list("abcdefghij"))

    assert (estimate.value, estimate.low) == (0, 0)
    assert estimate.high == pytest.approx(0.1554, abs=5e-5)  # the table of the design


@pytest.mark.parametrize(
    ("n", "limit"), [(5, 0.432), (10, 0.155), (20, 0.047), (50, 0.0084), (100, 0.0022)]
)
def test_the_limit_for_all_different_is_that_of_the_design(n: int, limit: float) -> None:
    h = all_different(n, 0.05) ** 0.5

    assert h**2 == pytest.approx(limit, abs=5e-4)
    # By its definition: at most one of n calls gives the one frequent output.
    assert (1 - h) ** n + n * h * (1 - h) ** (n - 1) == pytest.approx(0.05)


def test_the_other_limits_are_their_formulas() -> None:
    assert all_equal(20, 0.05) == pytest.approx(0.741, abs=5e-4)
    assert all_unlike(21, 0.05) == pytest.approx(1 - 0.05 ** (1 / 10))


def test_a_fair_coin_gets_the_widened_interval() -> None:
    estimate = collision_probability(["heads", "tails"] * 5)

    # By hand: U = 40/90; the jackknife variance is 0, so only the second-order term is left.
    assert estimate.value == pytest.approx(4 / 9)
    assert (estimate.low, estimate.high) == pytest.approx((0.288682647, 0.611946964))


@given(outputs)
def test_the_estimate_is_the_share_of_equal_pairs(calls: list[str]) -> None:
    pairs = list(combinations(calls, 2))

    share = sum(a == b for a, b in pairs) / len(pairs)
    assert collision_probability(calls).value == pytest.approx(share)


@given(outputs)
def test_the_interval_holds_the_estimate_and_stays_in_range(calls: list[str]) -> None:
    e = collision_probability(calls)

    assert 0 <= known(e.low) <= known(e.value) <= known(e.high) <= 1


@given(outputs, st.permutations("VWXYZ"))
def test_names_and_order_of_outputs_do_not_matter(calls: list[str], names: list[str]) -> None:
    renamed = [dict(zip("ABCDE", names, strict=True))[call] for call in calls]

    a, b = collision_probability(sorted(renamed)), collision_probability(calls)
    assert (a.value, a.low, a.high) == pytest.approx((b.value, b.low, b.high))


def test_the_effective_number_turns_the_interval_over() -> None:
    collision = collision_probability(["heads", "tails"] * 5)

    e = effective_outputs(collision)

    assert e.value == pytest.approx(9 / 4)
    assert (e.low, e.high) == pytest.approx((1 / known(collision.high), 1 / known(collision.low)))


def test_where_all_outputs_differ_their_effective_number_has_only_a_lower_limit() -> None:
    e = effective_outputs(collision_probability(list("abcdefghij")))

    assert (e.value, e.high) == (None, None)
    assert e.low == pytest.approx(1 / 0.15536, rel=1e-4)
    assert e.why == "all 10 outputs differ, so it has no upper limit: at least 6.44"


@given(st.integers(1, 500), st.integers(1, 10_000))
def test_the_smallest_number_that_is_enough_is_found(start: int, least: int) -> None:
    assert smallest_n(lambda n: n >= least, start=start) == max(start, least)


def test_what_is_never_enough_has_no_number() -> None:
    assert smallest_n(lambda n: False, start=1) is None

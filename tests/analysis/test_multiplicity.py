"""Adjustments for many tests, against statsmodels."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from lib.analysis.multiplicity import benjamini_hochberg, holm

p_values = st.lists(st.floats(0, 1), min_size=1, max_size=20)


@settings(max_examples=15)  # theirs collects garbage at each call
@given(p_values)
def test_holm_is_that_of_statsmodels(found: list[float]) -> None:
    assert holm(found) == pytest.approx(multipletests(found, method="holm")[1].tolist())


@given(p_values)
def test_benjamini_hochberg_is_that_of_statsmodels(found: list[float]) -> None:
    assert benjamini_hochberg(found) == pytest.approx(
        multipletests(found, method="fdr_bh")[1].tolist()
    )


def test_no_test_needs_no_adjustment() -> None:
    assert (holm([]), benjamini_hochberg([])) == ([], [])


@given(p_values, st.sampled_from([1e-4, 0.01, 0.2]))
def test_a_smallest_p_that_can_be_reached_only_makes_adjusted_ones_larger(
    found: list[float], smallest: float
) -> None:
    reached = [max(p, smallest) for p in found]

    for adjust in (holm, benjamini_hochberg):
        pairs = zip(adjust(reached), adjust(found), strict=True)
        assert all(a >= b - 1e-12 for a, b in pairs)


def test_a_lone_smallest_p_among_more_than_500_is_missed_and_not_made_up() -> None:
    for adjust in (holm, benjamini_hochberg):
        assert adjust([1e-4] + [1.0] * 499)[0] == pytest.approx(0.05)
        assert min(adjust([1e-4] + [1.0] * 500)) > 0.05

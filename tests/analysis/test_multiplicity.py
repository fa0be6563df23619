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

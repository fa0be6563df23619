"""Intervals of proportions and quantiles, against libraries that have them too."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from lib.analysis.proportions import clopper_pearson, mover, newcombe, wilson
from lib.analysis.quantiles import calls_for_quantile, quantile
from tests.analysis.known import known

shares = st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(shares, st.sampled_from([0.05, 0.1, 0.01]))
def test_wilson_and_clopper_pearson_are_those_of_statsmodels(
    found: tuple[int, int], alpha: float
) -> None:
    assert wilson(*found, alpha=alpha) == pytest.approx(
        proportion_confint(*found, alpha, "wilson"), abs=1e-12
    )
    assert clopper_pearson(*found, alpha=alpha) == pytest.approx(
        np.nan_to_num(proportion_confint(*found, alpha, "beta"), nan=0), abs=1e-12
    )


@given(shares, shares)
def test_newcombe_is_that_of_statsmodels(a: tuple[int, int], b: tuple[int, int]) -> None:
    difference, low, high = newcombe(*a, *b)

    assert difference == pytest.approx(a[0] / a[1] - b[0] / b[1])
    assert (low, high) == pytest.approx(
        confint_proportions_2indep(*a, *b, method="newcomb"), abs=1e-12
    )


def test_newcombe_is_that_of_its_paper() -> None:
    # Newcombe, Stat. Med. 17 (1998), table II, method 10: 56/70 - 48/80 is 0.0524 to 0.3339.
    assert newcombe(56, 70, 48, 80)[1:] == pytest.approx((0.0524, 0.3339), abs=5e-5)


def test_a_difference_of_equal_estimates_is_centred_on_nothing() -> None:
    difference, low, high = mover((0.5, 0.4, 0.6), (0.5, 0.4, 0.6))

    assert difference == 0
    assert low == pytest.approx(-high)


@given(
    st.lists(st.integers(0, 30), min_size=1, max_size=120),
    st.sampled_from([0.5, 0.95, 0.25]),
)
def test_quantile_intervals_are_those_of_scipy(values: list[int], share: float) -> None:
    e = quantile(values, share=share)
    ends: Any = stats.quantile_test(values, p=share).confidence_interval()

    assert e.value == pytest.approx(np.quantile(values, share))
    if e.low is None:
        assert np.isnan(ends.low) or np.isnan(ends.high)
    else:
        assert (e.low, e.high) == (ends.low, ends.high)


@pytest.mark.parametrize(("share", "n"), [(0.5, 6), (0.95, 72)])
def test_a_quantile_has_an_interval_from_so_many_calls_on(share: float, n: int) -> None:
    assert calls_for_quantile(share, 0.05) == n
    assert quantile(range(n), share=share).low is not None
    fewer = quantile(range(n - 1), share=share)
    assert (fewer.low, fewer.why) == (None, f"an interval needs {n} calls")


def test_nothing_has_no_quantile() -> None:
    assert quantile([]).why == "there is nothing to measure"


@given(st.lists(st.floats(0, 1e6), min_size=6, max_size=60))
def test_the_interval_of_a_median_holds_it(values: list[float]) -> None:
    e = quantile(values)

    assert known(e.low) <= known(e.value) <= known(e.high)

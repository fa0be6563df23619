"""A share against what was predicted of it: errors are computed exactly, over all outcomes."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, fisher_exact

from lib.analysis.predicted_share import PredictedShare, log_binomial, predicted_share

ALPHA = 0.05 / 11
N = 16


@cache
def result(hits: int, baseline: int) -> PredictedShare:
    return predicted_share(hits, N, baseline, N, alpha=ALPHA)


def chance(event: str, share: float, baseline_share: float) -> float:
    """How often `effect` or `no_effect` is said, if calls and baseline have these shares."""
    total = 0.0
    for hits in range(N + 1):
        for baseline in range(N + 1):
            found = result(hits, baseline)
            effect = found.p <= ALPHA
            no_effect = not effect and found.ratio >= 100 and found.power >= 0.8
            if effect if event == "effect" else no_effect:
                weight = binom.pmf(hits, N, share) * binom.pmf(baseline, N, baseline_share)
                total += float(weight)
    return total


@pytest.mark.parametrize("baseline", [0.0, 0.05, 0.2, 0.4, 0.6, 0.8, 0.95])
@pytest.mark.parametrize("works_in", [0.75, 0.8, 0.9, 1.0])
def test_a_setting_that_works_is_called_ignored_in_at_most_one_case_of_a_hundred(
    works_in: float, baseline: float
) -> None:
    assert chance("no_effect", works_in, baseline) <= 0.01


@pytest.mark.parametrize("share", [0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.98])
def test_a_setting_that_does_nothing_shows_an_effect_no_more_often_than_alpha(share: float) -> None:
    assert chance("effect", share, share) <= ALPHA


def test_where_answers_vary_both_cases_are_nearly_always_told_apart() -> None:
    assert chance("effect", 0.9, 0.1) > 0.95
    assert chance("no_effect", 0.1, 0.1) > 0.95


def test_where_answers_hardly_vary_nothing_is_said() -> None:
    found = predicted_share(16, 16, 15, 16, alpha=ALPHA)

    assert found.power < 0.1
    assert found.p > 0.4


@given(st.integers(1, 30), st.integers(1, 30), st.data())
def test_p_is_that_of_fishers_exact_test(n: int, m: int, data: st.DataObject) -> None:
    hits, baseline = data.draw(st.integers(0, n)), data.draw(st.integers(0, m))

    found = predicted_share(hits, n, baseline, m, alpha=0.05)

    table = np.array([[hits, n - hits], [baseline, m - baseline]])
    assert found.p == pytest.approx(fisher_exact(table, alternative="greater").pvalue)
    assert found.ratio > 0
    assert 0 <= found.power <= 1
    assert 0 <= found.low <= hits / n <= found.high <= 1


def test_the_ratio_by_hand() -> None:
    found = predicted_share(0, 2, 0, 1, alpha=0.05)

    # Of no effect: beta-binomial of 0 in 2 after 0 in 1, (3/2)(5/2) / ((2)(3)) = 0.625. Of the
    # predicted one: (1/4)^2, the best that a share of three quarters or more can do.
    assert found.ratio == pytest.approx(0.625 / 0.0625)


def test_a_binomial_probability_of_nothing_is_minus_infinity() -> None:
    assert log_binomial(3, 5, 0.5) == pytest.approx(math.log(10 / 32))
    assert log_binomial(0, 5, 1.0) == -math.inf
    assert log_binomial(5, 5, 1.0) == 0

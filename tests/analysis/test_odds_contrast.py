"""Two opposite settings against each other: exact, over all outcomes of the median split."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import fisher_exact, nchypergeom_fisher

from lib.analysis.odds_contrast import OddsContrast, odds_contrast

ALPHA = 0.05 / 11
N = 20


def split(above: int) -> OddsContrast:
    """So many of the first group above the median of both, and the rest of the second."""
    higher = [1.0] * above + [0.0] * (N - above)
    lower = [1.0] * (N - above) + [0.0] * above
    return odds_contrast(higher, lower, alpha=ALPHA)


@pytest.mark.parametrize("odds", [16, 50, 1000])
def test_the_predicted_effect_is_called_none_in_at_most_one_case_of_a_hundred(odds: float) -> None:
    wrong = 0.0
    for above in range(N + 1):
        found = split(above)
        if found.p > ALPHA and found.ratio >= 100 and found.power >= 0.8:
            wrong += float(nchypergeom_fisher.pmf(above, 2 * N, N, N, odds))
    assert wrong <= 0.01


def test_no_effect_shows_one_no_more_often_than_alpha() -> None:
    chances = [float(nchypergeom_fisher.pmf(above, 2 * N, N, N, 1)) for above in range(N + 1)]
    alarms = [p for above, p in enumerate(chances) if split(above).p <= ALPHA]

    assert sum(alarms) <= ALPHA


def test_p_is_that_of_fishers_exact_test() -> None:
    found = odds_contrast([5, 6, 7, 1], [2, 3, 1, 1], alpha=ALPHA)

    assert (found.above, found.other_above) == (3, 1)
    table = np.array([[3, 1], [1, 3]])
    assert found.p == pytest.approx(fisher_exact(table, alternative="greater").pvalue)


def test_equal_values_say_nothing() -> None:
    found = odds_contrast([0.5] * 9, [0.5] * 9, alpha=ALPHA)

    assert (found.p, found.power) == (1.0, 0.0)
    assert found.ratio == pytest.approx(1)


values = st.lists(st.floats(0, 1), min_size=1, max_size=15)


@given(values, values)
def test_all_that_is_told_is_in_range(higher: list[float], lower: list[float]) -> None:
    found = odds_contrast(higher, lower, alpha=0.05)

    assert 0 < found.p <= 1
    assert found.ratio >= 0
    assert 0 <= found.power <= 1
    assert (found.n, found.other_n) == (len(higher), len(lower))

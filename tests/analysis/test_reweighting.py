"""Draws at a temperature beside probabilities at 1: errors by simulation."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import binom

from lib.analysis.reweighting import reweighting

ALPHA = 0.05 / 11
SIZE = 2000
ROUNDS = 150
CALLS = 16


def falling(exponent: float, head: float | None = None) -> NDArray[np.float64]:
    shares = np.arange(1, SIZE + 1, dtype=np.float64) ** -exponent
    if head is not None:
        shares[1:] *= (1 - head) / shares[1:].sum()
        shares[0] = head
    return np.asarray(shares / shares.sum())


DISTRIBUTIONS = {
    "sure of one token": falling(1.3, head=0.9),
    "steep": falling(2.0),
    "long tail": falling(1.2),
    "six equal tokens": np.repeat([1 / 6, 0.0], [6, SIZE - 6]),
}


def said(name: str, works_in: float, seed: int) -> Counter[str]:
    """What is said of temperature 2, if it acts in this share of calls."""
    p, rng = DISTRIBUTIONS[name], np.random.default_rng(seed)
    hot = np.sqrt(p) / np.sqrt(p).sum()
    shares = works_in * hot + (1 - works_in) * p
    reported = {str(i): float(p[i]) for i in np.argsort(-p)[:20] if p[i] > 0}
    outcomes: Counter[str] = Counter()
    for _ in range(ROUNDS):
        drawn = Counter(map(str, rng.choice(SIZE, CALLS, p=shares)))
        found = reweighting(drawn, reported, 2.0, alpha=ALPHA, simulations=999)
        assert found is not None
        if found.p <= ALPHA:
            outcomes["effect"] += 1
        elif found.ratio >= 100 and found.power >= 0.8:
            outcomes["no effect"] += 1
    return outcomes


@pytest.mark.parametrize("name", DISTRIBUTIONS)
@pytest.mark.parametrize("works_in", [1.0, 0.8])
def test_a_temperature_that_works_is_called_clamped_in_at_most_one_case_of_a_hundred(
    name: str, works_in: float
) -> None:
    assert said(name, works_in, seed=1)["no effect"] <= binom.ppf(0.99, ROUNDS, 0.01)


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_a_clamped_temperature_shows_an_effect_no_more_often_than_alpha(name: str) -> None:
    assert said(name, 0.0, seed=2)["effect"] <= binom.ppf(0.999, ROUNDS, ALPHA)


def test_where_the_effect_is_large_both_are_mostly_told_apart() -> None:
    assert said("sure of one token", 1.0, seed=3)["effect"] > 0.95 * ROUNDS
    assert said("sure of one token", 0.0, seed=3)["no effect"] > 0.6 * ROUNDS


def test_where_temperature_changes_nothing_nothing_is_said() -> None:
    assert said("six equal tokens", 1.0, seed=4)["no effect"] == 0


def test_without_draws_or_without_a_second_cell_there_is_no_test() -> None:
    assert reweighting({}, {"a": 0.5, "b": 0.5}, 2.0, alpha=ALPHA) is None
    assert reweighting({"a": 3}, {"a": 1.0}, 2.0, alpha=ALPHA) is None


def test_a_token_that_was_not_reported_counts_for_the_rest() -> None:
    found = reweighting({"z": 10}, {"a": 0.98, "b": 0.01}, 2.0, alpha=ALPHA)

    assert found is not None
    assert (found.n, found.reported_draws) == (10, 0)
    assert found.p <= 1e-3

"""Answers at two temperatures, without any probability: errors by simulation."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from scipy.stats import binom

from lib.analysis.flattening import flattening
from tests.analysis.test_reweighting import falling

ALPHA = 0.05 / 11
ROUNDS = 60


def said(works_in: float, *, at_one: int, hot: int, seed: int) -> Counter[str]:
    p, rng = falling(1.3, head=0.7), np.random.default_rng(seed)
    flat = np.sqrt(p) / np.sqrt(p).sum()
    shares = works_in * flat + (1 - works_in) * p
    outcomes: Counter[str] = Counter()
    for _ in range(ROUNDS):
        one, other = (
            [str(x) for x in rng.choice(len(p), n, p=q)] for n, q in ((at_one, p), (hot, shares))
        )
        found = flattening(one, other, 2.0, alpha=ALPHA, permutations=499)
        if found.p <= ALPHA:
            outcomes["effect"] += 1
        elif found.ratio >= 100 and found.power >= 0.8:
            outcomes["no effect"] += 1
    return outcomes


@pytest.mark.parametrize(("at_one", "hot"), [(8, 16), (40, 80)])
def test_a_temperature_that_works_is_not_called_clamped(at_one: int, hot: int) -> None:
    assert said(0.8, at_one=at_one, hot=hot, seed=1)["no effect"] == 0


def test_a_clamped_temperature_shows_no_effect_and_with_many_calls_is_seen() -> None:
    outcomes = said(0.0, at_one=40, hot=80, seed=2)

    assert outcomes["effect"] <= binom.ppf(0.999, ROUNDS, ALPHA)
    assert outcomes["no effect"] > ROUNDS / 2


def test_the_collision_probabilities_are_those_of_the_pairs() -> None:
    found = flattening(["a", "a", "b"], ["a", "b", "c", "c"], 2.0, alpha=ALPHA, permutations=99)

    assert found.collision_one == pytest.approx(1 / 3)
    assert found.collision == pytest.approx(1 / 6)
    assert (found.n_one, found.n) == (3, 4)


def test_equal_answers_say_nothing() -> None:
    found = flattening(["a"] * 8, ["a"] * 16, 2.0, alpha=ALPHA, permutations=99)

    assert (found.p, found.power) == (1.0, 0.0)
    assert found.ratio == pytest.approx(1)

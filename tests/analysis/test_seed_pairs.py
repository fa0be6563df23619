"""Pairs of calls under one seed: exact where all match, by permutation elsewhere."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from lib.analysis.seed_pairs import seed_pairs

ALPHA = 0.05 / 11


def pairs(k: int, matching: int) -> tuple[list[str], list[str]]:
    """All answers differ, but for the matching pairs."""
    first = [f"a{i}" for i in range(k)]
    return first, [first[i] if i < matching else f"b{i}" for i in range(k)]


def test_ten_of_ten_distinct_pairs_match_by_chance_in_one_of_ten_factorial() -> None:
    found = seed_pairs(*pairs(10, 10), alpha=ALPHA)

    assert found.p == pytest.approx(1 / math.factorial(10))
    assert (found.matches, found.chance, found.power) == (10, 0.0, 1.0)


def test_equal_answers_everywhere_say_nothing_of_a_seed() -> None:
    found = seed_pairs(["x"] * 8, ["x"] * 8, alpha=ALPHA)

    assert (found.p, found.power, found.chance) == (1.0, 0.0, 1.0)


def test_p_is_that_of_counting_permutations() -> None:
    found = seed_pairs(*pairs(4, 2), alpha=ALPHA, permutations=99_999)

    # Of 24 orders of the second answers, 2 keep both matching ones in place.
    assert found.p == pytest.approx(2 / 24, abs=0.003)


@pytest.mark.parametrize("each_works_in", [0.75, 0.8, 0.9, 1.0])
def test_a_seed_that_works_is_called_ignored_in_at_most_one_case_of_a_hundred(
    each_works_in: float,
) -> None:
    wrong = 0.0
    for matching in range(11):
        found = seed_pairs(*pairs(10, matching), alpha=ALPHA, permutations=999)
        if found.p > ALPHA and found.ratio >= 100 and found.power >= 0.8:
            wrong += float(binom.pmf(matching, 10, each_works_in**2))
    assert wrong <= 0.01


def test_a_seed_that_does_nothing_shows_an_effect_no_more_often_than_alpha() -> None:
    draw, alarms, rounds = random.Random(1), 0, 400
    for _ in range(rounds):
        first, second = (
            draw.choices("abcdefgh", weights=[8, 4, 2, 2, 1, 1, 1, 1], k=10) for _ in "12"
        )
        alarms += seed_pairs(first, second, alpha=0.05, permutations=199).p <= 0.05
    assert alarms <= binom.ppf(0.999, rounds, 0.05)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=2, max_size=12))
def test_all_that_is_told_is_in_range(answers: list[tuple[str, str]]) -> None:
    first, second = ([each[i] for each in answers] for i in (0, 1))
    found = seed_pairs(first, second, alpha=0.05, permutations=99)

    assert 0 < found.p <= 1
    assert found.ratio >= 0
    assert found.power in {0.0, 1.0}
    assert 0 <= found.chance <= 1

"""Similarity: its definition, its weights, its limits, and where outputs part."""

from itertools import combinations
from statistics import mean

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from lib.analysis import similarity
from lib.analysis.divergence import first_divergence, together
from lib.analysis.similarity import Spelled, mean_similarity, paired, similarities, spelled
from lib.analysis.tokens import tokens
from tests.analysis.known import known

some = st.sampled_from(["", "a", "a b", "a b c", "b c", "x y z"])
texts = st.lists(some, min_size=3, max_size=30)


def only(outputs: list[str]) -> Spelled:
    return spelled([outputs])[0]


def test_similarity_is_one_less_the_edit_distance_in_tokens_by_the_longer() -> None:
    parts = only(["the red apple", "the apple", "", "a"])

    s = similarities(parts, parts)

    assert s[0, 1] == pytest.approx(2 / 3)  # one of three tokens taken out
    assert s[0, 2] == 0  # one empty
    assert s[2, 2] == 1  # both empty
    assert np.array_equal(s, s.T)


@given(texts)
def test_the_mean_is_that_over_all_pairs_of_calls(outputs: list[str]) -> None:
    def alike(a: str, b: str) -> float:
        x, y = tokens(a), tokens(b)
        return 1 - Levenshtein.distance(x, y) / max(len(x), len(y), 1)

    e = mean_similarity(only(outputs))

    assert e.value == pytest.approx(mean(alike(a, b) for a, b in combinations(outputs, 2)))


@given(texts)
def test_the_interval_holds_the_mean_and_stays_in_range(outputs: list[str]) -> None:
    e = mean_similarity(only(outputs))

    if e.low is None:
        assert e.why == "an interval isn't estimable: all pairs are equally alike"
    else:
        assert 0 <= e.low <= known(e.value) <= known(e.high) <= 1


def test_pairs_that_are_all_equally_alike_have_no_interval() -> None:
    e = mean_similarity(only(["a x", "a y", "a z"]))

    assert (e.value, e.low, e.high) == (0.5, None, None)
    assert e.why == "an interval isn't estimable: all pairs are equally alike"


def test_unlike_outputs_have_an_upper_limit_from_disjoint_pairs() -> None:
    e = mean_similarity(only(list("abcdefghij")))

    assert (e.value, e.low) == (0, 0)
    assert e.high == pytest.approx(1 - 0.05 ** (1 / 5))


def test_equal_outputs_have_the_lower_limit_of_the_collision_probability() -> None:
    e = mean_similarity(only(["a b"] * 10))

    assert (e.value, e.high) == (1, 1)
    assert e.low == pytest.approx(0.05 ** (2 / 10))


def test_beyond_the_cap_the_first_calls_are_used_and_it_says_so() -> None:
    part = paired(only([f"w{i}" for i in range(50)]), most_distinct=20)

    e = mean_similarity(part)

    assert e.n == 20
    assert e.method.startswith("token edit similarity, U-statistic, first 20 of 50 calls")


def test_the_longer_the_outputs_the_fewer_calls_are_paired() -> None:
    outputs = only([f"w{i} " + "x " * 3999 for i in range(100)])

    part = paired(outputs)

    # 28 of 4,000 tokens: 28^2 / 2 * 4000^2 / 64 = 0.98e8 steps.
    assert (outputs.n, part.n) == (100, 28)
    assert part.caps == ", first 28 of 100 calls"


def test_many_calls_of_few_outputs_are_all_used() -> None:
    part = paired(only(["a", "b"] * 100), most_distinct=20)

    assert (part.n, part.caps) == (200, "")


def test_long_outputs_are_cut_and_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(similarity, "MOST_TOKENS", 3)

    part = only(["a b c d", "a b c e", "x"])

    assert part.counts.tolist() == [2, 1]  # equal in their first three tokens
    assert part.caps == ", 2 outputs cut at 3 tokens"


def test_configurations_are_spelled_in_one_alphabet() -> None:
    a, b = spelled([["red apple"], ["apple red", "red apple"]])

    assert similarities(a, b).tolist() == [[0, 1]]


def test_outputs_part_at_the_first_token_that_differs_or_at_the_end_of_the_shorter() -> None:
    part = only(["a b c", "a b d", "a b", "x"])

    # Shared: abc-abd 2, abc-ab 2, abd-ab 2, x with each 0.
    assert [together(part, t).u for t in range(5)] == pytest.approx([1, 0.5, 0.5, 0, 0])
    assert first_divergence(part).value == 0  # half of all pairs have parted at once


@given(texts)
def test_the_median_of_shared_tokens_is_that_over_pairs(outputs: list[str]) -> None:
    def shared(a: str, b: str) -> float:
        x, y = tokens(a), tokens(b)
        if x == y:
            return float("inf")
        parted = (i for i, (p, q) in enumerate(zip(x, y, strict=False)) if p != q)
        return next(parted, min(len(x), len(y)))

    ranked = sorted(shared(a, b) for a, b in combinations(outputs, 2))
    median = ranked[(len(ranked) - 1) // 2]  # the smallest t that half of all pairs don't pass

    e = first_divergence(only(outputs))

    if median == float("inf"):
        assert (e.value, e.why) == (None, "more than half of all pairs are equal, and never part")
    else:
        assert e.value == median
        assert known(e.low) <= median
        assert e.high is None or e.high >= median


def test_staying_together_is_a_collision_probability_of_beginnings() -> None:
    part = only(["a b", "a c", "a c"])

    assert together(part, 1).u == 1
    assert together(part, 2).u == pytest.approx(1 / 3)

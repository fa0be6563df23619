"""Along the answers: entropy after the same beginning, and who is still together."""

from __future__ import annotations

from itertools import combinations
from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.analysis.along import entropies, reported, together
from lib.analysis.branching import Tree, Unit, branching
from lib.domain.positions import Position
from lib.domain.vocabulary import TokenProbability
from tests.analysis.test_branching import paths


def tree_of(answers: dict[str, list[str]]) -> Tree:
    return branching({n: [Unit(key, key) for key in path] for n, path in answers.items()})


def test_an_insertion_does_not_put_later_places_out_of_step() -> None:
    found = entropies(
        tree_of({"1": list("abc"), "2": list("abc"), "3": list("xab"), "4": list("xab")})
    )

    assert [(each.at, each.n) for each in found] == [(0, 4), (1, 4), (2, 4)]
    assert [each.entropy for each in found] == pytest.approx([log(2), 0, 0])


def test_together_falls_where_answers_part() -> None:
    found = together(tree_of({"1": list("ab"), "2": list("ac"), "3": list("ad")}), most=9)

    assert [(each.steps, each.value) for each in found] == [(1, 1.0), (2, 0.0)]
    assert together(tree_of({"1": list("ab")}), most=9) == []


@given(paths, st.integers(1, 10))
def test_together_is_the_share_of_pairs_with_equal_beginnings(
    answers: dict[str, list[str]], most: int
) -> None:
    if len(answers) < 2:
        return
    pairs = list(combinations(answers.values(), 2))

    for each in together(tree_of(answers), most=most):
        same = sum(a[: each.steps] == b[: each.steps] for a, b in pairs)
        assert each.value == pytest.approx(same / len(pairs))
        if each.low is not None and each.high is not None:
            assert each.low - 1e-9 <= each.value <= each.high + 1e-9


@given(paths)
def test_entropy_at_a_place_is_that_of_the_next_steps_by_their_beginning(
    answers: dict[str, list[str]],
) -> None:
    for place in entropies(tree_of(answers)):
        ways: dict[tuple[str, ...], list[str]] = {}
        for path in answers.values():
            if len(path) >= place.at:
                step = path[place.at] if len(path) > place.at else "end"
                ways.setdefault(tuple(path[: place.at]), []).append(step)
        several = [steps for steps in ways.values() if len(steps) > 1 and set(steps) != {"end"}]
        total = 0.0
        for steps in several:
            shares = [steps.count(step) / len(steps) for step in set(steps)]
            total -= len(steps) * sum(share * log(share) for share in shares)
        n = sum(len(steps) for steps in several)
        assert place.n == n
        assert place.entropy == pytest.approx(total / n, abs=1e-9)


def test_the_models_own_entropy_is_the_mean_of_bounds() -> None:
    def at(*top: float) -> Position:
        others = tuple(TokenProbability(str(n), str(n), log(q)) for n, q in enumerate(top))
        return Position(text="x", key="0", raw=b"x", logprob=log(top[0]), top=others)

    found = reported([[at(0.5, 0.5)], [at(1.0), at(1.0)]], most=9)

    assert [(each.at, each.n) for each in found] == [(0, 2), (1, 1)]
    assert found[0].low == found[0].high == pytest.approx(log(2) / 2)

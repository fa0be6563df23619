"""What-if on a whole distribution: against enumeration, and by what must always hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations
from math import exp, fsum, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.analysis.next_token import NextToken, next_token
from lib.analysis.sampling import expected_under
from lib.analysis.what_if import ORDERS, Step, what_if
from lib.domain.settings import Settings
from lib.domain.vocabulary import TokenProbability

STEPS: tuple[Step, ...] = ORDERS["embedded"]


def distribution(*shares: float) -> NextToken:
    total = fsum(shares)
    found = next_token(
        [TokenProbability(f"t{n}", str(n), log(share / total)) for n, share in enumerate(shares)]
    )
    assert found is not None
    return found


def by_hand(shares: Sequence[float], settings: Settings, order: Sequence[Step]) -> list[float]:
    """The same as a reader of the definitions would do it, in plain arithmetic."""
    q = [share / fsum(shares) for share in sorted(shares, reverse=True)]
    for step in order:
        match step:
            case "temperature" if settings.temperature == 0:
                q = [1.0] + [0.0] * (len(q) - 1)
            case "temperature" if settings.temperature is not None:
                q = [each ** (1 / settings.temperature) for each in q]
            case "top_k" if settings.top_k is not None:
                q = [each if place < settings.top_k else 0.0 for place, each in enumerate(q)]
            case "top_p" if settings.top_p is not None and settings.top_p < 1:
                kept, reached = [], 0.0
                for place, each in enumerate(q):
                    stays = place == 0 or reached < settings.top_p
                    kept.append(each if stays else 0.0)
                    reached += each
                q = kept
            case "min_p" if settings.min_p:
                q = [each if each >= q[0] * settings.min_p else 0.0 for each in q]
        q = [each / fsum(q) for each in q]
    return q


def test_temperature_first_widens_the_nucleus_and_temperature_last_does_not() -> None:
    shares = distribution(0.5, 0.3, 0.15, 0.05)
    hot = Settings(temperature=2, top_p=0.79)

    first = what_if(shares, hot, ORDERS["embedded"])
    last = what_if(shares, hot, ORDERS["llama_cpp"])

    # By hand: roots 0.707, 0.548, 0.387, 0.224 of 1.866: with 0.379, 0.294 and 0.208 it is reached.
    assert first.kept == 3
    assert last.kept == 2
    assert last.after[:2] == pytest.approx([0.5635, 0.4365], abs=1e-4)
    assert first.cumulative[:3] == pytest.approx([0.3789, 0.6725, 0.8801], abs=1e-4)


def test_each_step_says_what_it_took() -> None:
    found = what_if(
        distribution(0.4, 0.3, 0.2, 0.08, 0.02), Settings(top_k=4, top_p=0.9, min_p=0.6)
    )

    assert [(cut.step, cut.tokens) for cut in found.cuts] == [
        ("top_k", 1),
        ("top_p", 1),
        ("min_p", 1),
    ]
    assert [cut.mass for cut in found.cuts] == pytest.approx([0.02, 0.08 / 0.98, 0.2 / 0.9])
    assert found.kept == 2
    assert [found.cut_by(place) for place in range(5)] == [None, None, "min_p", "top_p", "top_k"]


def test_temperature_zero_leaves_the_likeliest_alone() -> None:
    for order in ORDERS.values():
        found = what_if(distribution(0.5, 0.3, 0.2), Settings(temperature=0), order)
        assert found.after.tolist() == [1, 0, 0]
        assert found.entropy_after == 0


def test_a_token_far_below_the_top_moves_the_numbers() -> None:
    """Nothing is computed from the top alone: the 500th of 5,000 tokens counts."""
    shares = [1 / (place + 1) for place in range(5_000)]
    other = [share * 400 if place == 500 else share for place, share in enumerate(shares)]
    hot = Settings(temperature=1.5)

    one, two = what_if(distribution(*shares), hot), what_if(distribution(*sorted(other)[::-1]), hot)

    assert abs(one.after[0] - two.after[0]) > 1e-4
    assert abs(one.entropy_after - two.entropy_after) > 1e-4


def test_a_very_low_temperature_does_not_underflow() -> None:
    found = what_if(distribution(0.5, 0.4999, 1e-9), Settings(temperature=0.01))

    assert found.after.sum() == pytest.approx(1)
    assert found.after[1] / found.after[0] == pytest.approx((0.4999 / 0.5) ** 100)


some = st.lists(st.floats(1e-6, 1), min_size=1, max_size=40)
settings = st.builds(
    Settings,
    temperature=st.one_of(st.none(), st.floats(0.2, 2)),
    top_k=st.one_of(st.none(), st.integers(1, 50)),
    top_p=st.one_of(st.none(), st.floats(0, 1)),
    min_p=st.one_of(st.none(), st.floats(0, 1)),
)
orders = st.sampled_from(list(permutations(STEPS)))


def near_a_cut(shares: Sequence[float], asked: Settings, order: Sequence[Step]) -> bool:
    """Whether rounding alone decides who stays: then two right programs may differ."""
    for factor in (1 - 1e-9, 1 + 1e-9):
        moved = replace(
            asked,
            top_p=None if asked.top_p is None else min(1.0, asked.top_p * factor),
            min_p=None if asked.min_p is None else min(1.0, asked.min_p * factor),
        )
        kept = [sum(each > 0 for each in by_hand(shares, now, order)) for now in (asked, moved)]
        if kept[0] != kept[1]:
            return True
    return False


@given(some, settings, orders)
def test_it_is_what_the_definitions_say_in_every_order(
    shares: list[float], asked: Settings, order: tuple[Step, ...]
) -> None:
    if near_a_cut(shares, asked, order):
        return
    found = what_if(distribution(*shares), asked, order)

    assert found.after.tolist() == pytest.approx(by_hand(shares, asked, order), abs=1e-9)


@given(some, settings)
def test_in_the_embedded_models_order_it_is_the_distribution_that_draws_are_held_to(
    shares: list[float], asked: Settings
) -> None:
    q = distribution(*shares)
    expected = expected_under(asked, q.tokens)
    assert expected is not None
    after = what_if(q, asked).after

    assert dict(zip([each.key for each in q.tokens], after.tolist(), strict=True)) == pytest.approx(
        {each.key: expected.get(each.key, 0.0) for each in q.tokens}, abs=1e-9
    )


@given(some, settings, orders)
def test_what_is_left_is_a_distribution_over_a_beginning(
    shares: list[float], asked: Settings, order: tuple[Step, ...]
) -> None:
    found = what_if(distribution(*shares), asked, order)

    assert found.after.sum() == pytest.approx(1)
    assert np.all(np.diff(found.after) <= 1e-12)
    assert np.count_nonzero(found.after[found.kept :]) == 0
    assert sum(cut.tokens for cut in found.cuts) == len(shares) - found.kept


@given(some)
def test_nothing_set_changes_nothing(shares: list[float]) -> None:
    found = what_if(distribution(*shares), Settings())

    assert found.after == pytest.approx(found.before)
    assert found.cuts == ()


def test_what_is_no_log_probability_is_left_out() -> None:
    odd = [TokenProbability("a", "1", log(0.5)), TokenProbability("b", "2", -9999.0)]

    found = next_token(odd)

    assert found is not None
    assert [each.token for each in found.tokens] == ["a"]
    assert not found.whole
    assert next_token(odd[1:]) is None
    assert exp(found.logs[0]) == pytest.approx(0.5)

"""Costs: what is known of a sum, from below and from above."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lib.domain.cost import NOTHING, Cost, Unknown, exactly, in_dollars, somewhere_below

amounts = some.decimals(0, 1000, places=9)
costs = some.one_of(
    some.builds(exactly, amounts),
    some.builds(somewhere_below, amounts, some.just("not reported")),
    some.builds(somewhere_below, some.builds(Unknown, some.just("no price")), some.just("")),
)


@given(some.lists(costs))
def test_a_sum_is_known_only_where_every_part_is(parts: list[Cost]) -> None:
    total = sum(parts, NOTHING)

    assert (total.usd is None) == any(part.usd is None for part in parts)
    assert (total.why is None) == (total.usd is not None)
    assert total.at_least == sum(part.at_least for part in parts)
    if total.at_most is not None:
        assert total.at_least <= total.at_most


@given(costs, costs)
def test_what_was_spent_never_falls(before: Cost, more: Cost) -> None:
    after = before + more

    assert after.at_least >= before.at_least
    if after.at_most is not None:
        assert before.at_most is not None
        assert after.at_most >= before.at_most


def test_what_costs_nothing_at_worst_is_known() -> None:
    assert somewhere_below(Decimal(0), "not reported").usd == 0


@pytest.mark.parametrize(
    ("usd", "words"),
    [
        ("0", "$0"),
        ("1234.5", "$1,234.50"),
        ("1", "$1.00"),
        ("0.25", "$0.25"),
        ("0.251", "$0.26"),
        ("0.0251", "$0.026"),
        ("0.00001234", "$0.000013"),
    ],
)
def test_amounts_are_written_with_two_digits_that_say_something(usd: str, words: str) -> None:
    assert in_dollars(Decimal(usd)) == words


@given(some.decimals("0.000001", 10**6, places=9))
def test_an_amount_is_never_told_as_less_than_it_is(usd: Decimal) -> None:
    assert Decimal(in_dollars(usd)[1:].replace(",", "")) >= usd

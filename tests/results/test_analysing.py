"""An analysis that goes on: its numbers at once, its comparisons when they are done."""

from __future__ import annotations

import pytest

from lib.analysis.comparison import MOST_ALL_PAIRS
from lib.analysis.groups import Group
from lib.analysis.summary import analyse
from lib.domain.errors import InputError
from lib.results.analysing import Analysing
from tests.analysis.maker import group

LONG_S = 60.0


def spread(count: int) -> list[Group]:
    return [group([f"answer {i % (k + 1)}" for i in range(8)], name=f"{k}") for k in range(count)]


def test_it_ends_with_the_same_analysis_as_if_it_had_been_waited_for() -> None:
    groups = spread(3)

    made = Analysing(groups)

    assert made.described.comparisons == ()
    assert [each.samples for each in made.described.configurations] == [8, 8, 8]
    assert made.whole(within_s=LONG_S) == analyse(groups)
    assert (made.done, made.pairs) == (3, 3)


def test_beyond_a_dozen_each_is_compared_with_the_first_and_counted_so() -> None:
    many = MOST_ALL_PAIRS + 1

    assert Analysing(spread(many)).pairs == many - 1
    assert Analysing(spread(1)).pairs == 0


def test_two_configurations_of_one_name_are_refused() -> None:
    with pytest.raises(InputError, match="Several configurations are named"):
        Analysing([*spread(1), *spread(1)])

"""Trend along a ladder of a setting: the line, its interval, its p, and its words."""

from collections import Counter
from collections.abc import Sequence
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as given_settings
from hypothesis import strategies as st

from lib.analysis import mover
from lib.analysis.groups import Group
from lib.analysis.ladder import ladder
from lib.analysis.summary import analyse
from lib.analysis.trend import Trend, change, contrast, line, p_value
from lib.analysis.u_statistic import PairMean, agreement
from lib.domain.settings import Settings
from tests.analysis.known import known
from tests.analysis.maker import group


def of(outputs: Sequence[str]) -> PairMean:
    return agreement(np.array(list(Counter(outputs).values()), dtype=float))


def rung(temperature: float | None, outputs: Sequence[str]) -> Group:
    return group(
        outputs, name=f"T = {temperature}", settings=Settings(temperature=temperature, top_p=0.9)
    )


def found(*groups: Group) -> Trend:
    trend = analyse(groups, permutations=999).trend
    assert trend is not None
    return trend


def test_a_ladder_is_put_in_the_order_of_its_setting() -> None:
    (made,) = [ladder([rung(1, "ab"), rung(0, "ab"), rung(0.5, "ab")])]

    assert made is not None
    assert (made.setting, made.values, made.places) == ("temperature", (0, 0.5, 1), (1, 2, 0))
    assert made.words == ("0", "0.5", "1")


@pytest.mark.parametrize(
    "groups",
    [
        [rung(0, "ab"), rung(1, "ab")],
        [rung(0, "ab"), rung(1, "ab"), rung(None, "ab")],
        [rung(0, "ab"), rung(1, "ab"), rung(1, "ab")],
        [rung(0, "ab"), rung(1, "ab"), group("ab", settings=Settings(temperature=2, top_p=1))],
    ],
    ids=["a pair", "one without it", "a value twice", "two settings"],
)
def test_what_is_no_ladder_has_no_trend(groups: list[Group]) -> None:
    assert ladder(groups) is None


def test_words_in_an_order_are_a_ladder() -> None:
    groups = [
        group("ab", name=word, settings=Settings(reasoning_effort=word))
        for word in ("high", "low", "medium")
    ]

    made = ladder(groups)
    assert made is not None
    assert made.words == ("low", "medium", "high")


@given_settings(deadline=None)
@given(
    st.lists(st.floats(-5, 5), min_size=3, max_size=6, unique_by=lambda x: round(x, 2)),
    st.lists(st.floats(0, 1), min_size=6, max_size=6),
)
def test_the_change_is_that_of_the_least_squares_line(x: list[float], y: list[float]) -> None:
    x, y = sorted(x), y[: len(x)]

    slope, at_0 = np.polyfit(x, y, 1)

    assert contrast(x) @ np.array(y) == pytest.approx(slope * (x[-1] - x[0]), abs=1e-8)
    assert line(x, y) == pytest.approx((at_0 + slope * x[0], at_0 + slope * x[-1]), abs=1e-7)


def test_of_two_the_interval_is_that_of_their_difference() -> None:
    a, b = of("AAAB" * 5), of("ABCD" * 5)

    made = change([a, b], contrast([0, 1]), alpha=0.05)

    assert made is not None
    assert mover.difference(b, a, alpha=0.05) == pytest.approx(
        (made.difference, made.low, made.high)
    )


def test_p_is_near_that_of_all_ways_to_deal_the_calls() -> None:
    columns, weights = ["AAA", "AB", "CB"], contrast([0, 1, 2])
    pooled = [text for column in columns for text in column]

    def size(calls: Sequence[str]) -> float:
        parts = calls[:3], calls[3:5], calls[5:]
        return float(abs(sum(c * of(p).u for c, p in zip(weights, parts, strict=True))))

    everything = [size(order) for order in permutations(pooled)]
    exact = np.mean(np.array(everything) >= size(pooled) - 1e-12)

    assert p_value(columns, weights, permutations=20_000) == pytest.approx(exact, abs=0.015)


@given_settings(max_examples=25, deadline=None)
@given(st.lists(st.text("abc", min_size=2, max_size=8), min_size=3, max_size=4))
def test_turned_round_the_ladder_has_the_same_p(columns: list[str]) -> None:
    weights = contrast(range(len(columns)))

    p = p_value(columns, weights, permutations=99)

    assert 0.01 <= p <= 1
    assert p == p_value(columns, -weights, permutations=99)


def test_outputs_that_all_differ_have_no_trend() -> None:
    assert p_value(["abc", "def", "ghi"], contrast([0, 1, 2])) == 1


def test_a_falling_ladder_is_told_with_effect_interval_and_p() -> None:
    trend = found(rung(1, "ABCDEFGH" * 5), rung(0, "A" * 40), rung(0.5, "AAAB" * 10))

    assert trend.verdict == "different"
    assert (trend.setting, trend.values) == ("temperature", ("0", "0.5", "1"))
    assert trend.configurations == ("T = 0", "T = 0.5", "T = 1")
    assert trend.says == (
        "From temperature 0 to 1 outputs agree less often, along a straight line: difference "
        f"{known(trend.change):.2f} (95% CI {known(trend.low):.2f} to {known(trend.high):.2f}), "
        "p=0.001, 3 configurations, N=40 each."
    )
    assert known(trend.low) < known(trend.change) < known(trend.high) < 0


def test_a_flat_ladder_with_many_calls_has_no_trend_beyond_the_margin() -> None:
    trend = found(*(rung(t, "ABCDEFGH" * 25) for t in (0, 0.5, 1)))

    assert trend.verdict == "equivalent"
    assert trend.says.startswith(
        "No difference larger than 0.10 in how often two calls agree, over temperature 0 to 1 (90%"
    )


def test_a_short_ladder_is_left_open() -> None:
    assert found(*(rung(t, "ABCAB" * 2) for t in (0, 0.5, 1))).verdict == "inconclusive"


def test_too_few_answers_or_one_seed_have_no_test() -> None:
    few = found(rung(0, "ABCDE"), rung(0.5, "AB"), rung(1, "ABCDE"))
    assert (few.p, few.verdict) == (None, "describe_only")
    assert few.says == "A trend over temperature needs 5 answers of each, and T = 0.5 has 2."

    seeded = found(
        *(
            group("ABCDE", name=f"{t}", settings=Settings(temperature=t, seed=7))
            for t in (0, 0.5, 1)
        )
    )
    assert seeded.says == "All calls of 0 used one seed: no independent draws."


def test_other_words_that_repeat_as_often_are_no_trend() -> None:
    rungs = [rung(t, [f"{t} {i % 4}" for i in range(40)]) for t in (0, 0.5, 1)]

    assert found(*rungs).verdict == "equivalent"


def test_without_an_effect_a_trend_is_seldom_found() -> None:
    rng, alarms = np.random.default_rng(31), 0
    for run in range(150):
        columns = [[str(i) for i in rng.choice(3, 20, p=[0.6, 0.3, 0.1])] for _ in range(4)]
        weights = contrast([0, 0.5, 1, 1.5])
        ends = change([of(column) for column in columns], weights, alpha=0.05)
        assert ends is not None
        p = p_value(columns, weights, permutations=199, seed=run)
        alarms += p <= 0.05 and not ends.low <= 0 <= ends.high

    assert alarms / 150 <= 0.08

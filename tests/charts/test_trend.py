"""The chart of a ladder: a point for each rung, in the colours of the run, and the tested line."""

from __future__ import annotations

from lib.analysis.summary import analyse
from lib.charts.chart import Chart
from lib.charts.theme import COLOURS, SYMBOLS
from lib.charts.trend import trend
from lib.domain.settings import Settings
from tests.analysis.maker import group
from tests.charts.facts import drawn


def made(*temperatures: float) -> Chart:
    groups = [
        group(
            [f"{i % (1 + int(4 * t))}" for i in range(24)],
            name=f"T = {t:g}",
            settings=Settings(temperature=t),
        )
        for t in temperatures
    ]
    found = analyse(groups, permutations=99)
    agreement = {e.name: e.metrics["collision_probability"] for e in found.configurations}
    assert found.trend is not None
    return trend(found.trend, agreement)


def test_points_stand_at_their_values_in_the_colours_of_the_run() -> None:
    chart = made(1, 0, 0.5)

    line, *points = drawn(chart.figure)["data"]
    assert [(p["x"], p["customdata"]) for p in points] == [
        ([0], [[2]]),
        ([0.5], [[3]]),
        ([1], [[1]]),
    ]
    assert [p["marker"]["color"] for p in points] == [COLOURS[i] for i in (1, 2, 0)]
    assert [p["marker"]["symbol"] for p in points] == [SYMBOLS[i] for i in (1, 2, 0)]
    assert line["x"] == [0, 1]
    assert line["y"][0] > line["y"][1]
    assert all(p["error_y"]["arrayminus"][0] > 0 for p in points)


def test_the_words_and_the_table_are_in_the_order_of_the_setting() -> None:
    chart = made(1, 0, 0.5)

    assert chart.alt.startswith(
        "How often two calls agree, by temperature. temperature 0: 1, between 0.78 and 1, from 24 "
        "calls. temperature 0.5: 0.30, between "
    )
    assert [(row["temperature"], row["configuration"]) for row in chart.table] == [
        ("0", "T = 0"),
        ("0.5", "T = 0.5"),
        ("1", "T = 1"),
    ]

"""Heat map: every cell with its number and interval, in words and as rows as well."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lib.analysis.grid import grid
from lib.charts.heat_map import fill, heat_map, luminance, readable_on
from lib.domain.settings import Settings
from lib.domain.vocabulary import Estimate
from tests.charts.facts import drawn

SWEPT = grid([Settings(temperature=t, top_p=p) for t in (0, 1) for p in (0.5, 1)])
KNOWN = Estimate(0.5, 0.25, 0.75, 20, "x")
UNKNOWN = Estimate(None, None, None, 1, "x", why="needs two calls or more")


def test_cells_say_no_more_than_their_calls_allow() -> None:
    assert SWEPT is not None
    alone = Estimate(0.5, None, None, 2, "x")

    chart = heat_map(SWEPT, [KNOWN, UNKNOWN, alone, KNOWN], metric="Agreement")

    figure = drawn(chart.figure)
    assert [(a["x"], a["y"], a["text"]) for a in figure["layout"]["annotations"]] == [
        (0, 0, "0.50<br>0.25 to 0.75"),
        (1, 0, "not known"),
        (0, 1, "0.50<br>n = 2"),
        (1, 1, "0.50<br>0.25 to 0.75"),
    ]
    (trace,) = figure["data"]
    assert trace["z"] == [[0.5, None], [0.5, 0.5]]
    assert trace["showscale"] is False  # all values are alike: there is no range


def test_small_values_span_all_colours_and_the_range_is_said() -> None:
    assert SWEPT is not None
    values = [Estimate(v, None, None, 9, "x") for v in (0.012, 0.02, 0.03, 0.052)]

    chart = heat_map(SWEPT, values, metric="Agreement")

    (trace,) = drawn(chart.figure)["data"]
    assert (trace["zmin"], trace["zmax"]) == (0.012, 0.052)
    assert trace["colorbar"]["ticktext"] == ["0.01", "0.05"]
    assert "Colours from 0.01 to 0.05." in chart.alt


@given(some.floats(0, 1))
def test_the_text_of_a_cell_can_be_read_on_its_colour(share: float) -> None:
    shade = fill(share)
    text = luminance((255, 255, 255) if readable_on(shade) == "#FFFFFF" else (0, 0, 0))
    light, dark = max(text, luminance(shade)), min(text, luminance(shade))

    assert (light + 0.05) / (dark + 0.05) >= 4.5  # WCAG 2.2, 1.4.3


def test_luminance_is_that_of_the_standard() -> None:
    assert luminance((0, 0, 0)) == 0
    assert luminance((255, 255, 255)) == pytest.approx(1)
    assert luminance((119, 119, 119)) == pytest.approx(0.1845, abs=1e-4)  # #777: 4.48 to white


def test_the_words_and_the_rows_hold_every_cell() -> None:
    assert SWEPT is not None

    chart = heat_map(SWEPT, [KNOWN, UNKNOWN, KNOWN, KNOWN], metric="Agreement")

    assert chart.alt.startswith("Agreement, by temperature and top_p. temperature 0, top_p 0.5: ")
    assert "needs two calls or more" in chart.alt
    assert [(row["temperature"], row["top_p"], row["value"]) for row in chart.table] == [
        (0, 0.5, 0.5),
        (0, 1, None),
        (1, 0.5, 0.5),
        (1, 1, 0.5),
    ]

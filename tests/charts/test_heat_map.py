"""Heat map: every cell with its number and interval, in words and as rows as well."""

from __future__ import annotations

from lib.analysis.grid import grid
from lib.charts.heat_map import heat_map
from lib.domain.settings import Settings
from lib.domain.vocabulary import Estimate

SWEPT = grid([Settings(temperature=t, top_p=p) for t in (0, 1) for p in (0.5, 1)])
KNOWN = Estimate(0.5, 0.25, 0.75, 20, "x")
UNKNOWN = Estimate(None, None, None, 1, "x", why="needs two calls or more")


def test_cells_say_no_more_than_their_calls_allow() -> None:
    assert SWEPT is not None
    alone = Estimate(0.5, None, None, 2, "x")

    chart = heat_map(SWEPT, [KNOWN, UNKNOWN, alone, KNOWN], metric="Agreement", unit=True)

    (trace,) = chart.figure.data
    assert [list(row) for row in trace.text] == [
        ["0.50<br>0.25–0.75", "not known"],
        ["0.50<br>n = 2", "0.50<br>0.25–0.75"],
    ]
    assert [list(row) for row in trace.z] == [[0.5, None], [0.5, 0.5]]
    assert (trace.zmin, trace.zmax) == (0, 1)


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

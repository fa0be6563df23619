"""The charts of lengths: rising to all answers, or a row for each configuration."""

from dataclasses import replace

from lib.charts import length_ranges, lengths
from tests.analysis.maker import group
from tests.charts.facts import drawn
from tests.charts.making import lengthy


def test_lengths_rise_to_all_answers_and_show_the_limit() -> None:
    chart = lengths.lengths([lengthy("A", [4, 2, 4, 8], limit=8, cut=1)])

    figure = drawn(chart.figure)
    (curve,) = figure["data"]
    assert (curve["x"], curve["y"]) == ([2, 2, 4, 8], [0, 25, 75, 100])
    assert curve["line"]["shape"] == "hv"
    assert [(s["x0"], s["x1"]) for s in figure["layout"]["shapes"]] == [(8, 8)]
    (told,) = figure["layout"]["annotations"]
    assert (told["text"], told["y"], told["yanchor"]) == ("max_tokens 8", 1, "bottom")  # above all
    assert curve["customdata"][-1] == [1, "length_tokens", 8]
    assert chart.alt == (
        "Length in tokens, median. “A”: 4 from 4 calls, without an interval; "
        "1 of 4 cut off by a limit."
    )
    assert chart.table[0]["cut_off"] == 1


def test_limits_that_stand_close_share_a_label_and_none_is_lost() -> None:
    limits = [5, 10, 20, 100]

    chart = lengths.lengths([lengthy(f"{n}", [n], limit=n) for n in limits])

    layout = drawn(chart.figure)["layout"]
    assert [a["text"] for a in layout["annotations"]] == ["max_tokens 5, 10, 20", "max_tokens 100"]
    assert [a["xanchor"] for a in layout["annotations"]] == ["left", "right"]  # inside the chart
    assert [s["x0"] for s in layout["shapes"]] == limits


def test_every_length_can_be_clicked_however_many_there_are() -> None:
    chart = lengths.lengths([lengthy("A", list(range(1, 200)))])

    (curve,) = drawn(chart.figure)["data"]
    assert "markers" in curve["mode"]  # a line alone can't be
    assert len(curve["customdata"]) == len(curve["x"])


def test_a_legend_of_many_names_has_room_of_its_own() -> None:
    few, many = (
        lengths.lengths([lengthy(f"configuration {i}", [1]) for i in range(count)])
        for count in (2, 20)
    )

    above = [drawn(chart.figure)["layout"]["margin"]["t"] for chart in (few, many)]
    heights = [drawn(chart.figure)["layout"]["height"] for chart in (few, many)]
    assert above[1] > above[0] + 100
    assert heights[1] - heights[0] == above[1] - above[0]


def test_lengths_of_many_configurations_have_a_row_each() -> None:
    chart = length_ranges.length_ranges(
        [lengthy("A", [1, 2, 3, 4, 10]), replace(lengthy("B", []), planned=5), lengthy("C", [7])]
    )

    figure = drawn(chart.figure)
    assert figure["layout"]["yaxis"]["ticktext"] == ["A (n = 5)", "B (n = 0)", "C (n = 1)"]
    lines = [(t["x"], t["y"]) for t in figure["data"] if t["mode"] == "lines"]
    assert lines == [([1, 10], [0, 0]), ([7, 7], [2, 2])]
    points = [t for t in figure["data"] if t["mode"] == "markers"]
    assert [(t["x"], t["customdata"]) for t in points] == [([3], [[1]]), ([7], [[3]])]
    assert (points[0]["error_x"]["arrayminus"], points[0]["error_x"]["array"]) == ([1], [1])
    assert chart.alt.startswith("Length in tokens, median. “A”: 3 from 5 calls")
    assert chart.table[1]["median"] is None


def test_lengths_are_in_characters_where_any_configuration_has_no_token_counts() -> None:
    chart = lengths.lengths([lengthy("A", [4, 2], limit=8), group(["abc"], name="B")])

    figure = drawn(chart.figure)
    assert figure["layout"]["xaxis"]["title"]["text"] == "Length in characters"
    assert "shapes" not in figure["layout"]  # max_tokens is no number of characters
    assert [row["unit"] for row in chart.table] == ["characters"] * 2

"""The chart of what-if bounds."""

from __future__ import annotations

from math import log

from lib.analysis.next_token import NextToken, next_token
from lib.analysis.what_if_bounds import what_if_bounds
from lib.charts import what_if_bounds as charts
from lib.domain.settings import Settings
from lib.domain.vocabulary import TokenProbability
from tests.charts.facts import drawn


def fruit() -> NextToken:
    found = next_token(
        [TokenProbability(text, text, log(q)) for text, q in {" a": 0.5, " b": 0.3}.items()]
    )
    assert found is not None
    return found


def test_what_is_exact_is_a_point() -> None:
    chart = charts.what_if_bounds(fruit(), what_if_bounds(fruit(), Settings(top_k=1)))

    _, after = drawn(chart.figure)["data"]
    assert after["x"] == [100, 0, 0]
    assert after["error_x"]["array"] == [None, None, None]
    assert drawn(chart.figure)["layout"]["yaxis"]["ticktext"] == ["␣a", "␣b ✂", "not reported"]
    assert chart.alt == (
        "What if: “␣a” 50% before, after 100%; “␣b” 30% before, after 0%; not reported 20% before, "
        "after 0%. All of it is exact."
    )


def test_what_is_not_is_a_line_between_its_bounds() -> None:
    chart = charts.what_if_bounds(
        fruit(), what_if_bounds(fruit(), Settings(temperature=0.8), vocabulary=100)
    )

    _, after = drawn(chart.figure)["data"]
    assert after["marker"]["symbol"][0] == "line-ns-open"
    assert after["error_x"]["array"][0] > 0
    assert chart.table[0]["known"] == "bounds"
    assert "Ranges are certain bounds" in chart.alt


def test_what_cannot_be_known_says_so() -> None:
    chart = charts.what_if_bounds(fruit(), what_if_bounds(fruit(), Settings(temperature=2)))

    figure = drawn(chart.figure)
    assert [each["text"] for each in figure["layout"]["annotations"]] == ["can't be known"] * 3
    assert [row["known"] for row in chart.table] == ["can't be known"] * 3
    assert chart.alt.endswith("can't be known from what was reported.")

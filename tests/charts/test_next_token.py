"""The chart of the next token: what is drawn, said and tabled."""

from __future__ import annotations

from math import log

from lib.analysis.next_token import NextToken, next_token
from lib.analysis.what_if import what_if
from lib.charts import next_token as charts
from lib.domain.settings import Settings
from lib.domain.vocabulary import TokenProbability
from tests.charts.facts import drawn, strings

FRUIT = {" apple": 0.5, " pear": 0.3, "\n": 0.15, "<b>$x$": 0.05}


def fruit() -> NextToken:
    found = next_token([TokenProbability(text, text, log(q)) for text, q in FRUIT.items()])
    assert found is not None
    return found


def test_bars_before_and_after_and_the_line_that_top_p_cuts() -> None:
    asked = Settings(top_p=0.79)
    chart = charts.next_token(fruit(), what_if(fruit(), asked), top_p=0.79, most=3)

    before, after, line = drawn(chart.figure)["data"]
    assert before["x"] == [50, 30, 15, 5]
    assert after["x"] == [62.5, 37.5, None, None]
    assert line["x"] == [50, 80, 95]
    assert line["marker"]["symbol"] == ["circle", "circle", "x"]
    assert before["marker"]["pattern"]["shape"] == ["", "", "/", "/"]
    assert drawn(chart.figure)["layout"]["yaxis"]["ticktext"] == [
        "␣apple",
        "␣pear",
        "↵ ✂",
        "everything else",
    ]
    assert chart.alt == (
        "Next token: “␣apple” 50% before, 62.5% after; “␣pear” 30% before, 37.5% after; "
        "“↵” 15% before, 0% after. 2 of 4 tokens are left. top_p cuts 2 tokens with 20% of the "
        "probability that reaches it. Entropy 1.14 nats before, 0.66 after."
    )
    assert chart.table[2] == {
        "token": "↵",
        "tokens": 1,
        "before": what_if(fruit(), asked).before[2],
        "after": 0.0,
        "added_up": what_if(fruit(), asked).cumulative[2],
        "cut_by": "top_p",
    }
    assert [row["tokens"] for row in chart.table] == [1, 1, 1, 1]


def test_nothing_in_a_token_is_markup() -> None:
    chart = charts.next_token(fruit(), what_if(fruit(), Settings()))

    assert not any("<b>" in text or "$x$" in text for text in strings(drawn(chart.figure)))
    assert "Nothing is cut." in chart.alt


def test_a_logarithmic_axis_shows_the_rare_ones() -> None:
    chart = charts.next_token(fruit(), what_if(fruit(), Settings()), logarithmic=True)

    assert drawn(chart.figure)["layout"]["xaxis"]["type"] == "log"

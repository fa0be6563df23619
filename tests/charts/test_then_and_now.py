"""Then and now: two rows for each configuration, told apart without colour."""

from __future__ import annotations

from lib.charts.then_and_now import then_and_now
from lib.domain.vocabulary import Estimate


def test_rows_words_and_numbers_say_the_same() -> None:
    known = Estimate(0.5, 0.3, 0.7, 20, "U-statistic")
    unknown = Estimate(None, None, None, 1, "collision", "needs two calls or more")

    chart = then_and_now(
        [("<b>A</b>", known, unknown)], metric="Agreement", called=("1 Mar", "2 Apr")
    )

    assert chart.alt == (
        "Agreement. “<b>A</b>”, 1 Mar: 0.50, between 0.30 and 0.70, from 20 calls. "
        "“<b>A</b>”, 2 Apr: not known: needs two calls or more."
    )
    assert [(row["time"], row["value"]) for row in chart.table] == [("1 Mar", 0.5), ("2 Apr", None)]
    labels = chart.figure.layout.yaxis.ticktext
    assert labels == ("&lt;b&gt;A&lt;/b&gt;<br>1 Mar", "&lt;b&gt;A&lt;/b&gt;<br>2 Apr")
    (then,) = chart.figure.data
    assert then.marker.symbol == "circle-open"
    assert then.error_x.array == (0.7 - 0.5,)

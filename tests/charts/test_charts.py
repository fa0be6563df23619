"""Charts: what is drawn, the whole sentence that stands for it, and the numbers behind it."""

from decimal import Decimal

from lib.analysis.proportions import wilson
from lib.charts import cost, finish_reasons, forest, latency, usage
from lib.charts.theme import COLOURS
from lib.domain.cost import NOTHING, UNPRICED, exactly, somewhere_below
from lib.domain.vocabulary import Estimate
from tests.charts.facts import drawn
from tests.charts.making import ended, reasons_chart


def test_finish_reasons_are_stacked_with_their_counts_inside() -> None:
    chart = reasons_chart(ended({"stop": 15, "length": 5}, "A"), ended({"stop": 20}, "B"))

    figure = drawn(chart.figure)
    assert [(t["name"], t["x"], t["text"]) for t in figure["data"]] == [
        ("stop", [75, 100], ["15", "20"]),
        ("length", [25, 0], ["5", ""]),
    ]
    assert figure["layout"]["barmode"] == "stack"
    assert figure["layout"]["yaxis"]["ticktext"] == ["A", "B"]
    assert [t["marker"]["pattern"]["shape"] for t in figure["data"]] == ["", "/"]
    assert chart.alt == "Why answers ended. “A”: stop 15, length 5 of 20. “B”: stop 20 of 20."
    low, high = wilson(0, 20)
    assert chart.table[-1] == {
        "configuration": "B",
        "finish_reason": "length",
        "count": 0,
        "answers": 20,
        "share": 0,
        "low": low,
        "high": high,
    }


def test_a_configuration_without_answers_keeps_its_row() -> None:
    chart = finish_reasons.finish_reasons({"A": {}})

    assert drawn(chart.figure)["layout"]["yaxis"]["ticktext"] == ["A"]
    assert chart.alt == "Why answers ended. “A”: no answers."


def test_a_forest_has_a_point_with_its_interval_for_each_configuration() -> None:
    chart = forest.forest(
        {
            "A": Estimate(0.5, 0.25, 0.75, 20, "m"),
            "B": Estimate(None, None, None, 1, "m", "needs two calls or more"),
            "C": Estimate(None, 6.5, None, 10, "m", "all 10 outputs differ"),
            "D": Estimate(3, None, None, 9, "m", "a count"),
        },
        metric="Effective number of outputs",
    )

    figure = drawn(chart.figure)
    marks = [
        (t["x"], t["y"], t["error_x"]["arrayminus"], t["error_x"]["array"]) for t in figure["data"]
    ]
    assert marks == [
        ([0.5], [0], [0.25], [0.25]),
        ([6.5], [2], [0], [None]),
        ([3], [3], [None], [None]),
    ]
    assert [t["marker"]["symbol"] for t in figure["data"]] == ["circle", "line-ns-open", "cross"]
    assert [t["marker"]["color"] for t in figure["data"]] == [COLOURS[i] for i in (0, 2, 3)]
    assert [a["text"] for a in figure["layout"]["annotations"]] == [
        "not known: needs two calls or more"
    ]
    assert figure["layout"]["yaxis"]["ticktext"] == [
        "A (n = 20)",
        "B (n = 1)",
        "C (n = 10)",
        "D (n = 9)",
    ]
    assert chart.alt == (
        "Effective number of outputs. “A”: 0.50, between 0.25 and 0.75, from 20 calls. "
        "“B”: not known: needs two calls or more. “C”: not known: all 10 outputs differ. "
        "“D”: 3 from 9 calls, without an interval."
    )
    assert chart.table[0] == {
        "configuration": "A",
        "value": 0.5,
        "low": 0.25,
        "high": 0.75,
        "n": 20,
        "method": "m",
        "why": None,
    }


def test_a_probability_shows_all_of_its_scale() -> None:
    chart = forest.forest({"A": Estimate(0.5, 0.4, 0.6, 9, "m")}, metric="p", unit=True)

    assert drawn(chart.figure)["layout"]["xaxis"]["range"] == [-0.02, 1.02]


def test_names_that_are_the_same_once_shortened_keep_their_rows() -> None:
    long = "configuration " * 8
    estimates = {f"{long}{end}": Estimate(0.5, 0.4, 0.6, 9, "m") for end in "XY"}

    figure = drawn(forest.forest(estimates, metric="p").figure)

    assert [t["y"] for t in figure["data"]] == [[0], [1]]
    assert len(set(figure["layout"]["yaxis"]["ticktext"])) == 1
    assert figure["layout"]["yaxis"]["tickvals"] == [0, 1]


def test_latency_has_both_quantiles_where_enough_calls_were_made() -> None:
    known = {
        "median": Estimate(0.5, 0.4, 0.6, 80, "median"),
        "p95": Estimate(0.9, 0.8, 1.5, 80, "95th percentile"),
    }
    few = {
        "median": Estimate(0.5, None, None, 3, "median"),
        "p95": Estimate(None, None, None, 3, "95th percentile", "needs 72 calls"),
    }

    chart = latency.latency({"A": known, "B": few})

    points = [t for t in drawn(chart.figure)["data"] if "customdata" in t]
    assert [(t["x"], round(t["y"][0]), t["customdata"]) for t in points] == [
        ([0.5], 0, [[1]]),
        ([0.5], 1, [[2]]),
        ([0.9], 0, [[1]]),
    ]
    assert [t["name"] for t in drawn(chart.figure)["data"] if t.get("showlegend", True)] == [
        "median",
        "95th percentile",
    ]
    assert chart.alt == (
        "Seconds of a call. “A”: median 0.50, between 0.40 and 0.60, from 80 calls; 95th "
        "percentile 0.90, between 0.80 and 1.50, from 80 calls. “B”: median 0.50 from 3 calls, "
        "without an interval; 95th percentile not known: needs 72 calls."
    )
    assert [(row["configuration"], row["quantile"]) for row in chart.table] == [
        ("A", "median"),
        ("A", "p95"),
        ("B", "median"),
        ("B", "p95"),
    ]


def test_tokens_are_told_by_part_and_what_is_not_reported_is_never_zero() -> None:
    chart = usage.usage(
        {
            "A": {"input_tokens": 100, "output_tokens": 50, "reasoning_tokens": 30},
            "B": {"input_tokens": None, "output_tokens": None, "reasoning_tokens": None},
        },
        {"A": 10, "B": 4},
    )

    bars = {t["name"]: t["x"] for t in drawn(chart.figure)["data"]}
    assert bars == {"input": [10, 0], "output": [2, 0], "reasoning": [3, 0]}
    assert chart.alt == (
        "Tokens of all answers together. “A”: 100 input tokens, 50 output tokens, 30 reasoning "
        "tokens, over 10 calls. “B”: not reported by all of 4 calls."
    )
    assert chart.table[1]["input_tokens"] is None


def test_cost_says_both_its_ends_and_why_it_is_not_known() -> None:
    known, free = exactly(Decimal("0.0123")), NOTHING
    between = somewhere_below(Decimal("0.05"), "one call has no reported usage")

    chart = cost.cost({"A": known, "B": between, "C": UNPRICED, "D": free})

    figure = drawn(chart.figure)
    (bars,) = figure["data"]
    assert (bars["x"], bars["error_x"]["array"]) == ([0.0123, 0, 0, 0], [None, 0.05, None, None])
    assert [(a["y"], a["text"]) for a in figure["layout"]["annotations"]] == [
        (2, "not known"),
        (3, "free"),
    ]
    assert figure["layout"]["xaxis"]["exponentformat"] == "none"  # not 200µ
    assert chart.alt == (
        "Cost of all calls. “A”: $0.013. “B”: $0 to $0.050. “C”: not known, as no price is known. "
        "“D”: free."
    )
    assert [row["at_most_usd"] for row in chart.table] == [0.0123, 0.05, None, 0]

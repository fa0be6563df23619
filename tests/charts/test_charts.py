"""Charts: what is drawn, the whole sentence that stands for it, and the numbers behind it."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from math import log

import pytest

from lib.analysis.first_token import FirstTokens, first_token
from lib.analysis.groups import Group
from lib.analysis.proportions import wilson
from lib.analysis.summary import analyse
from lib.charts import cost, finish_reasons, forest, latency, length_ranges, lengths, usage
from lib.charts.chart import Chart
from lib.charts.first_token import first_tokens, marks
from lib.charts.theme import COLOURS, SYMBOLS, Look, colour, symbol
from lib.domain.cost import NOTHING, UNPRICED, ZERO, Cost, exactly, somewhere_below
from lib.domain.settings import Settings
from lib.domain.vocabulary import Estimate, FinishReason, FirstToken, Usage
from tests.analysis.maker import group, sample, token
from tests.charts.facts import drawn, strings


def ended(counts: Mapping[FinishReason, int], name: str = "A") -> Group:
    reasons = [reason for reason, count in counts.items() for _ in range(count)]
    return group([str(i) for i in range(len(reasons))], reasons=reasons, name=name)


def reasons_chart(*groups: Group) -> Chart:
    found = analyse(groups, final=False)
    return finish_reasons.finish_reasons({s.name: s.finish_reasons for s in found.configurations})


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


def with_tokens(name: str, counts: Mapping[str, int], **settings: float) -> Group:
    shares = {" apple": 0.5, " plum": 0.3, "\n": 0.2}
    top = tuple(token(t, log(share)) for t, share in shares.items())
    own = {t.token: t for t in top}
    drawn_tokens = [t for t, count in counts.items() for _ in range(count)]
    some = group(
        drawn_tokens,
        name=name,
        firsts=[FirstToken(own[t], top) for t in drawn_tokens],
        settings=Settings(**settings),  # type: ignore[arg-type]
    )
    return replace(some, describes="before_sampling")


def tables(*groups: Group) -> dict[str, FirstTokens | None]:
    return {each.name: first_token(each) for each in groups}


def test_first_tokens_are_drawn_beside_what_was_reported_and_is_expected() -> None:
    a = with_tokens("A", {" apple": 10}, temperature=0)
    b = with_tokens("B", {" apple": 5, "\n": 5}, temperature=1)

    charts = first_tokens(tables(a, b))

    both = [drawn(chart.figure) for chart in charts.values()]
    for figure in both:  # the same rows, by what weighs most, and the same scale
        assert figure["layout"]["yaxis"]["ticktext"] == ["␣apple", "↵", "␣plum"]
        assert figure["layout"]["xaxis"]["range"] == [0, 102]
    assert [[(t["name"], t["x"]) for t in figure["data"]] for figure in both] == [
        [("drawn", [100, 0, 0]), ("reported", [50, 20, 30]), ("expected", [100, 0, 0])],
        [("drawn", [50, 50, 0]), ("reported", [50, 20, 30]), ("expected", [50, 20, 30])],
    ]
    assert both[1]["layout"]["annotations"][0]["text"] == "B<br>n = 10"
    assert {row["token"] for row in charts["A"].table} == {" apple", " plum", "\n"}
    assert charts["A"].alt.startswith(
        "First tokens of “A”: ␣apple drawn 10 of 10 (100%, 72% to 100%), reported 50%, "
        "expected 100%;"
    )
    assert marks(tables(a, b)) == (
        "Bars: how many answers began with this token, with the 95% interval. ◇ reported by the "
        "endpoint, before sampling settings. ✕ expected under these settings."
    )


def test_first_words_are_never_called_tokens() -> None:
    some = tables(group(["apple pie"] * 3 + ["pear"]))
    chart = first_tokens(some)["A"]

    figure = drawn(chart.figure)
    assert [t["name"] for t in figure["data"]] == ["first words (not tokens)"]
    assert marks(some) == "Bars: how many answers began with this word, with the 95% interval."
    assert chart.alt == (
        "First words, not tokens of “A”: apple drawn 3 of 4 (75%, 30% to 95%); "
        "pear drawn 1 of 4 (25%, 5% to 70%)."
    )


def test_draws_that_do_not_fit_are_told_in_words() -> None:
    a = with_tokens("A", {" apple": 30, " plum": 30}, temperature=0.2)
    b = with_tokens("B", {" apple": 9, " plum": 1}, temperature=0)

    alt = " ".join(chart.alt for chart in first_tokens(tables(a, b)).values())

    assert "The draws don't follow the expected distribution (p = 0.0001)." in alt
    assert "Something was drawn that these settings make impossible." in alt


def test_a_configuration_without_answers_has_no_panel_and_keeps_the_others_colours() -> None:
    charts = first_tokens(tables(group([], name="A"), group(["x"], name="B")))

    assert list(charts) == ["B"]
    (bars,) = drawn(charts["B"].figure)["data"]
    assert bars["marker"]["color"] == COLOURS[1]
    assert (bars["customdata"], charts["B"].marks) == ([[2, "mark", 0]], (("first_word", "x"),))
    assert first_tokens({}) == {}


def lengthy(name: str, counts: list[int], *, limit: int | None = None, cut: int = 0) -> Group:
    samples = tuple(
        sample("x", i + 1, usage=Usage(1, n), finish_reason="length" if i < cut else "stop")
        for i, n in enumerate(counts)
    )
    some = group(["x"] * len(counts), name=name, settings=Settings(max_tokens=limit))
    return replace(some, samples=samples)


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


def test_lengths_are_in_characters_where_any_configuration_has_no_token_counts() -> None:
    chart = lengths.lengths([lengthy("A", [4, 2], limit=8), group(["abc"], name="B")])

    figure = drawn(chart.figure)
    assert figure["layout"]["xaxis"]["title"]["text"] == "Length in characters"
    assert "shapes" not in figure["layout"]  # max_tokens is no number of characters
    assert [row["unit"] for row in chart.table] == ["characters"] * 2


def test_no_two_of_the_first_configurations_look_the_same() -> None:
    assert len({(colour(i), symbol(i)) for i in range(len(COLOURS) * len(SYMBOLS))}) == 42


HOSTILE = [
    "<b>x</b><a href='javascript:alert(1)'>y</a>",
    "<img src=x onerror=alert(1)>",
    "$\\frac{1}{2}$ &lt;i&gt;",
    "\u202eright to left\u2066",
    "%{customdata} %{x}",
    "line\nline\x00",
    "z" * 5000,
]


def hostile_charts() -> dict[str, Chart]:
    top = tuple(token(text, log(0.9 / len(HOSTILE))) for text in HOSTILE)
    groups = [
        group(HOSTILE, name=name, firsts=[FirstToken(t, top) for t in top]) for name in HOSTILE
    ]
    found = analyse(groups, final=False).configurations
    first = {each.name: first_token(each) for each in groups}
    tokens = {name: {"input_tokens": 1, "output_tokens": 1} for name in HOSTILE}
    why = {name: Estimate(None, None, None, 0, "m", name) for name in HOSTILE}
    return {
        "finish reasons": finish_reasons.finish_reasons({s.name: s.finish_reasons for s in found}),
        "forest": forest.forest({s.name: s.metrics["modal_share"] for s in found}, metric="m"),
        "why": forest.forest(why, metric="m"),
        "lengths": lengths.lengths(groups),
        "length ranges": length_ranges.length_ranges(groups),
        "latency": latency.latency({s.name: s.latency_s for s in found}),
        "usage": usage.usage(tokens, dict.fromkeys(HOSTILE, 1)),
        "cost": cost.cost({name: Cost(ZERO, None, name) for name in HOSTILE}),
        **{f"first {i}": chart for i, chart in enumerate(first_tokens(first).values())},
    }


@pytest.mark.parametrize("name", list(hostile_charts()))
def test_hostile_names_and_outputs_do_nothing_in_a_figure(name: str) -> None:
    chart = hostile_charts()[name]

    for text in strings(drawn(chart.figure)):
        lone = text
        for ours in ("<br>", "&lt;", "&gt;", "&amp;", "&#36;"):
            lone = lone.replace(ours, "")
        assert not set("<>&$\n\x00\u202e\u2066") & set(lone), text
        assert len(text) < 1500
    for key in ("hovertemplate", "texttemplate"):  # they would fill in %{x}
        assert all(key not in trace for trace in drawn(chart.figure)["data"])
    assert not set("\n\x00\u202e\u2066") & set(chart.alt)


def test_charts_are_small_and_have_a_height_and_no_template() -> None:
    for chart in hostile_charts().values():
        layout = drawn(chart.figure)["layout"]
        assert layout["height"] >= 100
        assert layout.get("template") in (None, {})
        assert layout["paper_bgcolor"] == "rgba(0,0,0,0)"


def every_chart(look: Look) -> dict[str, Chart]:
    some = [group(["apple"] * 5, name=name) for name in "AB"]
    found = analyse(some, final=False).configurations
    return {
        "finish reasons": finish_reasons.finish_reasons(
            {s.name: s.finish_reasons for s in found}, look=look
        ),
        "forest": forest.forest(
            {s.name: s.metrics["modal_share"] for s in found}, metric="m", look=look
        ),
        "lengths": lengths.lengths(some, look=look),
        "length ranges": length_ranges.length_ranges(some, look=look),
        "latency": latency.latency({s.name: s.latency_s for s in found}, look=look),
        "usage": usage.usage({s.name: s.usage for s in found}, {"A": 5, "B": 5}, look=look),
        "first tokens": first_tokens({s.name: s.first_token for s in found}, look=look)["A"],
    }


def sizes(value: object) -> list[float]:
    """Of every font in a figure."""
    match value:
        case {"size": int() | float() as size, "color": str(), **rest} if "symbol" not in rest:
            return [size]
        case dict():
            return [size for inner in value.values() for size in sizes(inner)]
        case list():
            return [size for inner in value for size in sizes(inner)]
    return []


@pytest.mark.parametrize("name", list(every_chart(Look())))
def test_for_a_projector_every_text_of_a_chart_grows_and_the_chart_with_it(name: str) -> None:
    desk, wall = (drawn(every_chart(Look(scale))[name].figure) for scale in (1.0, 1.5))

    assert sizes(desk["layout"]) == [14] * len(sizes(desk["layout"]))
    assert sizes(wall["layout"]) == [21] * len(sizes(desk["layout"]))
    assert wall["layout"]["height"] > 1.3 * desk["layout"]["height"]
    assert len(sizes(desk["layout"])) >= 4

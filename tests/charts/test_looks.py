"""What holds of every chart: hostile names do nothing, it is small, a projector enlarges it."""

from math import log

import pytest

from lib.analysis.first_token import first_token
from lib.analysis.summary import analyse
from lib.charts import cost, finish_reasons, forest, latency, length_ranges, lengths, usage
from lib.charts.chart import Chart
from lib.charts.first_token import first_tokens
from lib.charts.theme import COLOURS, SYMBOLS, Look, colour, symbol
from lib.domain.cost import ZERO, Cost
from lib.domain.vocabulary import Estimate, FirstToken
from tests.analysis.maker import group, token
from tests.charts.facts import drawn, strings


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

"""Charts: what is drawn, the whole sentence that stands for it, and the numbers behind it."""

from collections.abc import Mapping
from dataclasses import replace
from math import log

import pytest

from lib.analysis.first_token import FirstTokens, first_token
from lib.analysis.groups import Group
from lib.analysis.proportions import wilson
from lib.analysis.summary import analyse
from lib.charts import finish_reasons, forest, lengths
from lib.charts import first_token as tokens_chart
from lib.charts.chart import Chart
from lib.charts.theme import COLOURS, SYMBOLS, colour, symbol
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

    chart = tokens_chart.first_token(tables(a, b))

    figure = drawn(chart.figure)
    assert figure["layout"]["yaxis"]["ticktext"] == ["␣apple", "↵", "␣plum"]  # by what weighs most
    assert [(t["name"], t["x"]) for t in figure["data"]] == [
        ("drawn", [100, 0, 0]),
        ("reported (before sampling settings)", [50, 20, 30]),
        ("expected under these settings", [100, 0, 0]),
        ("drawn", [50, 50, 0]),
        ("reported (before sampling settings)", [50, 20, 30]),
        ("expected under these settings", [50, 20, 30]),
    ]
    assert figure["layout"]["yaxis"]["ticktext"] == figure["layout"]["yaxis2"]["ticktext"]
    assert [t["showlegend"] for t in figure["data"]] == [True] * 3 + [False] * 3
    assert {row["token"] for row in chart.table} == {" apple", " plum", "\n"}
    assert chart.alt.startswith(
        "First tokens. “A”: ␣apple drawn 10 of 10 (100%, 72% to 100%), reported 50%, expected 100%;"
    )


def test_first_words_are_never_called_tokens() -> None:
    chart = tokens_chart.first_token(tables(group(["apple pie"] * 3 + ["pear"])))

    figure = drawn(chart.figure)
    assert [t["name"] for t in figure["data"]] == ["first words (not tokens)"]
    assert chart.alt == (
        "First words, not tokens. “A”: apple drawn 3 of 4 (75%, 30% to 95%); "
        "pear drawn 1 of 4 (25%, 5% to 70%)."
    )


def test_draws_that_do_not_fit_are_told_in_words() -> None:
    a = with_tokens("A", {" apple": 30, " plum": 30}, temperature=0.2)
    b = with_tokens("B", {" apple": 9, " plum": 1}, temperature=0)

    alt = tokens_chart.first_token(tables(a, b)).alt

    assert "The draws don't follow the expected distribution (p = 0.0001)." in alt
    assert "Something was drawn that these settings make impossible." in alt


def test_a_configuration_without_answers_has_no_panel_and_keeps_the_others_colours() -> None:
    chart = tokens_chart.first_token(tables(group([], name="A"), group(["x"], name="B")))

    figure = drawn(chart.figure)
    assert figure["data"][0]["marker"]["color"] == COLOURS[1]
    assert chart.alt.startswith("First words, not tokens. “A”: no answers. “B”: x drawn 1 of 1")
    assert tokens_chart.first_token({}).table == []


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
    assert figure["layout"]["annotations"][0]["text"] == "max_tokens 8"
    assert chart.alt == (
        "Length in tokens, median. “A”: 4 from 4 calls, without an interval; "
        "1 of 4 cut off by a limit."
    )
    assert chart.table[0]["cut_off"] == 1


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
    why = {name: Estimate(None, None, None, 0, "m", name) for name in HOSTILE}
    return {
        "finish reasons": finish_reasons.finish_reasons({s.name: s.finish_reasons for s in found}),
        "forest": forest.forest({s.name: s.metrics["modal_share"] for s in found}, metric="m"),
        "why": forest.forest(why, metric="m"),
        "first token": tokens_chart.first_token(first),
        "lengths": lengths.lengths(groups),
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

"""Answers by configuration: values and clusters, their shares and where a click leads."""

from __future__ import annotations

from lib.analysis.answer_shares import answer_shares
from lib.analysis.summary import analyse
from lib.charts import answer_shares as charts
from lib.charts.chart import Chart
from lib.domain.settings import Settings
from tests.analysis.maker import group
from tests.charts.facts import drawn, strings


def made(*texts: list[str]) -> Chart:
    groups = [group(each, name=f"C{n}") for n, each in enumerate(texts)]
    return charts.answer_shares(
        answer_shares(analyse(groups, final=False)), [each.name for each in groups]
    )


def test_the_most_frequent_answer_comes_first_with_its_share_under_each() -> None:
    chart = made(["yes", "no", "no"], ["no"] * 3)

    figure = drawn(chart.figure)
    assert figure["layout"]["yaxis"]["ticktext"] == ["no", "yes"]
    assert [t["x"] for t in figure["data"]] == [[66.6667, 33.3333], [100, 0]]
    assert [t["customdata"] for t in figure["data"]] == [
        [[1, "mark", 0], [1, "mark", 1]],
        [[2, "mark", 0], [2, "mark", 1]],
    ]
    assert chart.marks == (("answer", "no"), ("answer", "yes"))
    assert [t["name"] for t in figure["data"]] == ["C0 (n = 3)", "C1 (n = 3)"]
    assert chart.alt.startswith(
        "Answers by configuration. “no”: “C0” 2 of 3 (67%, 21% to 94%); “C1” 3 of 3 (100%, 44% to"
    )


def test_rare_answers_are_in_the_table_only() -> None:
    chart = made([f"{n:02}" for n in range(charts.MOST_ANSWERS + 3)])

    assert len(drawn(chart.figure)["data"][0]["x"]) == charts.MOST_ANSWERS
    assert len(chart.table) == charts.MOST_ANSWERS + 3
    assert chart.alt.endswith("3 rarer answers are in the table.")


def test_answers_are_inert_and_one_without_answers_or_draws_has_no_interval() -> None:
    seeded = group(["<b>x</b>"] * 2, name="S", settings=Settings(seed=1))
    found = analyse([seeded, group([], name="E")], permutations=99)

    chart = charts.answer_shares(answer_shares(found), ["S", "E"])

    one, none = drawn(chart.figure)["data"]
    assert one["error_x"]["array"] == [None]
    assert none["x"] == [None]
    assert not any("<b>" in text for text in strings(drawn(chart.figure)))

"""The results half of Compare: what was asked, charts, answers, and where they lead."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from lib.analysis.summary import analyse
from lib.domain.vocabulary import Slot, Usage
from lib.store import Store
from lib.ui import resources
from lib.ui.compare import clicks, metric_words
from tests.analysis.maker import group
from tests.pages import filling
from tests.pages.conftest import Open, button, told

ENDS_S = 60.0


def store() -> Store:
    return resources.engine().store


def compared(page: AppTest) -> AppTest:
    """Look again until the comparisons are done."""
    ends = time.monotonic() + ENDS_S
    while any("Testing whether" in bar.proto.text for bar in page.get("progress")):
        assert time.monotonic() < ends
        time.sleep(0.05)
        page.run()
    return page


def fruit(slot: Slot) -> Mapping[str, Any]:
    """Two outputs under A: the first twice, with other white space; one of B is a refusal."""
    if slot.number == 2 and slot.repeat == 3:
        return {"text": "No.", "outcome": "refused", "finish_reason": "refusal"}
    texts = {1: ["apple", "pear *x*", " apple "], 2: ["plum", "plum", ""]}
    return {"text": texts[slot.number][slot.repeat - 1], "usage": Usage(5, slot.repeat)}


@pytest.fixture
def run(home: object) -> str:
    return filling.filled(store(), "A", "B", repeats=3, read=fruit)


def test_what_was_asked_stands_above_what_was_found(open_page: Open, run: str) -> None:
    page = compared(open_page(run=run))

    assert not page.exception
    texts = [each.value for each in page.text]
    (asked,) = (each for each in texts if each.startswith("Filled\n"))
    assert "3 calls for each of 2 configurations, begun " in asked
    assert "Model m at mine (http://127.0.0.1:9/v1)" in asked
    found = next(place for place, each in enumerate(texts) if "are not compared." in each)
    assert texts.index(asked) < found
    folded = next(each for each in page.expander if each.label == "What was asked: 1 message")
    assert [each.value for each in folded.code] == ["Hi"]


@pytest.mark.parametrize(
    ("what", "begins"),
    [
        ("latency", "Seconds of a call. “A”: median 0.25"),
        ("usage", "Tokens of all answers together. “A”: 15 input tokens, 6 output tokens"),
        ("cost", "Cost of all calls. “A”: not known, as no price is known"),
    ],
)
def test_time_tokens_and_cost_stand_side_by_side(
    open_page: Open, run: str, what: str, begins: str
) -> None:
    page = compared(open_page(run=run))

    page.selectbox(key="compare.took").set_value(what).run()

    assert not page.exception
    told_of = [each.proto.alt for each in page.get("plotly_chart")]
    assert any(alt.startswith(begins) for alt in told_of), told_of


def test_the_count_of_an_answer_leads_to_all_of_its_samples(open_page: Open, run: str) -> None:
    page = compared(open_page(run=run))

    button(page, "2 ×").click().run()

    assert not page.exception
    assert "Only answers by “A” that are “apple”" in told(page)
    assert "2 samples of 6 calls" in told(page)
    assert page.multiselect(key=f"responses.{run}.configurations").value == [1]
    assert page.query_params["sample"] in ("1.1", ["1.1"])
    button(page, "Show the others, too").click().run()
    assert "6 calls" in [each.value for each in page.caption]
    assert page.multiselect(key=f"responses.{run}.configurations").value == []


def frame(page: AppTest, alt: str) -> Any:
    """The rows of a table."""
    return next(each for each in page.dataframe if each.proto.alt.startswith(alt)).value


def test_all_numbers_are_named_in_words_and_what_is_not_known_says_why(
    open_page: Open, checked: str
) -> None:
    page = compared(open_page(run=checked))

    rows = frame(page, "Every metric").to_dict("records")

    assert rows[4] == {
        "configuration": "A",
        "what": "Probability that two calls agree",
        "value": "0.3333",
        "low": rows[4]["low"],
        "high": rows[4]["high"],
        "n": 3,
        "method": rows[4]["method"],
        "why not": "",
        "in JSON": "collision_probability",
    }
    assert all(isinstance(row[end], str) for row in rows for end in ("value", "low", "high"))
    assert all(row["why not"] for row in rows if row["value"] == "–")
    assert {row["what"] for row in rows if row["in JSON"] == "latency_s.p95"} == {
        "95th percentile of latency, in seconds"
    }
    assert [row["what"] for row in rows if row["in JSON"] == "checks.is a plum"] == [
        "Share that passes the check “is a plum”"
    ] * 2
    tests = frame(page, "Every comparison").to_dict("records")
    assert tests[0]["what"] == "Probability that two calls agree"
    assert tests[0]["in JSON"] == "collision_probability"


def test_every_metric_and_every_comparison_has_words() -> None:
    found = analyse([group(["a"] * 6), group(["b"] * 6, name="B")], permutations=99)
    one = found.configurations[0]

    assert list(metric_words.METRICS) == list(one.metrics)
    assert list(metric_words.LATENCY) == list(one.latency_s)
    for comparison in found.comparisons:
        assert metric_words.compared(comparison.metric) != comparison.metric


def test_the_count_of_refusals_leads_to_them(open_page: Open, run: str) -> None:
    page = compared(open_page(run=run))

    next(b for b in page.button if b.key == "compare.odd.2.3").click().run()

    assert "1 sample of 6 calls" in told(page)
    assert page.query_params["sample"] in ("2.3", ["2.3"])


def test_a_link_to_a_sample_takes_off_what_was_picked(open_page: Open, run: str) -> None:
    page = compared(open_page(run=run))
    button(page, "2 ×").click().run()

    page.text_input(key="responses.go_to").set_value("2.1").run()

    assert page.query_params["sample"] in ("2.1", ["2.1"])
    assert "Only answers by" not in told(page)


def test_many_pairs_are_compared_while_the_charts_can_be_read(
    open_page: Open, home: object
) -> None:
    names = [f"C{n}" for n in range(12)]
    run = filling.filled(
        store(),
        *names,
        repeats=120,
        read=lambda slot: {"text": f"{slot.repeat % (slot.number + 1)} of {slot.number}"},
    )

    page = open_page(run=run)

    assert not page.exception
    assert len(page.get("plotly_chart")) == 16  # whether or not the comparisons are done
    page = compared(page)
    assert "pairs differ in how often their answers repeat" in told(page)


@pytest.fixture
def checked(home: object) -> str:
    """No answer of A passes the first check, all of B do; the second has a bad name."""
    checks = [
        {"name": "is a plum", "contains": "plum"},
        {"name": "<b>*fruit*</b>", "matches": "."},
    ]
    return filling.filled(store(), "A", "B", repeats=3, read=fruit, checks=checks)


def test_a_check_can_be_compared_by_and_its_points_lead_to_the_answers_that_fail(
    open_page: Open, checked: str
) -> None:
    page = compared(open_page(run=checked))
    listed = page.selectbox(key="compare.metric")

    assert listed.options[-2:] == ["Check: is a plum", "Check: <b>*fruit*</b>"]
    listed.set_value("check: is a plum").run()

    assert not page.exception
    told_of = [each.proto.alt for each in page.get("plotly_chart")]
    (chart,) = (alt for alt in told_of if alt.startswith("Share of answers that pass"))
    assert "“is a plum”. “A”: 0, between 0 and 0.56, from 3 calls." in chart
    figure = next(each for each in page.get("plotly_chart") if each.proto.alt == chart).proto.spec
    assert '"customdata":[[1,"mark",0]]' in figure.replace(" ", "")
    page.selectbox(key="compare.metric").set_value("check: <b>*fruit*</b>").run()
    assert not page.exception
    assert "<b>*fruit*" not in "".join(each.proto.spec for each in page.get("plotly_chart"))


def test_a_check_of_another_run_is_not_compared_by(open_page: Open, checked: str, run: str) -> None:
    page = compared(open_page(run=checked))
    page.selectbox(key="compare.metric").set_value("check: is a plum").run()

    page.query_params["run"] = run
    page.session_state["state.run"] = run
    page.run()

    assert not page.exception


def test_a_card_has_the_share_that_passes_each_check_and_the_way_to_those_that_fail(
    open_page: Open, checked: str
) -> None:
    page = compared(open_page(run=checked))

    assert "is a plum: 0 of 3 pass, 0% (0% to 56%)" in told(page)
    assert "<b>*fruit*</b>: 3 of 3 pass, 100% (44% to 100%)" in told(page)
    button(page, "3 fail").click().run()

    assert not page.exception
    assert "Only answers by “A” that fail the check “is a plum”" in told(page)
    assert "3 samples of 6 calls" in told(page)


def test_what_samples_behind_a_mark_have_in_common_is_told() -> None:
    some = group(["a pie", "b"], name="A\nx")

    assert clicks.in_common(some, "first_word", "a") == (
        "answers by “A↵x” that begin with the word “a”"
    )
    assert clicks.in_common(some, "not_first_word", ["a", "b"]) == (
        "answers by “A↵x” that begin with another word than the 2 in the chart"
    )
    assert clicks.in_common(some, "length_tokens", 7) == "answers by “A↵x” of exactly 7 tokens"

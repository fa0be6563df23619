"""The results half of Compare: what was asked, charts, answers, and where they lead."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from lib.analysis.summary import analyse
from lib.charts import metric_words
from lib.domain.vocabulary import Slot, Usage
from lib.store import Store
from lib.ui import resources
from lib.ui.compare import clicks
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

    of_tokens = {"mean_surprisal", "perplexity", "first_token_entropy"}
    assert [name for name in metric_words.METRICS if name not in of_tokens] == list(one.metrics)
    streamed = {"first_text"}
    assert [name for name in metric_words.LATENCY if name not in streamed] == list(one.latency_s)
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
    assert "As temperature rises from 0 to 1.1, answers repeat less often: at 0, any two of" in (
        told(page)
    )
    told_of = [each.proto.alt for each in page.get("plotly_chart")]
    assert len(told_of) == 17
    assert told_of[0].startswith("How often two calls agree, by temperature. temperature 0: 0.50")
    assert "along a straight line: difference -" in told(page)
    assert "12 configurations, N=120 each." in told(page)
    assert "Test: change along the least-squares line; interval: MOVER" in told(page)


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


def varied(a: int, b: int) -> filling.Read:
    """So many different answers under A, and under B."""
    return lambda slot: {"text": f"answer {slot.repeat % (a, b)[slot.number - 1]}"}


@pytest.mark.parametrize(
    ("a", "b", "repeats", "margin", "says"),
    [
        (
            1,
            8,
            20,
            0.1,
            "“A” repeats its answers more often than “B”. “A”: all 20 answers the same.",
        ),
        (2, 2, 40, 0.4, "“A” and “B” repeat their answers about equally often: any difference is"),
        (2, 3, 8, 0.1, "Not enough calls to tell whether “A” or “B” varies more: about 7 more of"),
        (
            2,
            3,
            60,
            0.4,
            "A real but small difference, less than 40 percentage points, the declared",
        ),
        (1, 3, 3, 0.1, "“A” and “B” are not compared. A test needs 5 answers of each, and these"),
    ],
    ids=["different", "equivalent", "inconclusive", "different but small", "describe only"],
)
def test_each_kind_of_verdict_has_its_sentence(
    open_page: Open, home: object, a: int, b: int, repeats: int, margin: float, says: str
) -> None:
    run = filling.filled(
        store(), "A", "B", repeats=repeats, read=varied(a, b), analysis={"margin": margin}
    )

    page = compared(open_page(run=run))

    assert not page.exception
    assert any(each.value.startswith(says) for each in page.text), told(page)


def test_open_pairs_say_how_many_more_calls_would_tell_and_set_up_a_new_run(
    open_page: Open, home: object
) -> None:
    run = filling.filled(store(), "A", "B", repeats=8, read=varied(2, 3))
    page = compared(open_page(run=run))

    (row,) = frame(page, "About how many more calls").to_dict("records")
    assert row == {"pair": "A and B", "calls of each": 8, "about so many more": 7, "in all": 15}
    before = frame(page, "Calls that give each configuration").to_dict("records")
    page.slider(key="compare.known_to").set_value(0.2).run()
    after = frame(page, "Calls that give each configuration").to_dict("records")
    assert [each["answers"] for each in after] == [8, 8]
    assert all(
        wide["in all"] < narrow["in all"] for wide, narrow in zip(after, before, strict=True)
    )

    button(page, "Set up a new run of 15 calls of each").click().run()

    assert not page.exception
    assert next(each for each in page.number_input if each.label == "Calls for each").value == 15
    assert "Run 2 × 15" in [each.label for each in page.button]


def test_a_run_that_looks_in_between_is_raised_to_its_next_look(
    open_page: Open, home: object
) -> None:
    run = filling.filled(
        store(), "A", "B", repeats=24, read=varied(1, 8), analysis={"stop": {"batch": 10}}
    )

    page = compared(open_page(run=run))

    more = button(page, "10 more of each")
    assert "Up to the next look that was declared, after 20 calls of each." in more.help
    assert not any("new run of" in each.label for each in page.button)


def pets(slot: Slot) -> Mapping[str, Any]:
    texts = {1: ["I like my dog", "I like my cat"], 2: ["I like my dog", "Fish <b>swim</b>"]}
    return {"text": texts[slot.number][slot.repeat % 2]}


def test_lexical_clusters_are_shown_with_their_threshold_and_shares(
    open_page: Open, home: object
) -> None:
    run = filling.filled(store(), "A", "B", repeats=6, read=pets, analysis={"similar": 0.7})

    page = compared(open_page(run=run))

    assert not page.exception
    assert "at least 0.7 alike, on average: the threshold that was declared." in told(page)
    assert "2 clusters. At other thresholds there would be 2 at 0.5, 2 at 0.6, 3 at 0.8," in told(
        page
    )
    assert "semantic" not in told(page).lower()
    (alt,) = (
        each.proto.alt
        for each in page.get("plotly_chart")
        if each.proto.alt.startswith("Answers by configuration.")
    )
    assert "“I like my dog”: “A” 6 of 6 (100%, 61% to 100%); “B” 3 of 6 (50%, 19% to 81%)." in alt
    assert "<b>swim" not in "".join(each.proto.spec for each in page.get("plotly_chart"))
    assert "6 of 6 calls answered, 1 lexical cluster" in told(page)


def test_values_are_shown_with_the_answers_that_have_none_and_a_rule_is_tried_on_a_run(
    open_page: Open, home: object
) -> None:
    declared = {"answer": {"labels": ["dog", "cat"]}}
    run = filling.filled(store(), "A", "B", repeats=6, read=pets, analysis=declared)
    editing = {
        "repeats": 6,
        "messages": [{"role": "user", "content": "Hi"}],
        "endpoints": {"mine": {"base_url": "http://127.0.0.1:9/v1"}},
        "configurations": [{"name": "A", "endpoint": "mine", "model": "m"}],
        "analysis": {"answer": {"labels": ["dog", "fish"]}},
    }

    page = compared(open_page(editing, run=run))

    assert not page.exception
    assert "The value of an answer: one of dog, cat." in told(page)
    assert "B: 3 of 6 answers have no value, such as\n– Fish <b>swim</b>" in told(page)
    rows = frame(page, "How many calls of each configuration gave each value").to_dict("records")
    assert rows == [{"value": "dog", "A": 3, "B": 3}, {"value": "fish", "A": 0, "B": 3}]


def test_two_answers_are_chosen_from_those_that_are_grouped_and_compared_word_by_word(
    open_page: Open, home: object
) -> None:
    run = filling.filled(store(), "A", "B", repeats=6, read=pets)
    page = compared(open_page(run=run))
    page.session_state["compare.words"] = True
    page.run()

    first, second = (page.selectbox(key=f"compare.words.{run}.{each}") for each in ("one", "two"))
    assert first.options == [
        "A: 3 × I like my cat",
        "A: 3 × I like my dog",
        "B: 3 × Fish <b>swim</b>",
        "B: 3 × I like my dog",
    ]
    assert "− 1 word or mark only in the first, + 1 word or mark only in the second." in told(page)
    second.set_value("2.2").run()

    assert not page.exception
    assert "− 1 word or mark only in the first, + 1 word or mark only" in told(page)
    page.selectbox(key=f"compare.words.{run}.one").set_value("1.2").run()
    assert "The two texts are the same, character by character." in told(page)


def test_the_numbers_behind_a_chart_have_the_words_of_the_page(open_page: Open, run: str) -> None:
    page = compared(open_page(run=run))

    table = next(each for each in page.dataframe if each.proto.alt.startswith("Seconds of a call"))
    rows = table.value.to_dict("records")

    assert table.proto.placeholder == "–"
    assert rows[1]["what"] == "95th percentile of latency, in seconds"
    assert rows[1]["why not"].startswith("needs 72 calls")
    charts = {each.proto.alt for each in page.get("plotly_chart")}
    behind = [each for each in page.dataframe if each.proto.alt in charts]
    titles = {str(title) for each in behind for title in each.value.columns}
    assert len(behind) == 4
    assert {title for title in titles if "_" in title} <= {"max_tokens"}  # a setting


def test_what_samples_behind_a_mark_have_in_common_is_told() -> None:
    some = group(["a pie", "b"], name="A\nx")

    assert clicks.in_common(some, "first_word", "a") == (
        "answers by “A↵x” that begin with the word “a”"
    )
    assert clicks.in_common(some, "not_first_word", ["a", "b"]) == (
        "answers by “A↵x” that begin with another word than the 2 in the chart"
    )
    assert clicks.in_common(some, "answer", "") == "answers by “A↵x” that count as “(empty)”"
    assert clicks.in_common(some, "length_tokens", 7) == "answers by “A↵x” of exactly 7 tokens"

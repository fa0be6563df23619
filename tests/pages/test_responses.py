"""The Responses page in each of its states."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from lib.domain.experiment_file import parse
from lib.domain.vocabulary import Slot, Usage
from lib.engine.progress import Snapshot
from lib.store import Attempt, Store
from lib.ui import resources
from lib.ui.responses import rows
from lib.ui.responses.criteria import Picked
from tests.browser.drafts import asking
from tests.faulty import FaultyServer
from tests.pages import filling
from tests.pages.conftest import Open, button, told

PAGE = "pages/responses.py"
TABS = ("Text", "Request as sent", "Response", "Usage and timing", "Raw bytes and headers")


def opened(open_page: Open, **params: str) -> AppTest:
    """The page, as a link to it opens it."""
    page = open_page()
    for name, value in params.items():
        page.query_params[name] = value
    return page.switch_page(PAGE).run()


def store() -> Store:
    return resources.engine().store


def asked(document: dict[str, Any]) -> str:
    """A run that has really been carried out."""
    run = resources.engine().start(parse(document), keys={})
    ends = time.monotonic() + 60
    while (snapshot := resources.engine().snapshot(run)) is not None and snapshot.running:
        assert time.monotonic() < ends
        time.sleep(0.02)
    return run


def components(page: AppTest, name: str) -> list[dict[str, Any]]:
    """What the lab's own components of this name were given."""
    found = [each.proto for each in page.get("bidi_component")]
    return [json.loads(each.json) for each in found if each.component_name == name]


def listed(page: AppTest) -> list[dict[str, Any]]:
    """The rows of the list, as they are shown."""
    return [row for data in components(page, "lab_sample_list") for row in data["rows"]]


def names(page: AppTest) -> list[str]:
    return [row["name"] for row in listed(page)]


def table(page: AppTest, alt: str) -> dict[str, list[str]]:
    """A table's rows by their first cell."""
    data = next(each for each in components(page, "lab_plain_table") if each["alt"] == alt)
    return {row[0]: row[1:] for row in data["rows"]}


def tab(page: AppTest, name: str) -> AppTest:
    page.session_state["responses.whole.tabs"] = name
    return page.run()


def fruit(slot: Slot) -> Mapping[str, Any]:
    """Two outputs under A, one under B; the last repeat is cut off."""
    texts = {1: ["apple", " apple  pie", "apple pie"], 2: ["pear (a+b)", "pear", "pear"]}
    return {
        "text": texts[slot.number][slot.repeat - 1],
        "finish_reason": "length" if slot.repeat == 3 else "stop",
        "seconds": slot.repeat / 10,
        "usage": Usage(5, slot.repeat),
    }


@pytest.fixture
def run(home: Path) -> str:
    """A finished run of two configurations, three samples each."""
    return filling.filled(store(), "A", "B", repeats=3, read=fruit)


def filters(run: str, name: str) -> str:
    return f"responses.{run}.{name}"


def test_without_any_run_the_page_leads_to_compare(open_page: Open) -> None:
    page = opened(open_page)

    assert not page.exception
    assert "Nothing has been asked yet." in told(page)
    (link,) = page.get("page_link")
    assert link.proto.label == "Go to Compare"


def test_without_an_open_run_the_newest_are_a_choice(open_page: Open, run: str) -> None:
    page = opened(open_page)
    assert "6 of 6   finished   Filled" in told(page)

    button(page, "Open").click().run()

    assert names(page) == ["1.1", "1.2", "1.3", "2.1", "2.2", "2.3"]
    assert page.query_params["run"] in (run, [run])
    button(page, "Other runs").click().run()
    assert "Choose a run." in told(page)
    assert "sample" not in page.query_params


def test_a_run_that_is_not_there_is_a_sentence_and_a_choice(open_page: Open, run: str) -> None:
    page = opened(open_page, run="01NOSUCHRUN")

    assert not page.exception
    assert "There is no such run here." in told(page)
    button(page, "Open").click().run()
    assert len(names(page)) == 6


def test_samples_are_rows_with_how_they_ended(open_page: Open, run: str) -> None:
    page = opened(open_page, run=run)

    first = listed(page)[0]
    assert (first["name"], first["configuration"], first["text"]) == ("1.1", "A", "apple")
    assert first["ended"] == "stop, 1 tok, 0.10 s"
    assert first["aloud"] == "Sample 1.1, A, stop, 1 tok, 0.10 s: apple"
    assert [row["open"] for row in listed(page)] == [True, *[False] * 5]
    assert "Sample 1.1, A" in told(page)
    assert page.query_params["sample"] in ("1.1", ["1.1"])


@pytest.mark.parametrize(
    ("name", "value", "left"),
    [
        ("contains", "APPLE PIE", ["1.3"]),
        ("contains", "(a+b)", ["2.1"]),
        ("configurations", [2], ["2.1", "2.2", "2.3"]),
        ("finish_reasons", ["length"], ["1.3", "2.3"]),
        ("outcomes", ["ok"], ["1.1", "1.2", "1.3", "2.1", "2.2", "2.3"]),
        ("distinct", True, ["1.2", "1.1", "2.2", "2.1"]),
        ("noted", True, []),
        ("order", "slowest", ["1.3", "2.3", "1.2", "2.2", "1.1", "2.1"]),
        ("order", "longest", ["1.3", "2.3", "1.2", "2.2", "1.1", "2.1"]),
        ("order", "shortest", ["1.1", "2.1", "1.2", "2.2", "1.3", "2.3"]),
        ("order", "text", ["1.1", "1.2", "1.3", "2.2", "2.3", "2.1"]),
    ],
)
def test_filters_narrow_and_order_the_list(
    open_page: Open, run: str, name: str, value: Any, left: list[str]
) -> None:
    page = opened(open_page, run=run)
    page.session_state[filters(run, name)] = value

    page.run()

    assert not page.exception
    assert names(page) == left


def test_distinct_outputs_are_counted(open_page: Open, run: str) -> None:
    page = opened(open_page, run=run)
    page.toggle(key=filters(run, "distinct")).set_value(True).run()

    assert {row["text"]: row["count"] for row in listed(page)} == {
        "apple  pie": "2 ×",
        "apple": "",
        "pear": "2 ×",
        "pear (a+b)": "",
    }


def test_when_nothing_matches_a_button_clears_the_filters(open_page: Open, run: str) -> None:
    page = opened(open_page, run=run)
    page.text_input(key=filters(run, "contains")).set_value("kiwi").run()
    assert "No sample matches these filters." in told(page)
    assert "0 samples of 6 calls" in told(page)

    button(page, "Clear the filters").click().run()

    assert len(names(page)) == 6
    assert "Sample 1.1, A" in told(page)


def test_next_and_previous_go_through_the_list_as_it_is_filtered(open_page: Open, run: str) -> None:
    page = opened(open_page, run=run)
    page.session_state[filters(run, "finish_reasons")] = ["length"]
    page.run()
    assert "Sample 1.3, A" in told(page)  # the one that was open is not in the list any more
    assert button(page, "Previous").disabled

    button(page, "Next").click().run()

    assert "Sample 2.3, B" in told(page)
    assert "2 of 2" in told(page)
    assert button(page, "Next").disabled
    assert page.query_params["sample"] in ("2.3", ["2.3"])


def test_an_open_sample_stays_open_while_the_list_changes_around_it(
    open_page: Open, run: str
) -> None:
    page = opened(open_page, run=run, sample="2.2")
    page.session_state[filters(run, "configurations")] = [2]

    page.run()

    assert "Sample 2.2, B" in told(page)
    assert "2 of 3" in told(page)


def test_a_link_opens_its_sample_and_takes_off_filters_that_hide_it(
    open_page: Open, run: str
) -> None:
    page = opened(open_page, run=run, sample="1.2")
    assert "Sample 1.2, A" in told(page)
    page.session_state[filters(run, "configurations")] = [1]
    page.run()
    assert len(names(page)) == 3

    page.query_params["sample"] = "2.1"
    page.run()

    assert not page.exception
    assert "Sample 2.1, B" in told(page)
    assert len(names(page)) == 6


@pytest.mark.parametrize("name", ["9.9", "x", "<b>1.1</b>"])
def test_a_link_to_a_sample_that_is_not_there_is_a_sentence(
    open_page: Open, run: str, name: str
) -> None:
    page = opened(open_page, run=run, sample=name)
    assert "There is no such sample in this run." in told(page)
    page.text_input(key=filters(run, "contains")).set_value("kiwi").run()

    button(page, "Open sample 1.1").click().run()

    assert "Sample 1.1, A" in told(page)
    assert page.query_params["sample"] in ("1.1", ["1.1"])


def test_a_link_to_a_call_that_was_never_made_is_a_sentence(open_page: Open, home: Path) -> None:
    run = filling.filled(
        store(), "A", repeats=2, read=lambda slot: {} if slot.repeat == 1 else None
    )

    page = opened(open_page, run=run, sample="1.2")

    assert not page.exception
    assert "it was not made yet" in told(page)
    assert "1 of 2 planned calls answered, 1 never made." in told(page)


def test_filters_and_the_open_sample_survive_a_page_switch(open_page: Open, run: str) -> None:
    page = opened(open_page, run=run)
    page.multiselect(key=filters(run, "configurations")).set_value([2]).run()
    page.text_input(key=filters(run, "contains")).set_value("pear").run()
    button(page, "Next").click().run()

    page.switch_page("pages/compare.py").run()
    page.switch_page(PAGE).run()

    assert not page.exception
    assert names(page) == ["2.1", "2.2", "2.3"]
    assert "Sample 2.2, B" in told(page)
    assert page.query_params["sample"] in ("2.2", ["2.2"])


def test_a_note_is_kept_marked_found_and_there_for_the_next_visitor(
    open_page: Open, run: str
) -> None:
    page = opened(open_page, run=run, sample="2.1")
    page.text_area[0].set_value("odd <b>one</b>").run()
    assert [row["name"] for row in listed(page) if row["note"]] == ["2.1"]
    button(page, "Next").click().run()
    assert page.text_area[0].value == ""

    other = opened(open_page, run=run)
    other.toggle(key=filters(run, "noted")).set_value(True).run()

    assert names(other) == ["2.1"]
    assert other.text_area[0].value == "odd <b>one</b>"
    other.text_area[0].set_value("").run()
    assert names(other) == []


def test_every_field_is_explained_and_unknown_ones_are_shown(open_page: Open, run: str) -> None:
    page = tab(opened(open_page, run=run), "Response")

    fields = table(page, "Fields of the response")
    assert fields["created"][0] == "1795000000 (2026-11-18 11:06:40 UTC)"
    assert fields["choices[0].message.content"] == [
        "apple",
        "The text of the answer. null where something else came in its place: a refusal, a tool "
        "call, or hidden reasoning that used up the limit.",
    ]
    assert fields["a_new_field"] == ["7", "Not documented here."]
    assert json.loads(page.json[0].value)["a_new_field"] == 7


def test_the_request_is_shown_with_who_set_what(open_page: Open, run: str) -> None:
    page = tab(opened(open_page, run=run), "Request as sent")

    assert "POST /chat/completions to http://127.0.0.1:9/v1" in told(page)
    assert json.loads(page.code[0].value) == {"model": "m", "temperature": 0.0}
    assert table(page, "Fields of the request that you set")["temperature"][0] == "0.0"
    assert list(table(page, "Settings that were not sent")) == ["top_p"]


def test_headers_that_matter_are_explained(open_page: Open, run: str) -> None:
    page = tab(opened(open_page, run=run), "Raw bytes and headers")

    assert table(page, "Headers of the response")["x-request-id"][0] == "r"
    assert "**Status 200, after 0.100 s**" in [each.value for each in page.markdown]


@pytest.mark.parametrize(
    "fault",
    [
        "ok",
        "401",
        "400_param",
        "429_quota",
        "html_200",
        "empty_body",
        "truncated_json",
        "null_content",
        "content_filter",
        "refusal",
        "tool_calls",
        "reasoning",
        "bad_utf8",
        "lone_surrogate",
        "deep_json",
        "huge_int",
        "nan_json",
        "dup_keys",
        "sse_unasked",
        "reset_headers",
        "echo_headers",
        "ansi",
        "xss",
        "unicode",
    ],
)
def test_every_kind_of_response_is_shown_in_every_tab(
    open_page: Open, faulty: FaultyServer, fault: str
) -> None:
    run = asked(asking({"name": "a", "url": faulty.url(fault), "logprobs": 2}, repeats=1))
    page = opened(open_page, run=run)

    for name in (*TABS, "Compare"):
        tab(page, name)
        assert not page.exception, name
        assert "Traceback" not in told(page)
    assert faulty.evil_hits == []


@pytest.mark.parametrize(
    ("fault", "sentences"),
    [
        ("content_filter", ["a content filter withheld it", "Asking the same again seldom helps."]),
        ("refusal", ["Finish reason: refusal (the provider says: stop)", "The model declined"]),
        ("tool_calls", ["Finish reason: tool_calls", "run it, and send its result back"]),
        ("reasoning", ["the limit on tokens was reached before any could be shown"]),
        ("missing_finish", ["Finish reason: unknown (the provider says nothing)"]),
        ("unknown_finish", ["Finish reason: unknown (the provider says: cosmic_ray)"]),
        ("401", ["The call gave no answer.", "bad_key: The key for mine0 was refused."]),
        ("truncated_json", ["malformed: The answer isn't whole JSON.", "It may be billed"]),
    ],
)
def test_how_a_call_ended_is_said_with_what_to_do(
    open_page: Open, faulty: FaultyServer, fault: str, sentences: list[str]
) -> None:
    run = asked(asking({"name": "a", "url": faulty.url(fault)}, repeats=1))

    page = opened(open_page, run=run)

    for sentence in sentences:
        assert sentence in told(page)


def test_every_try_can_be_looked_into(open_page: Open, faulty: FaultyServer) -> None:
    run = asked(asking({"name": "a", "url": faulty.url("first:1:500")}, repeats=1))
    page = tab(opened(open_page, run=run), "Usage and timing")
    tries = table(page, "Every try at this sample")
    assert tries["1"][1::2] == ["500", "server_error: mine0 failed to answer (status 500)."]
    assert tries["2"][1::2] == ["200", "its answer is the sample"]

    tab(page, "Response")
    assert "choices[0].message.content" in table(page, "Fields of the response")
    page.segmented_control[0].set_value(1).run()

    assert table(page, "Fields of the response")["error.message"][0] == "The server had an error."


def test_a_call_that_failed_is_a_row_with_its_error(open_page: Open, faulty: FaultyServer) -> None:
    run = asked(
        asking(
            {"name": "good", "url": faulty.url("ok")},
            {"name": "bad", "url": faulty.url("reset_headers")},
            repeats=1,
        )
    )
    page = opened(open_page, run=run)
    assert "1 of 2 planned calls answered, 1 without an answer." in told(page)

    page.session_state[filters(run, "outcomes")] = ["connection"]
    page.run()

    assert [(row["name"], row["ended"]) for row in listed(page)] == [("2.1", "connection")]
    tab(page, "Response")
    assert "No response was received." in told(page)


@pytest.mark.parametrize(
    ("chosen", "sentence"),
    [
        ("next", "− 0 words and marks only in 1.1, + 1 word or mark only in 1.2."),
        ("2", "− 1 word or mark only in 1.1, + 6 words and marks only in 2.1."),
        ("previous", "There is no previous one in the list."),
        ("1", "That is the sample that is open."),
        (None, "Two samples side by side"),
    ],
)
def test_a_second_sample_is_chosen_by_how_it_relates_to_the_first(
    open_page: Open, run: str, chosen: str | None, sentence: str
) -> None:
    page = opened(open_page, run=run)
    page.session_state[filters(run, "with")] = chosen

    tab(page, "Compare")

    assert not page.exception
    assert sentence in told(page)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (" 2.3 ", "− 1 word or mark only in 1.1, + 1 word or mark only in 2.3."),
        ("7.7", "There is no sample 7.7 in this run."),
    ],
)
def test_a_second_sample_can_be_typed_where_it_is_chosen(
    open_page: Open, run: str, typed: str, sentence: str
) -> None:
    page = opened(open_page, run=run)
    page.session_state[filters(run, "with")] = typed

    tab(page, "Compare")

    assert not page.exception
    assert page.selectbox(key=filters(run, "with")).proto.accept_new_options
    assert sentence in told(page)


def test_two_samples_are_compared_word_by_word_and_request_by_request(
    open_page: Open, run: str
) -> None:
    page = opened(open_page, run=run)
    page.session_state[filters(run, "with")] = "named"
    tab(page, "Compare")
    page.text_input(key=filters(run, "named")).set_value(" 2.3 ").run()

    data, requests = components(page, "lab_differences")
    assert [side["title"] for side in data["sides"]] == ["1.1, A", "2.3, B"]
    assert [side["parts"] for side in data["sides"]] == [
        [["removed", "apple"]],
        [["added", "pear"]],
    ]
    facts = table(page, "What was read from the two responses")
    assert facts["finish reason"] == ["stop", "length (stop)", "differs"]
    assert facts["model"] == ["m", "m", "same"]
    assert requests["sides"][0]["parts"][2:4] == [
        ["removed", '  "temperature": 0.0\n'],
        ["added", '  "temperature": 0.1\n'],
    ]
    page.text_input(key=filters(run, "named")).set_value("7.7").run()
    assert "There is no sample 7.7 in this run." in told(page)


def test_a_run_that_goes_on_shows_what_is_there_and_takes_more_when_asked(
    open_page: Open, home: Path
) -> None:
    with filling.begin(store(), "A", repeats=3) as held:
        page = opened(open_page, run=held.run_id)
        assert "No call has an outcome yet." in told(page)
        filling.answer(store(), held, lambda slot: {} if slot.repeat < 3 else None)
        time.sleep(0.5)  # a run that another process carries out is read now and then

        page.run()

        assert "The run goes on: 2 of 3 planned calls answered, 1 still to come." in told(page)
        assert names(page) == ["1.1", "1.2"]
        assert button(page, "Nothing new yet").disabled
        store().end(held.run_id)
    page.run()
    assert "2 of 3 planned calls answered, 1 never made." in told(page)


def test_a_response_that_can_not_be_read_is_a_sentence(open_page: Open, run: str) -> None:
    with closing(sqlite3.connect(store().path)) as other, other:
        other.execute("UPDATE reply SET body = x'00'")

    page = opened(open_page, run=run)

    assert not page.exception
    assert "This sample can't be read." in told(page)
    assert "A kept body is damaged" in told(page)
    assert len(names(page)) == 6


def broken() -> None:
    """Leave the store without the answers."""
    with closing(sqlite3.connect(store().path)) as other, other:
        other.execute("ALTER TABLE sample RENAME TO elsewhere")


def test_a_run_that_can_not_be_read_is_a_sentence(open_page: Open, run: str) -> None:
    broken()

    page = opened(open_page, run=run)

    assert not page.exception
    assert "The run can't be read." in told(page)
    assert "There is no such run here." not in told(page)


def test_a_run_that_can_no_longer_be_read_while_it_goes_on_is_a_sentence(home: Path) -> None:
    def script() -> None:
        import streamlit as st

        from lib.ui.responses import live

        live.draw(st.session_state["snapshot"])

    with filling.begin(store(), "A", repeats=3) as held:
        snapshot = resources.engine().snapshot(held.run_id)
        broken()
        page = AppTest.from_function(script)
        page.session_state["snapshot"] = snapshot
        page.run()

    assert not page.exception
    assert "How far the run is can't be read." in told(page)


def test_a_sample_is_gone_to_by_its_name(open_page: Open, run: str) -> None:
    page = opened(open_page, run=run)

    page.text_input(key="responses.go_to").set_value(" 2.3 ").run()

    assert "Sample 2.3, B" in told(page)
    assert page.text_input(key="responses.go_to").value == ""
    page.text_input(key="responses.go_to").set_value("9.9").run()
    assert "There is no such sample in this run." in told(page)


def test_what_was_picked_elsewhere_narrows_the_list_until_it_is_taken_off(
    open_page: Open, run: str
) -> None:
    page = open_page(run=run)
    page.session_state[filters(run, "picked")] = Picked(frozenset({"1.2", "2.1"}), "<b>some</b>")
    page = page.switch_page(PAGE).run()
    assert names(page) == ["1.2", "2.1"]
    assert "Only <b>some</b>" in [each.value for each in page.text]

    button(page, "Show the others, too").click().run()

    assert len(names(page)) == 6
    assert "Only" not in told(page)


def test_at_ten_thousand_samples_a_click_reads_one_of_them_and_sends_one_page(
    open_page: Open, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = filling.filled(
        store(), "A", "B", "C", "D", repeats=2500, read=lambda slot: {"text": f"text {slot.name}"}
    )
    made: list[str] = []
    read: list[int] = []
    build, attempts = rows.rows, Store.attempts

    def building(snapshot: Snapshot) -> Sequence[rows.Row]:
        made.append(snapshot.run)
        return build(snapshot)

    def reading_one(self: Store, slot_id: int) -> list[Attempt]:
        read.append(slot_id)
        return attempts(self, slot_id)

    monkeypatch.setattr(rows, "rows", building)
    monkeypatch.setattr(Store, "attempts", reading_one)
    page = opened(open_page, run=run)
    assert "1 of 10,000" in told(page)

    began = time.monotonic()
    button(page, "Next").click().run()
    page.text_input(key=filters(run, "contains")).set_value("text 4.2500").run()
    took = time.monotonic() - began

    assert not page.exception
    assert names(page) == ["4.2500"]
    assert made == [run]
    assert len(read) == 3
    assert sum(each.proto.ByteSize() for each in page.get("bidi_component")) < 50_000
    assert took < 10  # a third of a second on an idle machine

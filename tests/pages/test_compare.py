"""The Compare page in each of its states."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from lib.domain.configuration import Endpoint
from lib.ui import resources
from lib.ui.compare import examples
from tests.browser.drafts import asking
from tests.faulty import FaultyServer
from tests.homes import home_with_model
from tests.pages.conftest import Open, button, run_to_its_end, told, until_ended


def charts(page: AppTest) -> list[Any]:
    return [json.loads(each.proto.spec) for each in page.get("plotly_chart")]


def test_without_a_model_the_page_says_what_to_do_and_still_works(open_page: Open) -> None:
    page = open_page()

    assert not page.exception
    assert "The embedded model can't be used." in told(page)
    assert "python -m lib setup" in told(page)


def test_pressing_run_without_a_model_is_a_sentence(open_page: Open) -> None:
    page = open_page()
    button(page, "Run ").click().run()

    assert not page.exception
    assert "The run was not started. Nothing was sent." in told(page)


def test_a_run_is_compared_side_by_side(open_page: Open, faulty: FaultyServer) -> None:
    page = open_page(
        asking(
            {"name": "one", "url": faulty.url("ok"), "logprobs": 3},
            {"name": "two", "url": faulty.url("ok"), "logprobs": 3},
            repeats=4,
        )
    )

    run_to_its_end(page)

    assert not page.exception
    assert len(faulty.requests) == 8
    assert len(charts(page)) == 6
    assert "All 8 planned calls have an answer." in told(page)
    assert [s.value for s in page.subheader] == ["Answers side by side"]


def test_one_call_gets_an_honest_answer(open_page: Open, faulty: FaultyServer) -> None:
    page = open_page(asking({"name": "one", "url": faulty.url("ok")}, repeats=1))

    run_to_its_end(page)

    assert not page.exception
    assert "How much its answers vary is not known" in told(page)


def test_without_log_probabilities_words_are_counted_and_called_words(
    open_page: Open, faulty: FaultyServer
) -> None:
    page = open_page(asking({"name": "one", "url": faulty.url("ok")}, repeats=2))

    run_to_its_end(page)

    assert "**First word of answers**" in [each.value for each in page.markdown]
    assert "First words, not tokens" in told(page)


def test_more_than_twelve_configurations_get_charts_and_no_cards(
    open_page: Open, faulty: FaultyServer
) -> None:
    columns = [{"name": f"c{i}", "url": faulty.url("ok")} for i in range(13)]
    page = open_page(asking(*columns, repeats=1))

    run_to_its_end(page)

    assert not page.exception
    assert "13 configurations: charts only, no cards." in told(page)


@pytest.mark.parametrize(
    "faults",
    [
        ("401", "402", "404_model", "429_quota", "400_param", "500", "redirect_host"),
        ("html_200", "empty_body", "truncated_json", "null_content", "deep_json"),
        ("refusal", "tool_calls", "content_filter", "bad_utf8", "lone_surrogate"),
    ],
    ids=["refused", "unreadable", "odd answers"],
)
def test_every_fault_is_a_sentence_on_the_page(
    open_page: Open, faulty: FaultyServer, faults: tuple[str, ...]
) -> None:
    columns = [{"name": f"Fault {each}.", "url": faulty.url(each)} for each in faults]
    page = open_page(asking(*columns, repeats=1))

    run_to_its_end(page)

    assert not page.exception
    assert "Traceback" not in told(page)
    assert [each for each in faults if f"Fault {each}." not in told(page)] == []
    assert {each.fault for each in faulty.requests} == {*faults}
    assert faulty.evil_hits == []


def test_what_can_not_be_run_is_told_while_it_is_typed(open_page: Open) -> None:
    document = examples.load("temperature")
    document["configurations"][0]["temperature"] = 3
    page = open_page(document)

    assert "This can't be run yet." in told(page)
    assert "T = 0: temperature is 3.0, but must be between 0 and 2." in told(page)
    assert button(page, "Run").disabled


def test_a_setting_that_the_endpoint_has_not_is_refused_before_anything_is_sent(
    open_page: Open,
) -> None:
    document = asking({"name": "a", "url": "http://127.0.0.1:1/v1"})
    document["configurations"][0] = {"name": "a", "endpoint": "openai", "model": "m", "top_k": 5}
    page = open_page(document)

    assert "a: OpenAI has no top_k." in told(page)


def test_cells_that_are_edited_are_what_is_asked(open_page: Open, faulty: FaultyServer) -> None:
    page = open_page(asking({"name": "one", "url": faulty.url("ok")}, repeats=1))
    page.session_state["compare.0.0.grid"] = {
        "edited_rows": {0: {"temperature": 0.3, "stop": "END | \\n"}},
        "added_rows": [],
        "deleted_rows": [],
    }

    run_to_its_end(page.run())

    (body,) = [each.json for each in faulty.requests]
    assert body["temperature"] == 0.3
    assert body["stop"] == ["END", "\n"]


def test_turns_are_added_and_removed_and_come_back(open_page: Open) -> None:
    page = open_page()
    button(page, "Add assistant turn").click().run()
    assert [each.label for each in page.text_area][:-1] == [
        "System",
        "User, turn 1",
        "Assistant, turn 2",
        "Assistant prefill (optional)",
    ]

    button(page, "Undo").click().run()

    assert [each.label for each in page.text_area][:-1] == [
        "System",
        "User",
        "Assistant prefill (optional)",
    ]


def test_a_run_that_failed_in_part_is_asked_for_the_rest(
    open_page: Open, faulty: FaultyServer
) -> None:
    page = open_page(asking({"name": "a", "url": faulty.url("first:1:401")}, repeats=3))
    run_to_its_end(page)
    assert "Calls failed in 1 of 1 configuration." in told(page)

    button(page, "Ask for the missing 3").click().run()
    until_ended(page)

    assert "All 3 planned calls have an answer." in told(page)
    assert len(faulty.requests) == 4


def test_a_run_is_closed_and_opened_from_the_list(open_page: Open, faulty: FaultyServer) -> None:
    page = open_page(asking({"name": "a", "url": faulty.url("ok")}, repeats=2))
    run_to_its_end(page)

    button(page, "Close this run").click().run()
    assert "Earlier runs" in [each.value for each in page.subheader]
    button(page, "Open").click().run()

    assert "All 2 planned calls have an answer." in told(page)


def test_a_link_to_a_run_opens_its_experiment_too(open_page: Open, faulty: FaultyServer) -> None:
    document = asking({"name": "a", "url": faulty.url("ok")}, repeats=2)
    document["messages"][0]["content"] = "Name a river."
    first = open_page(document)
    run_to_its_end(first)
    run = first.query_params["run"]

    other = open_page(run=run[0] if isinstance(run, list) else run)

    assert not other.exception
    assert other.text_area[1].value == "Name a river."
    assert "All 2 planned calls have an answer." in told(other)


def test_every_example_runs_on_the_embedded_model(home: Path, open_page: Open) -> None:
    home_with_model(home)
    said = {}
    for stem in examples.ORDER:
        page = open_page({**examples.load(stem), "repeats": 1})
        run_to_its_end(page)
        calls = len(examples.load(stem)["configurations"])
        answered = f"All {calls} planned calls have an answer." in told(page)
        said[stem] = "answered" if answered and not page.exception else told(page)

    assert said == dict.fromkeys(examples.ORDER, "answered")


def test_a_store_that_can_not_be_opened_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import streamlit as st

    from tests.pages.conftest import APP

    picture = tmp_path / "lab.sqlite"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 100)
    monkeypatch.setenv("SAMPLING_LAB_HOME", str(tmp_path))
    monkeypatch.delenv("SAMPLING_LAB_STORE", raising=False)
    st.cache_resource.clear()

    page = AppTest.from_file(APP, default_timeout=30).run()

    assert not page.exception
    assert "The store can't be opened, so nothing can be run or shown." in told(page)


def test_a_run_from_a_link_is_kept_on_the_way_to_responses_and_back(
    open_page: Open, faulty: FaultyServer
) -> None:
    first = open_page(asking({"name": "a", "url": faulty.url("ok")}, repeats=1))
    run_to_its_end(first)
    run = first.query_params["run"]
    page = open_page(run=run[0] if isinstance(run, list) else run)

    page.switch_page("pages/responses.py").run()
    page.switch_page("pages/compare.py").run()

    assert "All 1 planned calls have an answer." in told(page)
    assert page.query_params["run"] == run


def test_results_that_are_older_than_the_draft_say_so_and_what_was_run_can_be_loaded(
    open_page: Open, faulty: FaultyServer
) -> None:
    page = open_page(asking({"name": "a", "url": faulty.url("ok")}, repeats=1))
    run_to_its_end(page)
    assert "the draft above has changed since" not in told(page)
    next(each for each in page.text_area if each.label == "User").set_value("Other").run()
    assert "the draft above has changed since" in told(page)

    button(page, "Load what was run").click().run()

    assert "the draft above has changed since" not in told(page)
    assert next(each for each in page.text_area if each.label == "User").value == "Hi"


def test_more_calls_or_another_name_is_the_same_experiment(
    open_page: Open, faulty: FaultyServer
) -> None:
    page = open_page(asking({"name": "a", "url": faulty.url("ok")}, repeats=1))
    run_to_its_end(page)
    for label, value in (("Experiment name", "Other"), ("Calls for each", 5)):
        fields = (*page.text_input, *page.number_input)
        next(each for each in fields if each.label == label).set_value(value)
    page.run()

    assert "the draft above has changed since" not in told(page)


def test_a_rough_time_is_told_only_where_it_was_measured(
    open_page: Open, faulty: FaultyServer
) -> None:
    page = open_page(asking({"name": "a", "url": faulty.url("ok")}, repeats=2))
    assert "from the last runs here" not in told(page)

    run_to_its_end(page)

    assert "2 calls, no limit on tokens, cost not known, about 1 s, from the last runs here" in (
        told(page)
    )


def test_a_dead_endpoint_is_told_by_what_failed(open_page: Open, faulty: FaultyServer) -> None:
    page = open_page(asking({"name": "a", "url": faulty.url("404_model")}, repeats=1))

    run_to_its_end(page)

    assert "1 of 1 calls failed." in told(page)
    assert "Interrupted" not in told(page)


def test_raising_n_says_what_that_means_for_verdicts(open_page: Open, faulty: FaultyServer) -> None:
    page = open_page(asking({"name": "a", "url": faulty.url("ok")}, repeats=1))
    run_to_its_end(page)

    more = button(page, "1 more of each")
    assert "verdicts are hints then" in more.help
    more.click().run()
    until_ended(page)
    assert "All 2 planned calls have an answer." in told(page)

    assert "finds a difference by chance more often than the p-values say" in told(page)


def test_the_projector_folds_the_editor_enlarges_all_and_stays_on_all_pages(
    open_page: Open, faulty: FaultyServer
) -> None:
    page = open_page(asking({"name": "a", "url": faulty.url("ok")}), projector="1")
    assert "font-size: 22px" in page.get("html")[0].proto.body
    assert not next(each for each in page.expander if each.label == "Set up").proto.expanded

    page.switch_page("pages/responses.py").run()
    assert page.query_params["projector"] in ("1", ["1"])
    page.switch_page("pages/compare.py").run()
    next(each for each in page.toggle if each.label == "Projector").set_value(False).run()

    assert not page.get("html")
    assert "projector" not in page.query_params
    assert next(each for each in page.expander if each.label == "Set up").proto.expanded


def test_saved_servers_are_offered_and_copied_into_a_draft_that_names_one(
    open_page: Open, faulty: FaultyServer
) -> None:
    page = open_page(asking({"name": "a", "url": "http://127.0.0.1:9/v1"}, repeats=1))
    for name in ("one", "kept"):
        resources.engine().store.save_server(Endpoint(name=name, base_url=faulty.url("ok")))
    page.run()
    edits = {"edited_rows": {0: {"endpoint": "kept"}}, "added_rows": [], "deleted_rows": []}
    page.session_state["compare.0.0.grid"] = edits

    run_to_its_end(page.run())

    assert len(faulty.requests) == 1

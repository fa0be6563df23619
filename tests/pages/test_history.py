"""The History page in each of its states."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from lib.domain.vocabulary import Slot
from lib.engine.loading import load
from lib.results import export
from lib.store import Store
from lib.store.run_notes import RunNote
from lib.ui import resources
from tests.browser.drafts import asking
from tests.faulty import FaultyServer
from tests.pages import filling
from tests.pages.conftest import Open, told
from tests.pages.test_responses import asked, table

PAGE = "pages/history.py"


def store() -> Store:
    return resources.engine().store


def opened(open_page: Open) -> AppTest:
    return open_page().switch_page(PAGE).run()


def more(page: AppTest, run: str) -> AppTest:
    return page.button(key=f"history.more.{run}").click().run()


def says(*words: str) -> Any:
    def read(slot: Slot) -> Mapping[str, Any]:
        return {"text": words[slot.repeat % len(words)]}

    return read


def test_with_no_run_it_says_so(open_page: Open) -> None:
    page = opened(open_page)

    assert "Nothing has been run yet." in told(page)


def test_a_run_has_its_line(open_page: Open) -> None:
    page = open_page()
    run = filling.filled(store(), "A", "B", repeats=3, read=says("apple"))
    store().write_run_note(run, RunNote("Baseline of March.\nSecond line", ("baseline",)))

    page.switch_page(PAGE).run()

    words = told(page)
    assert "Filled" in words
    assert "2 configurations × 3 of mine: m" in words
    assert "6 of 6 answered, stop 6" in words
    assert "#baseline   Baseline of March." in words
    assert "cost not known" in words


def test_failures_are_counted_beside_answers(open_page: Open, faulty: FaultyServer) -> None:
    page = open_page()
    asked(asking({"url": faulty.url("ok")}, {"url": faulty.url("400_param")}, repeats=2))

    page.switch_page(PAGE).run()

    assert "2 of 4 answered, stop 2, without an answer: refused setting 1" in told(page)


@pytest.mark.parametrize(
    ("typed", "found"),
    [("pear", 1), ("PEAR", 1), ("filled", 2), ("Hi", 2), ("kiwi", 0), ("hunt pear", 1), ("%", 0)],
)
def test_runs_are_found_by_what_is_in_them(open_page: Open, typed: str, found: int) -> None:
    page = open_page()
    filling.filled(store(), "A", repeats=1, read=says("x"))
    run = filling.filled(store(), "Pear", repeats=1, read=says("x"))
    store().write_run_note(run, RunNote("Hunt."))
    page.switch_page(PAGE).run()

    page.text_input(key="history.text").set_value(typed).run()

    if found:
        assert f"{found} run{'s' * (found > 1)} found" in told(page)
    else:
        assert "No run matches." in told(page)


def test_more_runs_than_a_page_holds_are_turned(open_page: Open) -> None:
    page = open_page()
    runs = [filling.filled(store(), f"N{n}", repeats=1, read=says("x")) for n in range(17)]

    page.switch_page(PAGE).run()

    assert "17 runs, newest first" in told(page)
    lines = [each.key for each in page.button if str(each.key).startswith("history.more.")]
    assert lines == [f"history.more.{run}" for run in reversed(runs[2:])]


def test_a_note_and_tags_are_kept_and_narrow_the_list(open_page: Open) -> None:
    page = open_page()
    runs = [filling.filled(store(), "A", repeats=1, read=says("x")) for _ in range(2)]
    page.switch_page(PAGE).run()
    more(page, runs[0])

    page.text_area(key=f"history.note.{runs[0]}").set_value("Odd.").run()
    page.text_input(key=f"history.tags.{runs[0]}").set_value(" march, odd,march,").run()

    assert store().run_note(runs[0]) == RunNote("Odd.", ("march", "odd"))
    page.selectbox(key="history.tag").set_value("odd").run()
    assert "1 run found" in told(page)
    page.text_input(key=f"history.tags.{runs[0]}").set_value("x" * 41).run()
    assert "has more than 40 characters" in told(page)
    # Until it is mended: one redraw may break off another, and what that said.
    assert "has more than 40 characters" in told(page.run())
    assert store().run_note(runs[0]).tags == ("march", "odd")


def test_an_experiment_is_duplicated_into_compare(open_page: Open) -> None:
    page = open_page()
    run = filling.filled(store(), "Mine", repeats=7, read=says("x"))
    page.switch_page(PAGE).run()
    more(page, run)

    page.button(key=f"history.duplicate.{run}").click().run()

    draft = page.session_state["state.draft"]
    assert draft.document["configurations"][0]["name"] == "Mine"
    assert draft.document["repeats"] == 7
    assert len(store().runs()) == 1


def test_it_is_run_again_and_extended(open_page: Open, faulty: FaultyServer) -> None:
    page = open_page()
    run = asked(asking({"url": faulty.url("ok")}, repeats=2))
    page.switch_page(PAGE).run()
    more(page, run)

    page.button(key=f"history.again.{run}").click().run()
    wait(lambda: len(store().runs()) == 2 and store().runs()[0].samples == 2)
    page.switch_page(PAGE).run()
    page.number_input(key=f"history.repeats.{run}").set_value(5).run()
    page.button(key=f"history.extend.{run}").click().run()
    wait(lambda: store().find(run).samples == 5)

    assert len(faulty.requests) == 2 + 2 + 3
    assert {each.experiment_id for each in store().runs()} == {store().find(run).experiment_id}


def test_two_runs_of_one_experiment_are_compared(open_page: Open) -> None:
    page = open_page()
    then = filling.filled(store(), "A", repeats=30, read=says("apple", "pear"))
    now = filling.filled(store(), "A", repeats=30, read=says("a cat sat", "on the mat today"))
    page.switch_page(PAGE).run()
    more(page, now)

    page.selectbox(key=f"history.across.{now}").set_value(then).run()

    assert "Different: " in told(page)
    rows = table(page, "Each comparison that decides whether the two runs differ.")
    assert set(rows) == {"A"}
    (chart,) = page.get("plotly_chart")
    assert "Probability that two calls agree" in str(chart.proto)


def test_a_lone_run_says_what_would_be_compared(open_page: Open) -> None:
    page = open_page()
    run = filling.filled(store(), "A", repeats=2, read=says("x"))
    page.switch_page(PAGE).run()

    more(page, run)

    assert "No other run has asked exactly this." in told(page)


def test_a_file_is_imported_and_named_so(open_page: Open, tmp_path: Path) -> None:
    page = open_page()
    other = Store.open(tmp_path / "other.sqlite")
    run = filling.filled(other, "A", repeats=2, read=says("x"))
    content = b"".join(export.write(other, load(other, run).snapshot(), "csv"))
    other.close()
    page.switch_page(PAGE).run()

    page.file_uploader(key="history.upload.0").upload("run.csv", content, "text/csv").run()

    assert "Imported." in [each.value for each in page.success]
    assert [each.id for each in store().runs()] == [run]
    page.file_uploader(key="history.upload.1").upload("bad.csv", b"a,b\n1,2\n", "text/csv").run()
    assert "Nothing was changed." in told(page)
    assert "\nbad.csv has no column 'run' in its first row" in f"\n{told(page)}"
    assert [each.id for each in store().runs()] == [run]


def test_an_imported_run_of_a_foreign_address_is_not_asked(open_page: Open, tmp_path: Path) -> None:
    page = open_page()
    other = Store.open(tmp_path / "other.sqlite")
    run = filling.filled(other, "A", repeats=2, read=says("x"))
    content = b"".join(export.write(other, load(other, run).snapshot(), "json"))
    other.close()
    content = content.replace(b"http://127.0.0.1:9/v1", b"https://models.example/v1")
    page.switch_page(PAGE).run()
    page.file_uploader(key="history.upload.0").upload("run.json", content, "application/json").run()

    more(page, run)

    assert page.button(key=f"history.again.{run}").disabled
    assert not [each for each in page.button if each.key == f"history.extend.{run}"]


def test_names_do_nothing_on_the_page(open_page: Open) -> None:
    nasty = "![x](http://127.0.0.1:9/leak) <b>$x$</b>"
    page = open_page()
    run = filling.filled(store(), nasty, repeats=2, read=says(nasty))
    store().write_run_note(run, RunNote(nasty, (nasty[:40],)))
    page.switch_page(PAGE).run()
    more(page, run)

    for kind in (page.markdown, page.caption, page.error, page.success, page.info):
        assert not [each.value for each in kind if "leak" in str(each.value)]


def wait(until: Any) -> None:
    ends = datetime.now(UTC).timestamp() + 60
    while not until():
        assert datetime.now(UTC).timestamp() < ends

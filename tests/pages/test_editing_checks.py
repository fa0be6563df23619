"""Checks and how it is judged, edited on the Compare page."""

from __future__ import annotations

from typing import Any

import pytest

from tests.faulty import FaultyServer
from tests.pages.conftest import Open, button, run_to_its_end, told
from tests.pages.editing import field, one, shared


def test_a_check_is_written_on_the_page_and_judged(open_page: Open, faulty: FaultyServer) -> None:
    page = open_page(one(faulty))
    button(page, "Add check").click().run()
    field(page, "Check name").set_value("is a fruit")
    field(page, "A good answer").set_value("matches").run()
    field(page, "Value").set_value("(").run()
    assert "is not a regular expression" in told(page)
    assert button(page, "Run").disabled

    field(page, "Value").set_value("(?i)apple").run()
    run_to_its_end(page)

    assert not page.exception
    assert shared(page)["checks"] == [{"name": "is a fruit", "matches": "(?i)apple"}]


@pytest.mark.parametrize(
    ("rule", "label", "value", "kept"),
    [
        ("max_words", "Words", 5, 5),
        ("json", None, None, True),
        ("json_schema", "Schema", '{"type": "array"}', {"type": "array"}),
        ("equals", "Value", "Apple", "Apple"),
    ],
)
def test_each_kind_of_check_is_kept(
    open_page: Open, faulty: FaultyServer, rule: str, label: str | None, value: Any, kept: Any
) -> None:
    page = open_page(one(faulty))
    button(page, "Add check").click().run()
    field(page, "A good answer").set_value(rule).run()
    if label:
        field(page, label).set_value(value).run()

    assert shared(page)["checks"] == [{"name": "Check 1", rule: kept}]


def test_a_schema_that_is_none_is_told(open_page: Open, faulty: FaultyServer) -> None:
    page = open_page(one(faulty, checks=[{"name": "shape", "json_schema": {"type": "object"}}]))
    field(page, "Schema").set_value("{").run()

    assert "Check shape: json_schema is '{', but must be a table." in told(page)
    assert button(page, "Run").disabled


def test_a_check_is_removed_and_comes_back(open_page: Open, faulty: FaultyServer) -> None:
    page = open_page(one(faulty, checks=[{"name": "short", "max_words": 2}]))
    next(b for b in page.button if (b.help or "").startswith("Remove check 1")).click().run()
    assert not [each for each in page.text_input if each.label == "Check name"]

    button(page, "Undo").click().run()

    assert field(page, "Check name").value == "short"


def test_a_check_without_a_text_is_called_by_its_name_once(
    open_page: Open, faulty: FaultyServer
) -> None:
    page = open_page(one(faulty))
    button(page, "Add check").click().run()

    assert "Check 1 finds anything: type a value." in told(page)
    assert "Check Check" not in told(page)


def test_how_it_is_judged_is_declared_on_the_page_and_goes_with_the_experiment(
    open_page: Open, faulty: FaultyServer
) -> None:
    page = open_page({**one(faulty), "analysis": {"answer": {"number": True}}})
    field(page, "Margin").set_value(0.05).run()

    assert shared(page)["analysis"] == {"margin": 0.05, "answer": {"number": True}}


def test_how_many_calls_it_takes_is_told_at_the_level_that_is_declared(
    open_page: Open, faulty: FaultyServer
) -> None:
    page = open_page({**one(faulty), "analysis": {"alpha": 0.01}})
    assert "calls of each find" not in told(page)

    page.session_state["compare.0.how_many"] = True
    page.run()

    assert not page.exception
    assert "(level 0.01, one pair)" in told(page)

"""The list of samples: which rows there are, which are wanted, and where next and previous lead."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lib.domain.configuration import Configuration
from lib.domain.errors import Transient
from lib.domain.experiment import Experiment
from lib.domain.message import Message
from lib.domain.vocabulary import FINISH_REASONS, OUTCOMES, Sample, Slot, Usage
from lib.engine.progress import Snapshot
from lib.ui.responses import sample_list
from lib.ui.responses.criteria import ORDERS, Criteria, Found, wanted
from lib.ui.responses.opened import Opened
from lib.ui.responses.rows import Row, rows
from lib.ui.sample import advice

UI = Path(__file__).parents[2] / "lib" / "ui"


def snapshot() -> Snapshot:
    """Asked in the order 2.1, 1.1, 1.2, 2.2, of which the last failed; 1.3 is to come."""
    asked = (Message("user", "Hi"),)
    configurations = (Configuration(name="A"), Configuration(name="<b>\nB"))
    slots = tuple(
        Slot(id_, configurations[number - 1], number, asked, repeat)
        for id_, (number, repeat) in enumerate([(2, 1), (1, 1), (1, 2), (2, 2), (1, 3)], start=10)
    )
    return Snapshot(
        run="R",
        experiment=Experiment(messages=asked, configurations=configurations, repeats=3),
        state="interrupted",
        slots=slots,
        samples={
            10: Sample(slots[0], "pear", "ok", "length", "length", Usage(1, 9), seconds=2.0),
            11: Sample(slots[1], " apple\n", "ok", "stop", "stop", Usage(1, 2), seconds=0.012),
            12: Sample(slots[2], "apple", "ok", "stop", "stop"),
        },
        failures={13: Transient("mine is overloaded.", code="overloaded")},
    )


def test_rows_are_samples_and_failed_calls_by_configuration_and_repeat() -> None:
    found = rows(snapshot())

    assert [(row.name, row.outcome, row.place) for row in found] == [
        ("1.1", "ok", 1),
        ("1.2", "ok", 2),
        ("2.1", "ok", 0),
        ("2.2", "overloaded", 3),
    ]
    assert found[0].output == found[1].output != found[2].output
    assert (found[3].text, found[3].answered) == ("mine is overloaded.", False)


def test_a_row_says_in_few_words_how_it_ended_and_aloud_what_it_is() -> None:
    said = [sample_list.ended(row) for row in rows(snapshot())]
    shown = sample_list.row(
        snapshot(), Found(rows(snapshot())[2], count=3), open_="2.1", noted={10}
    )

    assert said == [
        ["stop", "2 tok", "12 ms"],
        ["stop", "0 ms"],
        ["length", "9 tok", "2.00 s"],
        ["overloaded"],
    ]
    assert shown["configuration"] == "<b>↵B"
    assert (shown["count"], shown["note"], shown["open"]) == ("3 ×", True, True)
    assert shown["aloud"] == (
        "Sample 2.1, <b>↵B, length, 9 tok, 2.00 s, this output 3 times, with a note: pear"
    )


def test_an_outcome_that_says_why_it_ended_needs_no_finish_reason() -> None:
    (row, *_) = rows(snapshot())
    refused = dataclasses.replace(row, outcome="refused", finish_reason="refusal")
    empty = dataclasses.replace(row, outcome="empty", finish_reason="length")

    assert sample_list.ended(refused)[:1] == ["refused"]
    assert sample_list.ended(empty)[:2] == ["empty", "length"]


row = some.builds(
    Row,
    slot_id=some.integers(1, 99),
    name=some.sampled_from(["1.1", "1.2"]),
    number=some.integers(1, 3),
    repeat=some.integers(1, 5),
    place=some.integers(0, 99),
    outcome=some.sampled_from([*OUTCOMES, "overloaded"]),
    answered=some.booleans(),
    finish_reason=some.none() | some.sampled_from(FINISH_REASONS),
    output_tokens=some.none() | some.integers(0, 99),
    seconds=some.none() | some.floats(0, 99),
    text=some.text(max_size=5),
    output=some.integers(0, 4),
)
criteria = some.builds(
    Criteria,
    configurations=some.frozensets(some.integers(1, 3), max_size=2),
    outcomes=some.frozensets(some.sampled_from([*OUTCOMES, "overloaded"]), max_size=2),
    finish_reasons=some.frozensets(some.sampled_from(FINISH_REASONS), max_size=2),
    contains=some.text(max_size=1),
    noted=some.booleans(),
    order=some.sampled_from(sorted(ORDERS)),
)


@given(some.lists(row, max_size=20), criteria, some.frozensets(some.integers(1, 99)))
def test_what_is_wanted_is_a_part_of_what_is_there(
    rows: list[Row], criteria: Criteria, noted: frozenset[int]
) -> None:
    found = wanted(rows, criteria, noted)

    assert all(each.row in rows for each in found)
    assert len(wanted(rows, Criteria(order=criteria.order))) == len(rows)
    if not criteria.narrow:
        assert len(found) == len(rows)


@given(some.lists(row, max_size=20), criteria)
def test_distinct_outputs_count_up_to_all_rows(rows: list[Row], criteria: Criteria) -> None:
    all_ = wanted(rows, criteria)
    distinct = wanted(rows, dataclasses.replace(criteria, distinct=True))

    assert sum(each.count for each in distinct) == len(all_)
    assert len({each.row.output for each in distinct}) == len(distinct)


def test_text_is_looked_for_as_it_is_whatever_its_case() -> None:
    there = rows(snapshot())

    assert [f.row.name for f in wanted(there, Criteria(contains=" APPLE "))] == ["1.1", "1.2"]
    assert wanted(there, Criteria(contains="a.*e")) == []


def shown(*names: str) -> list[Found]:
    (first, *_) = rows(snapshot())
    return [Found(dataclasses.replace(first, name=name)) for name in names]


def test_stepping_stays_within_the_list() -> None:
    open_ = Opened("R")
    open_.step(1)
    assert open_.sample is None

    open_.show(shown("1.1", "1.2", "2.1"), made_by=1)
    assert open_.sample == "1.1"
    for by, name in ((-1, "1.1"), (1, "1.2"), (1, "2.1"), (1, "2.1"), (-1, "1.2")):
        open_.step(by)
        assert open_.sample == name


def test_a_sample_that_is_filtered_away_gives_its_place_to_the_first_that_is_left() -> None:
    open_ = Opened("R", sample="1.2")

    open_.show(shown("1.1", "1.2"), made_by="all")
    assert open_.sample == "1.2"
    open_.show([], made_by="none")
    assert open_.sample == "1.2"
    open_.show(shown("2.1", "2.2"), made_by="some")

    assert open_.sample == "2.1"


def test_the_list_is_turned_to_the_open_sample_until_its_own_buttons_turn_it() -> None:
    open_ = Opened("R", sample="1.25")
    names = [f"1.{number}" for number in range(1, 31)]
    open_.show(shown(*names), made_by=1)
    assert (open_.turned_to(3, 10), open_.turns) == (2, 1)

    open_.page = 0  # by its buttons
    open_.show(shown(*names), made_by=1)
    assert (open_.turned_to(3, 10), open_.turns) == (0, 1)
    open_.step(1)
    assert (open_.turned_to(3, 10), open_.turns) == (2, 2)
    open_.show(shown(*names[20:]), made_by=2)
    assert (open_.turned_to(1, 10), open_.turns) == (0, 3)


def test_advice_says_what_to_use() -> None:
    for reason in ("stop", "stop_sequence"):
        assert advice.REASONS[reason].endswith(": use the answer as it is.")


def test_every_finish_reason_and_outcome_has_its_sentence() -> None:
    assert set(advice.REASONS) == set(FINISH_REASONS)
    assert set(advice.OUTCOMES) == set(OUTCOMES)


@pytest.mark.parametrize("path", sorted(UI.rglob("*.js")), ids=lambda path: path.name)
def test_the_labs_own_components_make_text_nodes_and_nothing_else(path: Path) -> None:
    script = path.read_text(encoding="utf-8")

    for way in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "Function(",
    ):
        assert way not in script
    for asks in ("fetch(", "XMLHttpRequest", "WebSocket", "import(", "http:", "https:"):
        assert asks not in script

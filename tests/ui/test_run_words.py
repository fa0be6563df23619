"""What is said of a run while it goes on, and when it has ended without all of its answers."""

from __future__ import annotations

from typing import Any

import pytest

from lib.domain.configuration import Configuration
from lib.domain.errors import CallError, Transient
from lib.domain.experiment import Experiment
from lib.domain.message import Message
from lib.domain.vocabulary import Sample, Slot
from lib.engine.progress import Snapshot, cut_off
from lib.ui.compare.durations import duration
from lib.ui.compare.latest import counts, latest, line
from lib.ui.compare.progress import ending

HI = (Message("user", "Hi"),)
COLUMNS = (Configuration(name="a"), Configuration(name="b"))
SLOTS = tuple(
    Slot(10 * number + repeat, COLUMNS[number - 1], number, HI, repeat)
    for repeat in range(1, 6)
    for number in (1, 2)
)
DEAD = Transient("mine can't be reached.", code="connection")


def answer(slot: Slot, text: str = "apple") -> Sample:
    return Sample(slot, text, "ok", "stop", "stop")


def run(answered: int, *failures: CallError, **more: Any) -> Snapshot:
    rest = SLOTS[answered:]
    return Snapshot(
        run="R",
        experiment=Experiment(messages=HI, configurations=COLUMNS, repeats=5),
        slots=SLOTS,
        samples={slot.id: answer(slot) for slot in SLOTS[:answered]},
        failures={slot.id: error for slot, error in zip(rest, failures, strict=False)},
        **{"state": "interrupted", **more},
    )


@pytest.mark.parametrize(
    ("snapshot", "says"),
    [
        (
            run(7, cut_off(), state="stopped"),
            "Stopped at 7 of 10 planned samples, 1 call abandoned, which may be billed. "
            "The charts use what is there.",
        ),
        (
            run(7, DEAD, cut_off(), cut_off(), state="stopped"),
            "Stopped at 7 of 10 planned samples, 1 call failed, 2 calls abandoned, which may be "
            "billed. The charts use what is there.",
        ),
        (run(0, *[DEAD] * 10), "10 of 10 calls failed."),
        (
            run(5, DEAD, DEAD),
            "2 of 10 calls failed, 3 calls not made. The charts use what is there.",
        ),
        (
            run(3),
            "Interrupted at 3 of 10 planned samples. The charts use what is there.",
        ),
    ],
)
def test_how_a_run_ended_is_told_by_what_became_of_its_calls(snapshot: Snapshot, says: str) -> None:
    assert ending(snapshot) == says


def test_each_configuration_tells_how_far_it_is() -> None:
    snapshot = run(5, state="running", in_flight={1: 2}, retries={2: 1}, ended={2: DEAD})

    assert counts(snapshot) == [
        "3 of 5, 2 in flight   a",
        "2 of 5, not asked any more, 1 failed try   b",
    ]


def test_the_latest_answers_come_first_and_each_is_one_line() -> None:
    snapshot = run(5, state="running")

    found = latest(snapshot, 2)

    assert [sample.slot.repeat for sample in found[1]] == [3, 2]
    assert [sample.slot.repeat for sample in found[2]] == [2, 1]
    assert line(answer(SLOTS[0], "one\ntwo \x1b[31m")) == "one two \\u001b[31m"
    assert line(answer(SLOTS[0], " \n")) == "(empty)"
    assert len(line(answer(SLOTS[0], "x" * 500))) == 44


@pytest.mark.parametrize(
    ("seconds", "says"), [(0.2, "1 s"), (12.4, "12 s"), (300, "5 min"), (7200, "2 h")]
)
def test_a_rough_time_is_a_round_one(seconds: float, says: str) -> None:
    assert duration(seconds) == says

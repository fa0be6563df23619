"""What a snapshot says of a run, at each moment of it."""

from __future__ import annotations

import random

import pytest

from lib.domain.errors import CallError, Refused, Transient
from lib.domain.vocabulary import Sample, Slot
from lib.engine import progress as progress_module
from lib.engine.progress import Progress, Snapshot
from lib.results.grouping import groups
from tests.engine.carried import asked
from tests.engine.making import slots

BUSY = Transient("Overloaded.", code="overloaded")
EXPERIMENT = asked("http://127.0.0.1:1/v1", "http://127.0.0.1:2/v1", repeats=10)
PLANNED = tuple(slots(10, 2))


def made() -> Progress:
    return Progress("R", EXPERIMENT, PLANNED)


def apple(slot: Slot) -> Sample:
    return Sample(slot, "Apple", "ok", "stop", "stop")


def check(snapshot: Snapshot) -> None:
    for group in groups(snapshot):
        ended = len(group.samples) + sum(group.errors.values()) + group.not_sent + group.set_aside
        assert ended == group.planned == 10
    assert all(0 <= count <= 10 for count in snapshot.in_flight.values())
    assert snapshot.done + len(snapshot.spent) + snapshot.to_come <= len(PLANNED)
    assert not snapshot.samples.keys() & snapshot.failures.keys()


@pytest.mark.parametrize("seed", range(5))
def test_numbers_add_up_at_every_moment(seed: int) -> None:
    draw = random.Random(seed)
    progress, under_way = made(), list[Slot]()
    waiting = list(PLANNED)
    failed = 0

    while waiting or under_way:
        if waiting and ((len(under_way) < 4 and draw.random() < 0.6) or not under_way):
            under_way.append(waiting.pop(0))
            progress.began(under_way[-1])
        else:
            slot = under_way.pop(draw.randrange(len(under_way)))
            match draw.choice(["stored", "failed", "final"]):
                case "stored":
                    progress.stored(slot, apple(slot))
                case kind:
                    progress.failed(slot, BUSY, final=kind == "final")
                    waiting += [slot] * (kind == "failed")
                    failed += 1
        now = progress.snapshot()
        check(now)
        assert sum(now.in_flight.values()) == len(under_way)
        assert sum(now.retries.values()) == failed
        assert now.to_come == len(waiting) + len(under_way)

    progress.become("incomplete")
    check(progress.snapshot())
    assert progress.snapshot().to_come == 0


def test_a_snapshot_stays_as_it_was() -> None:
    progress = made()
    before = progress.snapshot()

    progress.began(PLANNED[0])
    progress.stored(PLANNED[0], apple(PLANNED[0]))

    assert (before.done, before.in_flight) == (0, {})
    assert progress.snapshot().done == 1


def test_calls_under_way_at_the_end_were_cut_off() -> None:
    progress = made()
    progress.began(PLANNED[0])
    progress.began(PLANNED[1])
    progress.stored(PLANNED[1], apple(PLANNED[1]))

    progress.become("stopped")

    (cut,) = progress.snapshot().failures.values()
    assert cut.maybe_billed
    assert progress.snapshot().in_flight == {}
    check(progress.snapshot())


def test_an_answer_takes_the_failures_before_it_away_but_not_their_count() -> None:
    progress = made()
    for _ in range(2):
        progress.began(PLANNED[0])
        progress.failed(PLANNED[0], BUSY, final=False)
    progress.began(PLANNED[0])
    progress.stored(PLANNED[0], apple(PLANNED[0]))

    assert progress.snapshot().failures == {}
    assert progress.snapshot().retries == {PLANNED[0].number: 2}


def test_a_warning_is_told_once() -> None:
    progress = made()
    progress.warn("Look out.")
    progress.warn("Look out.")

    assert progress.snapshot().warnings == ("Look out.",)


class _Clock:
    def __init__(self) -> None:
        self.at = 100.0

    def monotonic(self) -> float:
        return self.at


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> _Clock:
    made = _Clock()
    monkeypatch.setattr(progress_module, "time", made)
    return made


def test_the_time_left_goes_by_the_answers_of_this_carrying_out(clock: _Clock) -> None:
    progress = made()
    there = {each.id: apple(each) for each in PLANNED[:10]}
    progress.know(there, {}, [])
    clock.at += 6
    for each in PLANNED[10:12]:
        progress.stored(each, apple(each))
    assert progress.snapshot().left_s is None  # too few to go by

    progress.stored(PLANNED[12], apple(PLANNED[12]))

    assert progress.snapshot().left_s == pytest.approx(6 / 3 * 7)


def test_what_is_not_asked_any_more_takes_no_time(clock: _Clock) -> None:
    progress = made()
    clock.at += 3
    for each in PLANNED[:6]:
        progress.stored(each, apple(each))
    progress.failed(PLANNED[6], CallError("."), final=True)
    progress.end_configurations({2: Refused("No.")})

    left = [each for each in PLANNED[7:] if each.number == 1]
    assert progress.snapshot().left_s == pytest.approx(3 / 6 * len(left))


def test_a_run_at_rest_has_no_time_left_and_keeps_what_it_took(clock: _Clock) -> None:
    progress = made()
    clock.at += 5
    progress.become("stopped")
    clock.at += 50

    assert progress.snapshot().elapsed_s == pytest.approx(5)
    assert progress.snapshot().left_s is None


def test_a_pause_is_counted_down(clock: _Clock) -> None:
    progress = made()
    progress.pause(10)
    progress.pause(4)  # of another endpoint
    clock.at += 3

    assert progress.snapshot().paused_s == pytest.approx(7)
    clock.at += 30
    assert progress.snapshot().paused_s == 0


def test_rounds_are_complete_although_a_configuration_was_refused() -> None:
    progress = made()
    for each in PLANNED:
        if each.number == 1 and each.repeat <= 4:
            progress.stored(each, apple(each))
    progress.failed(PLANNED[1], Refused("No."), final=False)
    progress.end_configurations({2: Refused("No.")})

    one, two = groups(progress.snapshot())
    assert len(one.samples) == 4
    assert one.set_aside == 0
    assert dict(two.errors) == {"other": 1}

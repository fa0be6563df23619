"""Runs that are looked at: read as often as needed, and no more."""

from __future__ import annotations

import pytest

from lib.engine import looking, starting
from lib.engine.loading import Loaded, load
from lib.engine.looking import MOST_KEPT, REST, Looks
from lib.store.store import Store
from tests.engine.carried import HOME, asked, carry_out, fill, go_on
from tests.faulty import FaultyServer


class Reads:
    """Counts readings, each of which takes two seconds of its clock."""

    def __init__(self) -> None:
        self.runs: list[str] = []
        self.at = 0.0

    def load(self, store: Store, run: str) -> Loaded:
        self.runs.append(run)
        self.at += 2
        return load(store, run)

    def clock(self) -> float:
        return self.at


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Reads:
    made = Reads()
    monkeypatch.setattr(looking, "load", made.load)
    return made


@pytest.fixture
def looks(store: Store, reads: Reads) -> Looks:
    return Looks(store, clock=reads.clock)


def test_a_finished_run_is_read_once(
    server: FaultyServer, store: Store, looks: Looks, reads: Reads
) -> None:
    _, live = carry_out(store, asked(server.url()))

    seen = [looks.at(store.find(live.run)) for _ in range(5)]

    assert len(reads.runs) == 1
    assert all(each is seen[0] for each in seen)
    assert seen[0].samples == live.samples


def test_a_finished_run_that_was_extended_is_read_again(
    server: FaultyServer, store: Store, looks: Looks
) -> None:
    _, live = carry_out(store, asked(server.url(), repeats=2))
    looks.at(store.find(live.run))
    carry_out(store, go_on(store, live.run, repeats=3))

    assert looks.at(store.find(live.run)).done == 3


def test_a_run_that_could_still_change_is_read_again_after_a_while(
    server: FaultyServer, store: Store, looks: Looks, reads: Reads
) -> None:
    _, live = carry_out(store, asked(server.url("401")))

    looks.at(store.find(live.run))
    reads.at += REST * 2 - 1
    looks.at(store.find(live.run))
    assert len(reads.runs) == 1

    reads.at += 2
    looks.at(store.find(live.run))
    assert len(reads.runs) == 2


def test_an_unfinished_run_that_has_changed_is_read_at_once(
    server: FaultyServer, store: Store, looks: Looks
) -> None:
    _, live = carry_out(store, asked(server.url("first:1:401"), repeats=2), at_once=1)
    assert looks.at(store.find(live.run)).done == 0

    carry_out(store, go_on(store, live.run))

    assert looks.at(store.find(live.run)).done == 2


def test_reading_a_run_that_goes_on_takes_a_small_part_of_the_time(
    store: Store, looks: Looks, reads: Reads
) -> None:
    with starting.start(store, asked("http://127.0.0.1:1/v1"), home=HOME) as held:
        first = looks.at(store.find(held.run_id))
        fill(store, held, {"1.1"})
        summary = store.find(held.run_id)
        assert summary.state == "running"
        reads.at += REST * 2 - 1
        assert looks.at(summary) is first

        reads.at += 2

        assert looks.at(summary).done == 1


def test_a_run_that_has_just_ended_is_read_anew(
    server: FaultyServer, store: Store, looks: Looks
) -> None:
    held = starting.start(store, asked(server.url()), home=HOME)
    assert looks.at(store.find(held.run_id)).state == "running"
    carry_out(store, held)

    assert looks.at(store.find(held.run_id)).state == "finished"


def test_no_more_than_a_few_are_kept(
    server: FaultyServer, store: Store, looks: Looks, reads: Reads
) -> None:
    runs = [carry_out(store, asked(server.url(), repeats=1))[1].run for _ in range(MOST_KEPT + 1)]
    for run in runs:
        looks.at(store.find(run))

    looks.at(store.find(runs[-1]))
    assert len(reads.runs) == MOST_KEPT + 1
    looks.at(store.find(runs[0]))
    assert len(reads.runs) == MOST_KEPT + 2

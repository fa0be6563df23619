"""Resuming: what is asked for again, what isn't, and what goes on with which run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from lib.domain.configuration import Configuration
from lib.domain.errors import InputError
from lib.domain.vocabulary import Sample, Slot
from lib.engine import starting
from lib.engine.loading import load
from lib.providers import registry
from lib.store import Store
from tests.engine.carried import (
    HOME,
    Found,
    Heard,
    asked,
    carry_out,
    fill,
    go_on,
    outcomes_add_up,
)
from tests.faulty import FaultyServer


def test_a_resume_asks_for_exactly_what_is_missing(server: FaultyServer, store: Store) -> None:
    experiment = asked(server.url(), server.url(), repeats=10)
    there = {"1.1", "1.4", "1.5", "1.10", "2.2", "2.3", "2.9"}
    with starting.start(store, experiment, home=HOME) as held:
        fill(store, held, there)

    ending, snapshot = carry_out(store, go_on(store, held.run_id))

    assert ending.state == "finished"
    assert len(server.requests) == 20 - len(there)
    by_server = {s.slot.name for s in snapshot.samples.values() if s.text == "Apple"}
    assert by_server == {slot.name for slot in snapshot.slots} - there
    assert all(len(store.attempts(slot.id)) == 1 for slot in snapshot.slots)
    assert snapshot.done_before == len(there)


def test_a_reply_that_was_kept_but_not_read_is_read_and_not_asked_again(
    server: FaultyServer, store: Store
) -> None:
    with starting.start(store, asked(server.url(), repeats=5), home=HOME) as held:
        fill(store, held, {"1.2", "1.4"}, read=False)
    at_rest = load(store, held.run_id).snapshot()
    assert {at_rest.failures[slot.id].code for slot in at_rest.slots if slot.id in at_rest.failures}
    outcomes_add_up(at_rest)

    heard = Heard()
    ending, snapshot = carry_out(store, go_on(store, held.run_id), listener=heard)

    assert ending.state == "finished"
    texts = {sample.slot.name: sample.text for sample in snapshot.samples.values()}
    assert (texts["1.2"], texts["1.4"]) == ("by hand 1.2", "by hand 1.4")
    assert len(server.requests) == 3
    assert heard.stored_[:2] == ["1.2", "1.4"]  # told like all others, and first
    assert snapshot.failures == {}


def test_a_kept_reply_that_can_not_be_read_is_one_failure_and_no_end(
    server: FaultyServer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with starting.start(store, asked(server.url(), repeats=3), home=HOME) as held:
        fill(store, held, {"1.1"}, read=False)

    real = registry.dialect

    class Broken:
        def __init__(self, endpoint: Any) -> None:
            self.build = real(endpoint).build

        def read(self, slot: Slot, reply: Any) -> Sample:
            raise ZeroDivisionError

    monkeypatch.setattr(registry, "dialect", Broken)
    heard = Heard()
    ending, _ = carry_out(store, go_on(store, held.run_id), listener=heard)

    assert heard.failed_ == [("1.1", "malformed")]
    assert ending.state == "finished"  # it was asked again
    assert len(server.requests) == 3


def test_more_repeats_are_paid_for_alone(server: FaultyServer, store: Store) -> None:
    _, first = carry_out(store, asked(server.url(), server.url(), repeats=2))
    assert len(server.requests) == 4

    _, more = carry_out(store, go_on(store, first.run, repeats=5))

    assert len(server.requests) == 10
    assert (more.done, more.experiment.repeats, more.state) == (10, 5, "finished")
    assert more.n_changed_after_results
    assert not first.n_changed_after_results
    assert [slot.id for slot in more.slots[:4]] == [slot.id for slot in first.slots]


@pytest.mark.parametrize("repeats", [1, 0, 200_001])
def test_repeats_that_can_not_be_leave_a_run_as_it_is(
    repeats: int, server: FaultyServer, store: Store
) -> None:
    _, first = carry_out(store, asked(server.url(), repeats=2))

    with pytest.raises(InputError):
        go_on(store, first.run, repeats=repeats)

    assert store.find(first.run).state == "finished"


def test_failed_samples_are_left_alone_unless_new_tries_are_asked_for(
    server: FaultyServer, store: Store
) -> None:
    ending, first = carry_out(
        store, asked(server.url("first:3:empty_choices"), repeats=4), at_once=1
    )
    assert (ending.state, first.done, len(first.spent)) == ("incomplete", 3, 1)
    assert len(server.requests) == 6

    ending, again = carry_out(store, go_on(store, first.run))
    assert (ending.state, len(server.requests)) == ("incomplete", 6)

    ending, again = carry_out(store, go_on(store, first.run, retry_failed=True))
    assert (ending.state, len(server.requests)) == ("finished", 7)
    (slot_id,) = first.spent
    assert [each.accepted for each in store.attempts(slot_id)] == [False, False, False, True]
    assert again.retries == {1: 3}


def test_the_same_experiment_is_carried_on_after_its_key_was_put_right(
    server: FaultyServer, store: Store
) -> None:
    experiment = asked(server.url("first:1:401"), repeats=6)
    _, first = carry_out(store, experiment)
    assert (first.done, len(server.requests)) == (0, 1)

    held = starting.start(store, experiment, home=HOME, new=False)
    ending, second = carry_out(store, held)

    assert second.run == first.run
    assert (ending.state, second.done, len(server.requests)) == ("finished", 6, 7)
    assert second.ended == {}


def test_a_refused_configuration_is_no_reason_to_go_on_with_the_run(
    server: FaultyServer, store: Store
) -> None:
    experiment = asked(server.url(), server.url("400_param"))
    ending, first = carry_out(store, experiment)
    assert (ending.state, store.find(first.run).state) == ("incomplete", "incomplete")

    with starting.start(store, experiment, home=HOME, new=False) as held:
        assert not held.carried_on


def test_another_model_is_not_mixed_into_a_run(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = Found("a" * 64)
    monkeypatch.setattr(starting, "find", lambda home: there)
    experiment = replace(asked("http://127.0.0.1:9/v1"), configurations=(Configuration(name="A"),))
    with starting.start(store, experiment, home=HOME) as held:
        run = held.run_id
    go_on(store, run).release()

    there.sha256 = "b" * 64
    with pytest.raises(InputError, match="The embedded model is another one"):
        go_on(store, run)

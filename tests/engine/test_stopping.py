"""Stopping: what is kept of calls under way, and what a run costs that can't go on."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from lib.domain.errors import StoreError
from lib.domain.vocabulary import Sample
from lib.engine import starting
from lib.engine.carrying import carry
from lib.engine.loading import load
from lib.store import Store
from tests.engine.carried import (
    HOME,
    Heard,
    asked,
    carry_out,
    order,
    outcomes_add_up,
)
from tests.faulty import FaultyServer


def test_a_stop_keeps_the_answers_of_calls_under_way(server: FaultyServer, store: Store) -> None:
    server.latency_s = 0.2
    experiment = asked(server.url(), repeats=40)
    how = order(experiment, at_once=4)
    how.listener = Heard(after=5, stop=how)

    ending, snapshot = carry_out(store, experiment, give_with=how)

    assert ending.state == "stopped"
    assert snapshot.done == len(server.requests) < 12
    assert store.find(snapshot.run).state == "stopped"
    assert snapshot.in_flight == {}
    with starting.start(store, experiment, home=HOME, new=False) as held:
        assert not held.carried_on  # its user wanted it to end


def test_a_call_that_outlasts_the_grace_is_cut_off_and_said_so(
    server: FaultyServer, store: Store
) -> None:
    server.answer = lambda asked, number: "Apple"
    experiment = asked(server.url(), server.url("hang"), repeats=3)
    how = order(experiment, grace_s=0.2, by_user=False)
    how.listener = Heard(after=3, stop=how)

    began = time.monotonic()
    ending, snapshot = carry_out(store, experiment, give_with=how)

    assert time.monotonic() - began < 5
    assert (ending.state, snapshot.done) == ("interrupted", 3)
    (cut,) = snapshot.failures.values()
    assert cut.says.startswith("The call was under way when the run was broken off")
    assert cut.maybe_billed
    outcomes_add_up(snapshot)
    again = load(store, snapshot.run).snapshot()
    assert [str(error) for error in again.failures.values()] == [str(cut)]
    assert store.find(snapshot.run).state == "interrupted"


def test_a_run_that_is_stopped_before_it_began_asks_nothing(
    server: FaultyServer, store: Store
) -> None:
    how = order(experiment := asked(server.url()))
    how.stop.set()

    ending, _ = carry_out(store, experiment, give_with=how)

    assert (ending.state, server.requests) == ("stopped", [])


def test_no_call_is_made_once_the_store_has_failed(
    server: FaultyServer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Store.ledger

    class Full:
        def __init__(self, inner: Any) -> None:
            self._inner, self._left = inner, 5

        def __getattr__(self, name: str) -> Any:
            return getattr(self._inner, name)

        async def accept(self, attempt: int, sample: Sample) -> None:
            self._left -= 1
            if self._left < 0:
                raise StoreError("The disk is full.", "Free some space.")
            await self._inner.accept(attempt, sample)

    monkeypatch.setattr(Store, "ledger", lambda *given: Full(real(*given)))
    held = starting.start(store, asked(server.url(), server.url(), repeats=50), home=HOME)
    loaded = load(store, held.run_id)
    progress = loaded.progress()

    async def work() -> None:
        await carry(store, loaded, progress, order(loaded.experiment))

    with held, pytest.raises(StoreError, match=r"The disk is full\. Free some space\."):
        asyncio.run(work())

    assert len(server.requests) <= 5 + 8
    assert progress.snapshot().state == "interrupted"
    assert progress.snapshot().done <= store.find(held.run_id).samples <= 5
    outcomes_add_up(progress.snapshot())

"""Runs that are asked batch by batch: when it is looked, what follows, and what is stored."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from lib.domain.declared import Declared, Stop
from lib.domain.errors import InputError
from lib.domain.experiment import Experiment
from lib.domain.experiment_file import document, parse
from lib.engine import starting
from lib.engine.batches import carry_in_batches
from lib.engine.engine import Engine
from lib.engine.loading import load
from lib.engine.progress import Snapshot
from lib.store import Store
from tests.engine.carried import HOME, KEY, asked, order
from tests.engine.test_engine import at_rest
from tests.faulty import FaultyServer


def staged(*urls: str, most: int = 15, batch: int = 5) -> Experiment:
    return replace(asked(*urls, repeats=most), declared=Declared(stop=Stop(batch=batch, most=most)))


def carried(
    store: Store, experiment: Experiment, enough: Callable[[Snapshot], bool], at_once: int = 8
) -> tuple[Snapshot, list[tuple[int, bool]]]:
    looks: list[tuple[int, bool]] = []

    async def whole() -> Snapshot:
        given = order(experiment, at_once=at_once)
        given.enough, given.looked = enough, lambda calls, told: looks.append((calls, told))
        with starting.start(store, experiment, home=HOME, keys=given.keys) as held:
            loaded = load(store, held.run_id)
            _, progress = await carry_in_batches(store, held, loaded, loaded.progress(), given)
        return progress.snapshot()

    return asyncio.run(whole()), looks


def test_a_run_ends_with_the_batch_after_which_its_question_is_answered(
    server: FaultyServer, store: Store
) -> None:
    experiment = staged(server.url(), server.url())

    last, looks = carried(store, experiment, lambda now: now.done >= 20)

    assert looks == [(5, False), (10, True)]
    assert (last.state, last.done, len(last.slots), len(server.requests)) == (
        "finished",
        20,
        20,
        20,
    )
    kept = load(store, last.run).snapshot()
    assert (kept.state, kept.experiment.repeats) == ("finished", 10)
    assert not kept.n_changed_after_results


def test_an_open_question_goes_to_the_most_calls_and_no_further(
    server: FaultyServer, store: Store
) -> None:
    last, looks = carried(store, staged(server.url(), server.url(), most=12), lambda now: False)

    assert looks == [(5, False), (10, False), (12, False)]
    assert (last.state, last.done) == ("finished", 24)


def test_each_look_sees_whole_rounds_and_no_call_under_way(
    server: FaultyServer, store: Store
) -> None:
    seen: list[tuple[int, int]] = []

    def look(now: Snapshot) -> bool:
        seen.append((now.done, sum(now.in_flight.values())))
        return False

    carried(store, staged(server.url(), server.url()), look)

    assert seen == [(10, 0), (20, 0), (30, 0)]


def test_a_configuration_that_is_refused_ends_the_run_with_its_batch(
    server: FaultyServer, store: Store
) -> None:
    last, looks = carried(store, staged(server.url("400_param"), server.url()), lambda now: False)

    assert looks == []
    assert (last.state, last.done) == ("incomplete", 5)


def test_failed_calls_do_not_keep_a_run_from_its_next_look(
    server: FaultyServer, store: Store
) -> None:
    experiment = staged(server.url("share:0.5:gzip_bomb"), server.url(), most=10)

    # One call at a time: then the server's draws are the same every time, and the first is fine.
    last, looks = carried(store, experiment, lambda now: False, at_once=1)

    assert [calls for calls, _ in looks] == [5, 10]
    assert (last.state, len(last.slots)) == ("incomplete", 20)
    assert last.done < 20


def test_a_run_whose_last_look_was_never_taken_goes_on_there(
    server: FaultyServer, store: Store
) -> None:
    experiment = staged(server.url(), server.url())

    async def first_batch_only() -> str:
        given = order(experiment)
        with starting.start(store, experiment, home=HOME, keys=given.keys) as held:
            loaded = load(store, held.run_id)
            given.enough = lambda now: 1 / 0 == 0  # a process that dies while it looks
            with pytest.raises(ZeroDivisionError):
                await carry_in_batches(store, held, loaded, loaded.progress(), given)
            return held.run_id

    async def resumed(run: str) -> Snapshot:
        given = order(experiment)
        given.enough = lambda now: now.done >= 30
        with starting.go_on(store, run, home=HOME, keys=given.keys) as held:
            loaded = load(store, run)
            _, progress = await carry_in_batches(store, held, loaded, loaded.progress(), given)
        return progress.snapshot()

    last = asyncio.run(resumed(asyncio.run(first_batch_only())))

    assert (last.state, last.done, len(server.requests)) == ("finished", 30, 30)


def test_calls_beyond_what_was_declared_are_told(server: FaultyServer, store: Store) -> None:
    last, _ = carried(store, staged(server.url(), server.url()), lambda now: True)

    starting.go_on(store, last.run, home=HOME, keys={"e1": KEY, "e2": KEY}, repeats=7).release()

    assert load(store, last.run).n_changed_after_results


def test_the_app_shows_one_run_that_goes_on_from_batch_to_batch(
    server: FaultyServer, store: Store, tmp_path: Path
) -> None:
    engine = Engine(store, tmp_path, enough=lambda now: now.done >= 20)
    try:
        run = engine.start(staged(server.url(), server.url()), keys={"e1": KEY, "e2": KEY})
        last = at_rest(engine, run)
    finally:
        engine.close()

    assert (last.state, last.done, last.experiment.repeats) == ("finished", 20, 10)


def test_the_document_keeps_the_most_calls_whatever_was_planned_so_far() -> None:
    experiment = staged("http://127.0.0.1:1", "http://127.0.0.1:2", most=80, batch=20)

    assert experiment.first_batch.repeats == 20
    again = parse(document(experiment.first_batch))
    assert (again.repeats, again.declared.stop) == (80, Stop(batch=20, most=80))


def test_a_stop_needs_two_configurations_and_answers_that_stay_what_they_are() -> None:
    with pytest.raises(InputError, match="needs two configurations"):
        staged("http://127.0.0.1:1")
    with pytest.raises(InputError, match="clusters change with every call"):
        replace(
            asked("http://127.0.0.1:1", "http://127.0.0.1:2", repeats=20),
            declared=Declared(similar=0.8, stop=Stop(batch=10, most=20)),
        )

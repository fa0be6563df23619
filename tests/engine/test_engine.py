"""The engine of the app: runs in a thread, seen and steered from others."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lib.domain.errors import InputError, LabError, RunHeld, StoreError
from lib.engine import engine as engine_module
from lib.engine.engine import MOST_ENDED, Engine
from lib.engine.progress import Snapshot
from lib.store.store import Store
from tests.engine.carried import KEY, asked, carry_out, go_on
from tests.faulty import FaultyServer

ROOT = Path(__file__).resolve().parents[2]
KEYS = {"e1": KEY, "e2": KEY}


@pytest.fixture
def engine(store: Store, tmp_path: Path) -> Iterator[Engine]:
    made = Engine(store, tmp_path)
    yield made
    made.close()


def until(condition: Callable[[], bool], limit_s: float = 20.0) -> None:
    ends = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < ends, "it never came true"
        time.sleep(0.005)


def seen(engine: Engine, run: str) -> Snapshot:
    snapshot = engine.snapshot(run)
    assert snapshot is not None
    return snapshot


def at_rest(engine: Engine, run: str) -> Snapshot:
    until(lambda: not seen(engine, run).running)
    return seen(engine, run)


def test_a_run_is_started_at_once_and_seen_to_its_end(server: FaultyServer, engine: Engine) -> None:
    server.latency_s = 0.05
    run = engine.start(asked(server.url(), repeats=20), keys=KEYS)

    first = seen(engine, run)
    assert (first.running, len(first.slots)) == (True, 20)
    assert engine.running() == [run]
    until(lambda: 0 < seen(engine, run).done < 20)
    assert sum(seen(engine, run).in_flight.values()) <= 8

    last = at_rest(engine, run)
    assert (last.state, last.done, len(server.requests)) == ("finished", 20, 20)
    assert engine.running() == []


def test_two_runs_at_once_have_their_own_answers(server: FaultyServer, engine: Engine) -> None:
    server.latency_s = 0.02
    first = engine.start(asked(server.url(), repeats=15), keys=KEYS)
    second = engine.start(asked(server.url("400_param"), server.url(), repeats=10), keys=KEYS)
    assert set(engine.running()) == {first, second}

    assert (at_rest(engine, first).state, at_rest(engine, second).state) == (
        "finished",
        "incomplete",
    )
    assert (seen(engine, first).done, seen(engine, second).done) == (15, 10)


def test_runs_go_on_from_any_thread_and_answers_are_never_shared(
    server: FaultyServer, engine: Engine
) -> None:
    runs: list[str] = []

    def visit() -> None:
        runs.append(engine.start(asked(server.url(), repeats=5), keys=KEYS))

    visitors = [threading.Thread(target=visit) for _ in range(6)]
    for each in visitors:
        each.start()
    for each in visitors:
        each.join()

    assert len(set(runs)) == 6
    assert [at_rest(engine, run).done for run in runs] == [5] * 6
    assert len(server.requests) == 30  # asked anew each time


def test_stop_keeps_what_is_there_and_resume_asks_for_the_rest(
    server: FaultyServer, engine: Engine
) -> None:
    server.latency_s = 0.05
    run = engine.start(asked(server.url(), repeats=60), keys=KEYS)
    until(lambda: seen(engine, run).done >= 3)

    engine.stop(run)
    stopped = at_rest(engine, run)
    assert stopped.state == "stopped"
    assert 3 <= stopped.done < 60

    until(lambda: engine.store.find(run).state == "stopped")
    engine.resume(run, keys=KEYS)
    assert seen(engine, run).running
    assert (at_rest(engine, run).state, len(server.requests)) == ("finished", 60)


def test_a_run_that_is_carried_out_can_not_be_resumed(server: FaultyServer, engine: Engine) -> None:
    server.latency_s = 0.2
    run = engine.start(asked(server.url(), repeats=30), keys=KEYS)

    with pytest.raises(RunHeld):
        engine.resume(run, keys=KEYS)

    assert seen(engine, run).running
    engine.stop(run)
    at_rest(engine, run)


def test_more_repeats_and_new_tries(server: FaultyServer, engine: Engine) -> None:
    run = engine.start(asked(server.url("first:3:empty_choices"), repeats=2), keys=KEYS, at_once=1)
    assert at_rest(engine, run).state == "incomplete"
    until(lambda: engine.store.find(run).state == "incomplete")

    engine.resume(run, keys=KEYS, repeats=4, retry_failed=True)

    last = at_rest(engine, run)
    assert (last.state, last.done, last.n_changed_after_results) == ("finished", 4, True)


def test_the_budget_is_told_in_the_warnings_as_long_as_the_engine_lives(
    server: FaultyServer, engine: Engine, store: Store
) -> None:
    run = engine.start(asked(server.url(), repeats=10), keys=KEYS, max_calls=4)

    last = at_rest(engine, run)
    assert (last.state, last.done) == ("interrupted", 4)
    assert last.warnings[0].startswith("Stopped by the budget: 4 calls")
    until(lambda: store.find(run).state == "interrupted")
    assert seen(engine, run).warnings == last.warnings


def test_what_another_process_did_later_is_seen(
    server: FaultyServer, engine: Engine, store: Store
) -> None:
    run = engine.start(asked(server.url(), repeats=10), keys=KEYS, max_calls=4)
    at_rest(engine, run)
    until(lambda: store.find(run).held_by is None)

    carry_out(store, go_on(store, run))  # as `python -m lib resume` would

    assert (seen(engine, run).state, seen(engine, run).done) == ("finished", 10)


def test_a_run_of_the_store_is_shown_as_it_is(
    server: FaultyServer, engine: Engine, store: Store
) -> None:
    _, live = carry_out(store, asked(server.url(), server.url("400_param"), repeats=3))

    shown = seen(engine, live.run)

    assert (shown.state, shown.samples) == ("incomplete", live.samples)
    assert shown.ended[2].code == "refused_setting"
    assert engine.running() == []


def test_a_run_that_is_not_there_is_none(engine: Engine) -> None:
    assert engine.snapshot("01NOTHERE") is None
    engine.stop("01NOTHERE")
    with pytest.raises(InputError):
        engine.resume("01NOTHERE", keys={})


def test_a_store_that_fails_is_not_taken_for_a_run_that_is_not_there(
    server: FaultyServer, engine: Engine, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(run: str) -> None:
        raise StoreError("The store can't be read.")

    monkeypatch.setattr(store, "find", fails)

    with pytest.raises(StoreError):
        engine.snapshot("01ANY")


def test_a_deleted_run_is_gone(server: FaultyServer, engine: Engine, store: Store) -> None:
    run = engine.start(asked(server.url(), repeats=1), keys=KEYS)
    at_rest(engine, run)
    until(lambda: store.find(run).held_by is None)
    store.delete_run(run)

    assert engine.snapshot(run) is None


def test_numbers_that_can_not_be_start_nothing(engine: Engine, store: Store) -> None:
    with pytest.raises(InputError):
        engine.start(asked("http://127.0.0.1:9/v1"), keys=KEYS, at_once=0)

    assert store.runs() == []


def test_a_run_that_can_not_be_read_is_let_go_again(
    server: FaultyServer, engine: Engine, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(store: Store, run: str) -> None:
        raise LabError("It can't be read.")

    with monkeypatch.context() as patch:
        patch.setattr(engine_module, "load", broken)
        with pytest.raises(LabError):
            engine.start(asked(server.url()), keys=KEYS)

    run = store.find("latest")
    assert run.held_by is None
    engine.resume(run.id, keys=KEYS)
    assert at_rest(engine, run.id).state == "finished"


def test_a_fault_of_the_lab_ends_one_run_with_a_sentence(
    server: FaultyServer, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lib.engine import runner

    async def broken(*args: object, **kwargs: object) -> None:
        raise ZeroDivisionError(KEY)

    with monkeypatch.context() as patch:
        patch.setattr(runner, "run", broken)
        run = engine.start(asked(server.url()), keys=KEYS)
        last = at_rest(engine, run)
    until(lambda: bool(seen(engine, run).warnings))

    assert last.state == "interrupted"
    assert "because of a fault in the lab" in seen(engine, run).warnings[0]
    assert KEY not in str(seen(engine, run))
    until(lambda: engine.store.find(run).held_by is None)
    engine.resume(run, keys=KEYS)
    assert at_rest(engine, run).state == "finished"


def test_closing_interrupts_so_that_runs_are_carried_on(
    server: FaultyServer, store: Store, tmp_path: Path
) -> None:
    server.latency_s = 0.05
    engine = Engine(store, tmp_path)
    run = engine.start(asked(server.url(), repeats=60), keys=KEYS)
    until(lambda: seen(engine, run).done >= 2)

    engine.close()
    engine.close()

    found = store.find(run)
    assert (found.state, found.held_by) == ("interrupted", None)
    assert found.samples == len(server.requests) < 60
    with pytest.raises(LabError, match="is being closed"):
        engine.start(asked(server.url()), keys=KEYS)
    assert store.find("latest").held_by is None


def test_no_key_is_in_what_anything_shows_and_none_is_kept(
    server: FaultyServer, engine: Engine
) -> None:
    run = engine.start(asked(server.url("echo_headers"), repeats=2), keys=KEYS)
    carried = engine._carried[run]
    shown = [engine, carried, carried.order, carried.progress, seen(engine, run)]
    assert not any(KEY in repr(each) for each in shown)

    at_rest(engine, run)
    until(lambda: carried.order.keys == {})
    assert KEY not in str(seen(engine, run))  # though the endpoint sent it back


def test_only_some_ended_runs_are_remembered(
    server: FaultyServer, engine: Engine, store: Store
) -> None:
    runs = [engine.start(asked(server.url(), repeats=1), keys=KEYS) for _ in range(MOST_ENDED + 4)]
    for run in runs:
        at_rest(engine, run)
    until(lambda: all(store.find(run).held_by is None for run in runs))

    until(lambda: len(engine._carried) <= MOST_ENDED)
    assert seen(engine, runs[0]).done == 1  # from the store


def test_a_run_of_another_process_is_seen_to_go_on_and_to_end(
    server: FaultyServer, engine: Engine, store: Store, tmp_path: Path
) -> None:
    server.latency_s = 0.15
    file = tmp_path / "fruit.toml"
    file.write_text(
        'repeats = 60\nmessages = [{ role = "user", content = "Name a fruit." }]\n'
        f'[endpoints.mine]\nbase_url = "{server.url()}"\n'
        '[defaults]\nendpoint = "mine"\nmodel = "m"\n'
    )
    other = subprocess.Popen(
        [sys.executable, "-m", "lib", "run", str(file), "--store", str(store.path), "--events"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
    )
    try:
        until(lambda: bool(store.runs()) and store.runs()[0].samples > 0)
        run = store.runs()[0].id
        assert seen(engine, run).state == "running"
        done = seen(engine, run).done
        until(lambda: done < seen(engine, run).done < 60)
        with pytest.raises(RunHeld) as raised:
            engine.resume(run, keys=KEYS)
        assert raised.value.pid == other.pid
        assert at_rest(engine, run).state == "finished"
        assert seen(engine, run).done == 60
    finally:
        other.kill()
        other.wait()

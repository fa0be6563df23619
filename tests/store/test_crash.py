"""A crash at any moment: nothing acknowledged is lost, and no planned sample has two answers."""

from __future__ import annotations

import asyncio
import os
import random
import sqlite3
import sys
from contextlib import closing
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from lib.domain.errors import RunHeld
from lib.store import Store
from tests.store import children, power
from tests.store.making import REQUEST, begin, read, reply, slots

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="has no SIGKILL")

KILLS = 24


@pytest.fixture
def draw() -> random.Random:
    seed = int(os.environ.get("SAMPLING_LAB_TEST_SEED", random.SystemRandom().randrange(10**6)))
    sys.stdout.write(f"SAMPLING_LAB_TEST_SEED={seed}\n")  # pytest shows it with a failure
    return random.Random(seed)


def check(path: Path, run: str, *, begun: set[int], stored: set[int]) -> None:
    """What was acknowledged is there, once, and no meaning without its bytes."""
    store = Store.open(path)
    assert stored <= {slot for slot, state in store.states(run).items() if state.accepted}
    store.close()
    with closing(sqlite3.connect(path)) as connection:

        def all_of(query: str) -> list[tuple[object, ...]]:
            return connection.execute(query).fetchall()

        assert begun <= {number for (number,) in all_of("SELECT id FROM attempt")}
        assert all_of("SELECT * FROM sample WHERE attempt NOT IN (SELECT attempt FROM reply)") == []
        assert all_of("PRAGMA integrity_check") == [("ok",)]
        assert all_of("PRAGMA foreign_key_check") == []


def hear(connection: Connection, begun: set[int], stored: set[int], *, most: int) -> int:
    """Hear up to so many words of a process; returns how many there were."""
    for heard in range(most):
        try:
            kind, number = children.said(connection)
        except EOFError:
            return heard
        (begun if kind == "begun" else stored).add(number)
    return most


def test_a_kill_at_any_moment_loses_nothing_acknowledged(path: Path, draw: random.Random) -> None:
    store = Store.open(path)
    run = begin(store, repeats=1000).run_id
    store.close()
    begun: set[int] = set()
    stored: set[int] = set()

    for _ in range(KILLS):
        process, connection = children.start(children.carry_on, path, run, draw.choice([1, 4, 20]))
        hear(connection, begun, stored, most=draw.randrange(1, 120))
        connection.poll(draw.random() * 0.005)  # wherever it is now: within a commit, as a rule
        process.kill()
        process.join()
        hear(connection, begun, stored, most=10**6)  # what it had said before it died
        connection.close()
        check(path, run, begun=begun, stored=stored)

    assert len(stored) > KILLS


def test_the_reply_of_a_killed_process_is_read_and_not_paid_for_again(path: Path) -> None:
    process, connection = children.start(children.keep_and_die, path)
    run = children.said(connection)
    process.join()
    store = Store.open(path)

    with begin(store) as held:
        assert (held.run_id, held.carried_on) == (run, True)
        first, second, *_ = slots(store, run)
        ((slot, attempt, kept),) = store.unread(run)
        assert (slot, kept.body) == (first.id, b"paid for")

        async def read_it() -> None:
            ledger = store.ledger(run, asyncio.get_running_loop())
            await ledger.accept(attempt, read(first))

        asyncio.run(read_it())
        states = store.states(run)
        assert (states[first.id].accepted, states[first.id].attempts) == (True, 1)
        assert (states[second.id].accepted, states[second.id].maybe_billed) == (False, 1)
        assert store.unread(run) == []
    store.close()


def test_a_lock_dies_with_its_process(path: Path) -> None:
    process, connection = children.start(children.hold, path, None)
    run = children.said(connection)
    store = Store.open(path)
    assert (store.find(run).state, store.find(run).held_by) == ("running", process.pid)
    with pytest.raises(RunHeld, match=f"Process {process.pid} is carrying this run out"):
        store.hold(run)

    process.kill()
    process.join()

    assert store.find(run).state == "interrupted"
    with begin(store) as held:
        assert (held.run_id, held.carried_on) == (run, True)
    store.close()


def test_processes_that_plan_the_same_at_once_make_one_run(path: Path) -> None:
    started = [children.start(children.plan, path) for _ in range(4)]
    for _, connection in started:
        assert children.said(connection) == "ready"
    for _, connection in started:
        connection.send("go")

    outcomes = {process.pid: children.said(connection) for process, connection in started}

    ((owner, (run, carried_on)),) = [(p, o) for p, o in outcomes.items() if isinstance(o, tuple)]
    assert not carried_on
    assert [o for p, o in outcomes.items() if p != owner] == [owner] * 3
    for process, connection in started:
        connection.send("enough")
        process.join()
    store = Store.open(path)
    assert [each.id for each in store.runs()] == [run]
    store.close()


def test_processes_that_write_at_once_wait_for_each_other(path: Path) -> None:
    started = [children.start(children.fill, path, 100) for _ in range(3)]

    runs = [children.said(connection) for _, connection in started]

    store = Store.open(path)
    assert [store.find(run).samples for run in runs] == [200] * 3
    store.close()


needs_power = pytest.mark.skipif(
    power.library() is None, reason="SQLite is not a library of its own here"
)


@needs_power
def test_a_power_cut_loses_nothing_acknowledged(path: Path, tmp_path: Path) -> None:
    process, connection = children.start(run_until_the_power_is_cut, path)
    run, cuts = children.said(connection)
    process.join()

    assert len(cuts) > 5
    for number, (files, begun, stored) in enumerate(cuts):
        check(image(tmp_path / f"{number}", files), run, begun=begun, stored=stored)


@needs_power
def test_what_is_shown_after_a_crash_survives_a_power_cut(path: Path, tmp_path: Path) -> None:
    process, connection = children.start(children.keep_and_die, path)
    run = children.said(connection)
    process.join()

    process, connection = children.start(open_and_say_what_is_synced, path)
    files, begun = children.said(connection)

    assert begun == {1, 2}
    check(image(tmp_path / "cut", files), run, begun=begun, stored=set())


def image(folder: Path, files: dict[str, bytes]) -> Path:
    """A disk with what was synced; returns its store."""
    folder.mkdir()
    for name, held in files.items():
        (folder / name).write_bytes(held)
    return folder / "lab.sqlite"


def open_and_say_what_is_synced(connection: Connection, path: Path) -> None:
    """What the disk holds of a store as soon as it is open, and the attempts that it shows."""
    name = power.library()
    assert name is not None
    disk = power.Disk(name, lambda: None)
    store = Store.open(path)
    slots = store.states(store.find("latest").id)
    connection.send((disk.synced, {each.id for slot in slots for each in store.attempts(slot)}))


def run_until_the_power_is_cut(connection: Connection, path: Path) -> None:
    """Answer all, noting before each sync what the disk holds and what has been acknowledged."""
    cuts: list[tuple[dict[str, bytes], set[int], set[int]]] = []
    begun: set[int] = set()
    stored: set[int] = set()
    recording = False

    def about_to_sync() -> None:
        if recording:
            cuts.append((dict(disk.synced), set(begun), set(stored)))  # shares the bytes

    name = power.library()
    assert name is not None
    disk = power.Disk(name, about_to_sync)
    store = Store.open(path)
    disk.synced[path.name] = path.read_bytes()  # by whoever made it, under another name
    run = begin(store, repeats=100).run_id

    async def main() -> None:
        ledger = store.ledger(run, asyncio.get_running_loop())
        waiting = iter(slots(store, run))

        async def work() -> None:
            for slot in waiting:
                attempt = await ledger.begin(slot, REQUEST)
                begun.add(attempt)
                ledger.keep(attempt, reply(os.urandom(30_000)))  # so that it checkpoints, too
                await ledger.accept(attempt, read(slot))
                stored.add(slot.id)

        async with asyncio.TaskGroup() as workers:
            for _ in range(4):
                workers.create_task(work())

    recording = True
    asyncio.run(main())
    about_to_sync()
    recording = False
    connection.send((run, [*cuts[:: max(1, len(cuts) // 20)], cuts[-1]]))

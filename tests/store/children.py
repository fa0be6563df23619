"""What other processes do in tests. They are forked from a server that has imported everything."""

from __future__ import annotations

import asyncio
import io
import multiprocessing
import os
import resource
import signal
import sqlite3
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest

from lib.domain.errors import RunHeld, StoreError
from lib.store import Store, schema, upgrade
from tests.store.making import REQUEST, answer, begin, read, reply, slots


def start(work: Callable[..., None], *arguments: Any) -> tuple[BaseProcess, Connection]:
    """Start work in a process of its own; returns it and the connection on which it speaks."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.store.children", "tests.store.power"])
    mine, its = context.Pipe()
    process = context.Process(target=work, args=(its, *arguments), daemon=True)
    process.start()
    its.close()
    return process, mine


def said(connection: Connection) -> Any:
    """What a process says next; an error if it says nothing for long."""
    if not connection.poll(30):
        raise TimeoutError
    return connection.recv()


def carry_on(connection: Connection, path: Path, run: str, at_once: int) -> None:
    """Carry a run on as the engine does, saying what has been acknowledged."""
    store = Store.open(path)
    store.hold(run)
    states = store.states(run)
    missing = iter([slot for slot in slots(store, run) if not states[slot.id].accepted])

    async def main() -> None:
        ledger = store.ledger(run, asyncio.get_running_loop())
        by_id = {slot.id: slot for slot in slots(store, run)}
        unread = {slot: attempt for slot, attempt, _ in store.unread(run)}
        for slot, attempt in unread.items():
            await ledger.accept(attempt, read(by_id[slot]))
            connection.send(("stored", slot))

        async def work() -> None:
            for slot in missing:
                if slot.id in unread:
                    continue
                attempt = await ledger.begin(slot, REQUEST)
                connection.send(("begun", attempt))
                ledger.keep(attempt, reply(b"apple" * 200))
                await ledger.accept(attempt, read(slot))
                connection.send(("stored", slot.id))

        async with asyncio.TaskGroup() as workers:
            for _ in range(at_once):
                workers.create_task(work())

    asyncio.run(main())


def keep_and_die(connection: Connection, path: Path) -> None:
    """Die between the bytes and their meaning."""
    store = Store.open(path)
    run = begin(store).run_id

    async def main() -> None:
        ledger = store.ledger(run, asyncio.get_running_loop())
        first, second, *_ = slots(store, run)
        attempt = await ledger.begin(first, REQUEST)
        ledger.keep(attempt, reply(b"paid for"))
        await ledger.begin(second, REQUEST)  # behind it in the queue
        connection.send(run)
        os.kill(os.getpid(), signal.SIGKILL)

    asyncio.run(main())


def hold(connection: Connection, path: Path, run: str | None) -> None:
    """Hold a run, or a new one, until told to let go."""
    store = Store.open(path)
    with begin(store) if run is None else store.hold(run) as held:
        connection.send(held.run_id)
        connection.recv()
    store.close()


def plan(connection: Connection, path: Path) -> None:
    """Plan the same experiment as others do, at a signal."""
    store = Store.open(path)
    connection.send("ready")
    connection.recv()
    try:
        held = begin(store)
        connection.send((held.run_id, held.carried_on))
    except RunHeld as error:
        connection.send(error.pid)
    connection.recv()
    store.close()


def fill(connection: Connection, path: Path, count: int) -> None:
    """Answer so many planned samples of a run of its own."""
    store = Store.open(path)
    with begin(store, repeats=count, new=True) as held:

        async def main() -> None:
            ledger = store.ledger(held.run_id, asyncio.get_running_loop())
            async with asyncio.TaskGroup() as calls:
                for slot in slots(store, held.run_id):
                    calls.create_task(answer(ledger, slot))

        asyncio.run(main())
    store.close()
    connection.send(held.run_id)


def run_out_of_disk(connection: Connection, path: Path, room: int) -> None:
    """Write until no file may grow any more; then get room, and go on with the same store.

    Says what was acknowledged, what was raised, what was said on stderr, and how it went on.
    """
    store = Store.open(path)
    held = begin(store, repeats=500)
    sys.stderr = lost = io.StringIO()
    begun: set[int] = set()
    stored: set[int] = set()

    async def main() -> list[str]:
        ledger = store.ledger(held.run_id, asyncio.get_running_loop())
        waiting = iter(slots(store, held.run_id))

        async def work() -> None:
            for slot in waiting:
                attempt = await ledger.begin(slot, REQUEST)
                begun.add(attempt)
                ledger.keep(attempt, reply(os.urandom(9000)))
                await ledger.accept(attempt, read(slot))
                stored.add(slot.id)

        outcomes = await asyncio.gather(*(work() for _ in range(4)), return_exceptions=True)
        with pytest.raises(StoreError):
            ledger.keep(4711, reply(b"a call that was under way"))
        return [str(outcome) for outcome in outcomes]

    resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
    raised = asyncio.run(main())
    with pytest.raises(StoreError):
        store.mark_stopped(held.run_id)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    held.release()
    before = store.find("latest")
    with begin(store) as again:
        store.mark_stopped(again.run_id)
    connection.send((held.run_id, begun, stored, raised, lost.getvalue(), before.state))
    store.close()


def die_in_an_upgrade(connection: Connection, path: Path, statements: int) -> None:
    """Upgrade from the version before, and die after so many statements of its step."""
    done = 0

    def step(target: sqlite3.Connection) -> None:
        def traced(_: str) -> None:
            nonlocal done
            done += 1
            if done > statements:
                os.kill(os.getpid(), signal.SIGKILL)

        target.set_trace_callback(traced)
        for number in range(20):
            target.execute(f"CREATE TABLE added_{number} (id INTEGER PRIMARY KEY)")

    upgrade.STEPS = {schema.VERSION - 1: step}
    Store.open(path).close()
    connection.send("upgraded")

"""`run` and `resume`: carry an experiment out in this process, and tell what comes."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from lib.cli import output
from lib.cli.exits import Exit, status
from lib.cli.terminal import console, safe, write_event, write_json
from lib.domain import folders
from lib.domain.errors import CallError, InputError
from lib.domain.experiment import Experiment
from lib.domain.vocabulary import Sample, Slot
from lib.engine import starting
from lib.engine.carrying import Ending, Order, carry
from lib.engine.loading import Loaded, load
from lib.engine.progress import Snapshot
from lib.providers import registry
from lib.store.locks import Held
from lib.store.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """The options that `run` and `resume` share."""

    store: str
    as_json: bool = False
    as_events: bool = False
    concurrency: int = 8
    max_calls: int | None = None

    def __post_init__(self) -> None:
        if self.as_json and self.as_events:
            raise InputError("--json and --events can't both have stdout.", "Choose one.")


def run(experiment: Experiment, how: How, *, new: bool) -> Exit:
    """Start a run, or carry on the newest one of this experiment, to its end."""
    store = Store.open(how.store)
    try:
        with starting.start(store, experiment, home=folders.home(), new=new) as held:
            return _carry(store, held, how)
    finally:
        store.close()


def resume(reference: str, how: How, *, repeats: int | None, retry_failed: bool) -> Exit:
    """Go on with a run: what is missing, what failed if asked for, or more repeats."""
    store = Store.open(how.store)
    try:
        with store.hold(store.find(reference).id) as held:
            if repeats is not None:
                starting.extend(store, held, repeats=repeats)
            if retry_failed:
                store.give_back(held.run_id, sorted(load(store, held.run_id).spent))
            store.mark_stopped(held.run_id, False)
            return _carry(store, held, how)
    finally:
        store.close()


def _carry(store: Store, held: Held, how: How) -> Exit:
    loaded = load(store, held.run_id)
    ending, snapshot, received = asyncio.run(_carried(store, loaded, held, how))
    code = status(ending, snapshot, signal=received)
    if how.as_events:
        write_event({"event": "done", "run": snapshot.run, "complete": code is Exit.COMPLETE})
    elif how.as_json:
        write_json(output.document(snapshot))
    else:
        output.show(snapshot, console())
    if code is not Exit.COMPLETE:
        console(stderr=True).print(_how_to_go_on(snapshot, code), style="yellow")
    return code


def _how_to_go_on(snapshot: Snapshot, code: Exit) -> str:
    done = f"{snapshot.done} of {len(snapshot.slots)} planned samples are stored."
    again = f"python -m lib resume {snapshot.run}"
    if code in {Exit.INTERRUPTED, Exit.TERMINATED}:
        return f"Interrupted. {done} The same command goes on, and so does: {again}"
    if code is Exit.BUDGET:
        return f"Stopped by the budget. {done} To go on: {again}"
    return f"{done} To try again what failed: {again} --retry-failed"


async def _carried(
    store: Store, loaded: Loaded, held: Held, how: How
) -> tuple[Ending, Snapshot, int | None]:
    progress = loaded.progress()
    calls = len(loaded.slots) - len(loaded.samples)
    endpoints = {c.endpoint.name: c.endpoint for c in loaded.experiment.configurations}
    keys = {name: registry.key_for(e, os.environ) for name, e in endpoints.items()}
    with _listener(loaded, how, calls, carried_on=held.carried_on) as listener:
        order = Order(
            home=folders.home(),
            keys={name: key for name, key in keys.items() if key},
            at_once=how.concurrency,
            max_calls=how.max_calls,
            listener=listener,
            by_user=False,
        )
        with _signals(order) as received:
            ending = await carry(store, loaded, progress, order)
    return ending, progress.snapshot(), received[0] if received else None


@contextmanager
def _signals(order: Order) -> Iterator[list[int]]:
    """The first signal ends the run in good order; a second one ends the process."""
    received: list[int] = []
    loop = asyncio.get_running_loop()

    def on_signal(number: int, _frame: Any) -> None:
        if received:
            os._exit(128 + number)
        received.append(number)
        loop.call_soon_threadsafe(order.stop.set)

    if threading.current_thread() is not threading.main_thread():
        yield received
        return
    names = [name for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {name: signal.signal(getattr(signal, name), on_signal) for name in names}
    try:
        yield received
    finally:
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)


@contextmanager
def _listener(loaded: Loaded, how: How, calls: int, *, carried_on: bool) -> Iterator[Any]:
    if how.as_events:
        planned = {"event": "planned", "run": loaded.run, "calls": len(loaded.slots)}
        write_event({**planned, "stored": len(loaded.samples), "carried_on": carried_on})
        yield _Events(loaded.run)
        return
    screen = console(stderr=True)
    if carried_on:
        screen.print(
            f"Going on with run {loaded.run}: {len(loaded.samples)} samples are there, "
            f"{calls} are missing."
        )
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=screen, transient=True) as bar:
        task = bar.add_task("Asking", total=len(loaded.slots), completed=len(loaded.samples))
        yield _Bar(bar, task)


class _Events:
    """One JSON line for each thing that has been committed."""

    def __init__(self, run: str) -> None:
        self._run = run

    def stored(self, slot: Slot, sample: Sample) -> None:
        write_event(
            {
                **self._of("stored", slot),
                "finish_reason": sample.finish_reason,
                "outcome": sample.outcome,
                "text": sample.text,
            }
        )

    def failed(self, slot: Slot, error: CallError) -> None:
        write_event({**self._of("failed", slot), "error": error.code, "says": str(error)})

    def paused(self, seconds: float) -> None:
        until = datetime.now(UTC) + timedelta(seconds=seconds)
        write_event({"event": "paused", "run": self._run, "until": until.isoformat()})

    def _of(self, event: str, slot: Slot) -> dict[str, Any]:
        name = slot.configuration.name
        return {"event": event, "run": self._run, "sample": slot.name, "configuration": name}


class _Bar:
    """A bar on stderr, and a line for each new kind of failure."""

    def __init__(self, bar: Progress, task: Any) -> None:
        self._bar, self._task = bar, task
        self._told: set[str] = set()

    def stored(self, slot: Slot, sample: Sample) -> None:
        del slot, sample
        self._bar.advance(self._task)

    def failed(self, slot: Slot, error: CallError) -> None:
        if str(error) not in self._told:
            self._told.add(str(error))
            self._bar.console.print(safe(f"{slot.configuration.name}: {error}"))

    def paused(self, seconds: float) -> None:
        self._bar.console.print(f"An endpoint asks to slow down: waiting {seconds:.0f} s.")


def dry_run(experiment: Experiment, *, as_json: bool) -> Exit:
    """The plan and each request body as it would be sent. Nothing is sent, nothing stored."""
    bodies = starting.requests(experiment)
    if as_json:
        write_json(output.plan_document(experiment, bodies))
    else:
        output.show_plan(experiment, bodies, console())
    return Exit.COMPLETE

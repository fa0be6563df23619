"""`run` and `resume`: carry an experiment out in this process, and tell what comes."""

from __future__ import annotations

import asyncio
import os
import shlex
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from lib.cli import comparing, listening, signals
from lib.cli.exits import Exit, interrupted_by
from lib.cli.listening import Teller
from lib.cli.terminal import console, plain, write_event, write_json
from lib.cli.warning import warnings_of
from lib.domain import folders
from lib.domain.configuration import Configuration
from lib.domain.errors import InputError
from lib.domain.experiment import Experiment
from lib.engine import starting
from lib.engine.batches import carry_in_batches
from lib.engine.carrying import Ending, Order
from lib.engine.costing import as_fields
from lib.engine.loading import Loaded, experiment_of, load
from lib.engine.progress import Snapshot
from lib.providers import registry
from lib.results.enough import enough
from lib.store.locks import Held
from lib.store.store import Store

if TYPE_CHECKING:
    from lib.results.over_time import OverTime


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """The options that `run` and `resume` share."""

    store: str | None = None
    """As it was given; `None`: the user's own."""
    as_json: bool = False
    as_events: bool = False
    concurrency: int
    max_calls: int | None = None
    max_cost_usd: float | None = None
    timeout_s: float
    check: str | None = None
    """The stored run that a new one is compared with."""

    def __post_init__(self) -> None:
        if self.as_json and self.as_events:
            raise InputError("--json and --events can't both have stdout.", "Choose one.")

    @property
    def max_cost(self) -> Decimal | None:
        """The budget in money, to the digit that was typed."""
        return None if self.max_cost_usd is None else Decimal(repr(self.max_cost_usd))

    def order(self, configurations: Iterable[Configuration]) -> Order:
        """How the engine is to go about it. Everything that can be wrong with it is found here."""
        endpoints = {each.endpoint.name: each.endpoint for each in configurations}
        keys = {name: registry.key_for(each, os.environ) for name, each in endpoints.items()}
        return Order(
            home=folders.home(),
            keys={name: key for name, key in keys.items() if key},
            at_once=self.concurrency,
            max_calls=self.max_calls,
            max_cost_usd=self.max_cost,
            by_user=False,
            enough=enough,
            deadline_s=self.timeout_s,
        )


def run(experiment: Experiment, how: How, *, new: bool) -> Exit:
    """Start a run, or carry on the newest one of this experiment, to its end."""
    order = how.order(experiment.configurations)
    with _opened(how) as store:
        by = None if how.check is None else comparing.reference(store, how.check, experiment)
        held = starting.start(
            store,
            experiment,
            home=order.home,
            keys=order.keys,
            new=new or (by is not None and by.unfinished),
            max_cost_usd=order.max_cost_usd,
        )
        return _carry(store, held, order, how, by)


def resume(reference: str, how: How, *, repeats: int | None, retry_failed: bool) -> Exit:
    """Go on with a run: what is missing, what failed if asked for, or more repeats."""
    with _opened(how) as store:
        found = store.find(reference)
        order = how.order(experiment_of(store, found).configurations)
        held = starting.go_on(
            store,
            found.id,
            home=order.home,
            keys=order.keys,
            repeats=repeats,
            retry_failed=retry_failed,
            max_cost_usd=order.max_cost_usd,
        )
        return _carry(store, held, order, how)


@contextmanager
def _opened(how: How) -> Iterator[Store]:
    store = Store.open(how.store or folders.store_url())
    try:
        yield store
    finally:
        store.close()


def _carry(
    store: Store, held: Held, order: Order, how: How, by: comparing.Reference | None = None
) -> Exit:
    with held:
        loaded = load(store, held.run_id)
        ending, snapshot, received = asyncio.run(_carried(store, loaded, held, order, how))
    if ending.state == "finished":
        code = Exit.COMPLETE
    elif received:
        code = interrupted_by(received[0])
    else:
        code = status(ending, snapshot)
    found = by.found(snapshot) if by is not None and code is Exit.COMPLETE else None
    _tell(snapshot, code, how, found)
    return Exit.DIFFERS if found is not None and found.drift.differs else code


async def _carried(
    store: Store, loaded: Loaded, held: Held, order: Order, how: How
) -> tuple[Ending, Snapshot, list[int]]:
    progress = loaded.progress()
    with _listener(loaded, order, how, carried_on=held.carried_on) as listener:
        order.listener, order.looked = listener, listener.looked
        with signals.caught(order.stop.set) as received:
            ending, progress = await carry_in_batches(store, held, loaded, progress, order)
    return ending, progress.snapshot(), received


@contextmanager
def _listener(loaded: Loaded, order: Order, how: How, *, carried_on: bool) -> Iterator[Teller]:
    if how.as_events:
        yield listening.events(loaded, order.stop.set, carried_on=carried_on)
    else:
        with listening.bar(loaded, carried_on=carried_on) as shown:
            yield shown


def status(ending: Ending, snapshot: Snapshot) -> Exit:
    """The exit status of a run that came to its end without a signal, and not to all samples."""
    if ending.budget_spent:
        return Exit.BUDGET
    own_words = {"malformed", "too_large"}  # an answer, though none that can be read
    codes = {error.code for error in (*snapshot.failures.values(), *snapshot.ended.values())}
    if not snapshot.samples and codes and not codes <= own_words:
        return Exit.REFUSED
    return Exit.INCOMPLETE


def _tell(snapshot: Snapshot, code: Exit, how: How, found: OverTime | None) -> None:
    screen = console(stderr=True)
    if how.as_events or how.as_json:
        for warning in warnings_of(snapshot):
            screen.print(plain(warning), style="yellow")
    if code is not Exit.COMPLETE:
        screen.print(plain(_how_to_go_on(snapshot, code, how)), style="yellow")
    if how.as_events:
        done = {"event": "done", "run": snapshot.run, "complete": code is Exit.COMPLETE}
        checked = {} if found is None else {"check": comparing.as_json(found)}
        cost = {} if snapshot.cost.at_most is None else as_fields(snapshot.cost)
        write_event(done | cost | checked)
        return
    interrupted = code in {Exit.INTERRUPTED, Exit.TERMINATED}
    if interrupted and not how.as_json:
        return  # whoever interrupts a run doesn't wait for its analysis

    from lib.cli import output  # late: the analysis takes half a second to load

    if how.as_json:
        checked = {} if found is None else {"check": comparing.as_json(found)}
        return write_json(output.document(snapshot) | checked)
    output.show(snapshot, console())
    return None if found is None else comparing.show(found)


def _how_to_go_on(snapshot: Snapshot, code: Exit, how: How) -> str:
    done = f"{snapshot.done} of {len(snapshot.slots)} planned samples are stored."
    where = ["--store", how.store] if how.store else []
    again = shlex.join(["python", "-m", "lib", "resume", snapshot.run, *where])
    if code in {Exit.INTERRUPTED, Exit.TERMINATED}:
        return f"Interrupted. {done} The same command goes on, and so does: {again}"
    if code is Exit.BUDGET:
        more = " --max-calls N" * (how.max_calls is not None)
        more += " --max-cost USD" * (how.max_cost_usd is not None)
        return f"Stopped by the budget. {done} To go on with a larger one: {again}{more}"
    return f"{done} To ask again for the missing: {again} --retry-failed"

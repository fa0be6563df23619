"""Real runs against a server of the test's own: an experiment, and its carrying-out."""

from __future__ import annotations

import asyncio
import json
from functools import partial
from pathlib import Path
from typing import Any

from lib.domain.configuration import BUNDLED_MODEL, Configuration, Endpoint
from lib.domain.errors import CallError
from lib.domain.experiment import Experiment
from lib.domain.settings import Settings
from lib.domain.vocabulary import Reply, Sample, Slot
from lib.engine import starting
from lib.engine.carrying import Ending, Order, carry
from lib.engine.costing import Costing
from lib.engine.gate import Gate
from lib.engine.loading import load
from lib.engine.progress import Snapshot
from lib.providers import registry
from lib.results.grouping import groups
from lib.store import Held, Store
from tests.engine.making import FRUIT
from tests.faulty.answers import completion

KEY = "sk-canary0123456789abcdefABCDEF"
HOME = Path("no home is needed")
HASTY = partial(Gate, jitter=lambda low, high: low)
"""A gate that waits only as long as an endpoint asks for."""


def asked(*urls: str, repeats: int = 4, **settings: Any) -> Experiment:
    """An experiment with a configuration, and an endpoint, for each address."""
    return Experiment(
        name="Fruit",
        messages=FRUIT,
        repeats=repeats,
        configurations=tuple(
            Configuration(
                name=f"C{number}",
                endpoint=Endpoint(name=f"e{number}", base_url=url),
                model="some-model",
                settings=Settings(**settings),
            )
            for number, url in enumerate(urls, start=1)
        ),
    )


def order(experiment: Experiment, **given: Any) -> Order:
    keys = {each.endpoint.name: KEY for each in experiment.configurations}
    return Order(**{"home": HOME, "keys": keys, "gate": HASTY, **given})


def carry_out(
    store: Store,
    what: Experiment | Held,
    *,
    give_with: Order | None = None,
    costing: Costing | None = None,
    **given: Any,
) -> tuple[Ending, Snapshot]:
    """Carry a run out to its end, a new one or one that is held."""
    held = what if isinstance(what, Held) else starting.start(store, what, home=HOME)
    with held:
        loaded = load(store, held.run_id, costing=costing)
        progress = loaded.progress()
        how = give_with or order(loaded.experiment, **given)

        async def work() -> Ending:
            return await carry(store, loaded, progress, how)

        ending = asyncio.run(work())
    return ending, progress.snapshot()


def attempts(store: Store, slots: tuple[Slot, ...]) -> int:
    return sum(len(store.attempts(slot.id)) for slot in slots)


def go_on(store: Store, run: str, **given: Any) -> Held:
    return starting.go_on(store, run, home=HOME, **given)


def fill(store: Store, held: Held, names: set[str], *, read: bool = True) -> None:
    """Give some slots their answers, by hand; without `read` only the bytes are kept."""
    loaded = load(store, held.run_id)

    async def work() -> None:
        ledger = store.ledger(held.run_id, asyncio.get_running_loop())
        for slot in loaded.slots:
            if slot.name not in names:
                continue
            dialect = registry.dialect(slot.configuration.endpoint)
            body = json.dumps(completion({}, f"by hand {slot.name}", slot.id)).encode()
            reply = Reply(200, {}, body, 0.1)
            attempt = await ledger.begin(slot, dialect.build(slot))
            ledger.keep(attempt, reply)
            if read:
                await ledger.accept(attempt, dialect.read(slot, reply))
            else:
                await ledger.begin(slot, dialect.build(slot))  # behind it, so it has been kept

    asyncio.run(work())


class Heard:
    """A listener that writes down, and may act."""

    def __init__(self, *, after: int = 0, stop: Order | None = None) -> None:
        self.stored_: list[str] = []
        self.failed_: list[tuple[str, str]] = []
        self.paused_: list[float] = []
        self._after, self._stop = after, stop

    def stored(self, slot: Slot, sample: Sample) -> None:
        self.stored_.append(slot.name)
        if self._stop is not None and len(self.stored_) == self._after:
            self._stop.stop.set()

    def failed(self, slot: Slot, error: CallError) -> None:
        self.failed_.append((slot.name, error.code))

    def paused(self, seconds: float) -> None:
        self.paused_.append(seconds)


def outcomes_add_up(snapshot: Snapshot) -> None:
    """In every group, and over all."""
    for group in groups(snapshot):
        ended = len(group.samples) + sum(group.errors.values()) + group.not_sent + group.set_aside
        assert ended == group.planned == snapshot.experiment.repeats
        assert group.not_sent >= 0
    assert all(count >= 0 for count in snapshot.in_flight.values())


class Found:
    """A model, as far as a plan wants to know."""

    name = BUNDLED_MODEL

    def __init__(self, sha256: str) -> None:
        self.sha256 = sha256

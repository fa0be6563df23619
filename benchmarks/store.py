"""Keeping a response (begin, keep, accept), beside SQLite's driver without the lab."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.bodies import bodies
from benchmarks.floor import Driver
from benchmarks.made import experiment
from benchmarks.report import Repeated, show, times
from lib.domain.vocabulary import Reply
from lib.engine import starting
from lib.engine.loading import load
from lib.providers import registry
from lib.store.store import Store

_BODY = bodies()[0]
_TEXT = _BODY.decode()[300:1600]


@dataclass(slots=True)
class _Taken:
    """Milliseconds a response, of each repeat."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)


def run(*, quick: bool, repeats: int | None = None) -> None:
    """Measure and print."""
    responses, often = (40, 1) if quick else (400, 9)
    repeats = repeats or often
    ways: dict[str, Callable[[], tuple[float, float]]] = {
        "driver, 1 in a commit": lambda: _driver(responses, 1),
        "driver, 1 in two commits: intent first": lambda: _driver(responses, 1, commits=2),
        "lab, 1 at a time": lambda: _lab(responses, 1),
        "driver, 20 in a commit": lambda: _driver(responses, 20),
        "driver, 20 in two commits: intents first": lambda: _driver(responses, 20, commits=2),
        "lab, 20 at a time": lambda: _lab(responses, 20),
    }
    taken = {name: _Taken() for name in ways}
    for _ in range(repeats):
        for name, way in ways.items():
            wall, cpu = way()
            taken[name].wall.append(wall * 1000 / responses)
            taken[name].cpu.append(cpu * 1000 / responses)
    _show(taken, responses, repeats)


def _driver(responses: int, group: int, *, commits: int = 1) -> tuple[float, float]:
    with _folder() as folder:
        driver = Driver(folder / "lab.sqlite", responses)
        began = _now()
        for first in range(1, responses + 1, group):
            driver.keep(range(first, first + group), _BODY, _TEXT, commits=commits)
        taken = _since(began)
        driver.close()
    return taken


def _lab(responses: int, group: int) -> tuple[float, float]:
    with _folder() as folder:
        store = Store.open(folder / "lab.sqlite")
        asked = experiment(responses, base_url="http://127.0.0.1:9/v1")
        with starting.start(store, asked, home=folder) as held:
            taken = asyncio.run(_kept(store, held.run_id, group))
        store.close()
    return taken


async def _kept(store: Store, run: str, group: int) -> tuple[float, float]:
    ledger, slots = store.ledger(run, asyncio.get_running_loop()), load(store, run).slots
    dialect = registry.dialect(slots[0].configuration.endpoint)
    reply = Reply(200, {"content-type": "application/json"}, _BODY, 0.2)
    made = [(slot, dialect.build(slot), dialect.read(slot, reply)) for slot in slots]
    attempts = [0] * len(made)

    async def begin(place: int) -> None:
        slot, request, _ = made[place]
        attempts[place] = await ledger.begin(slot, request)

    async def accept(place: int) -> None:
        ledger.keep(attempts[place], reply)
        await ledger.accept(attempts[place], made[place][2])

    began = _now()
    for first in range(0, len(made), group):
        await asyncio.gather(*(begin(place) for place in range(first, first + group)))
        await asyncio.gather(*(accept(place) for place in range(first, first + group)))
    return _since(began)


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def _now() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def _since(began: tuple[float, float]) -> tuple[float, float]:
    return time.perf_counter() - began[0], time.process_time() - began[1]


def _show(taken: dict[str, _Taken], responses: int, repeats: int) -> None:
    floors = [name for name in taken if name.startswith("driver") and "two" not in name]
    rows = []
    floor = taken[floors[0]]
    for name, each in taken.items():
        floor = each if name in floors else floor
        wall, cpu = Repeated.of(each.wall), Repeated.of(each.cpu)
        rows.append(
            [
                name,
                str(wall),
                times(wall.ratio(Repeated.of(floor.wall))),
                str(cpu),
                times(cpu.ratio(Repeated.of(floor.cpu))),
            ]
        )
    show(
        f"store: {responses} responses of {len(_BODY) / 1000:.1f} kB, synchronous = FULL, "
        f"median of {repeats}",
        ["way", "wall ms a response", "/ driver", "CPU ms a response", "/ driver"],
        rows,
        "The driver's way has the same tables, but no check, compression, queue or thread. The lab "
        "commits each intent before the call is made, so a lone response takes two commits.",
    )

"""The embedded model through the lab, beside the same requests sent to its server directly."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import aiohttp

from benchmarks.report import Repeated, number, show, times
from lib.domain import folders
from lib.domain.configuration import Configuration
from lib.domain.errors import LabError
from lib.domain.experiment import Experiment
from lib.domain.message import Message
from lib.domain.settings import Settings
from lib.domain.vocabulary import Request
from lib.engine import starting
from lib.engine.carrying import Order, carry
from lib.engine.loading import load
from lib.providers import registry
from lib.providers.embedded import model
from lib.providers.embedded.lease import Lease, acquire
from lib.store.store import Store

_TOKENS = 12


def run(*, quick: bool, repeats: int | None = None) -> None:
    """Measure and print."""
    calls, often = (16, 1) if quick else (200, 5)
    try:
        there = model.find(folders.home())
    except LabError as error:
        print(f"Left out: {error}")
        return
    with tempfile.TemporaryDirectory() as folder:
        home = _home(Path(folder), there)
        with acquire(home) as lease:
            direct, lab = asyncio.run(_measured(home, lease, calls, repeats or often))
    _show(calls, lease.slots, Repeated.of(direct), Repeated.of(lab))


def _home(folder: Path, there: model.Model) -> Path:
    """A home with this model and an engine of its own: the app's own may be at work."""
    if there.bundled:
        (folder / "models").mkdir()
        shutil.copy2(there.path, folder / "models")
    else:
        os.environ[model.VARIABLE] = str(there.path)
    return folder


async def _measured(
    home: Path, lease: Lease, calls: int, repeats: int
) -> tuple[list[float], list[float]]:
    store = Store.open(home / "lab.sqlite")
    await _by_lab(store, home, lease.slots)  # so that neither is the first
    direct, lab = [], []
    for _ in range(repeats):
        requests, taken = await _by_lab(store, home, calls)
        lab.append(taken)
        direct.append(await _directly(lease, requests))
    store.close()
    return direct, lab


async def _by_lab(store: Store, home: Path, calls: int) -> tuple[list[Request], float]:
    """Seconds that so many calls take the real way; and what was asked."""
    asked = Experiment(
        name="Benchmark",
        messages=(Message("user", "Name a fruit."),),
        configurations=(
            Configuration(
                name="temperature 1", settings=Settings(temperature=1.0, max_tokens=_TOKENS)
            ),
        ),
        repeats=calls,
    )
    began = time.perf_counter()
    with starting.start(store, asked, home=home) as held:
        loaded = load(store, held.run_id)
        progress = loaded.progress()
        ending = await carry(store, loaded, progress, Order(home=home))
    taken = time.perf_counter() - began
    if ending.state != "finished":
        raise RuntimeError(f"The run is {ending.state}.")
    dialect = registry.dialect(loaded.slots[0].configuration.endpoint)
    return [dialect.build(slot) for slot in loaded.slots], taken


async def _directly(lease: Lease, requests: Sequence[Request]) -> float:
    """Seconds that the same requests take a bare HTTP client, as many at once."""
    left = iter(requests)
    headers = {"authorization": f"Bearer {lease.key}", "content-type": "application/json"}
    connector = aiohttp.TCPConnector(force_close=True)  # the server closes it after each stream

    async def work(session: aiohttp.ClientSession) -> None:
        for request in left:
            url = f"{lease.url}/v1{request.path}"
            async with session.post(url, data=request.body, headers=headers) as answer:
                answer.raise_for_status()
                await answer.read()

    async with aiohttp.ClientSession(connector=connector) as session:
        began = time.perf_counter()
        await asyncio.gather(*(work(session) for _ in range(lease.slots)))
        return time.perf_counter() - began


def _show(calls: int, slots: int, direct: Repeated, lab: Repeated) -> None:
    throughput = [Repeated.of(calls / each for each in way.values) for way in (direct, lab)]
    show(
        f"embedded: {calls} equal prompts of at most {_TOKENS} tokens, {slots} at once, "
        f"median of {len(lab.values)}",
        ["way", "wall s", "answers a second", "throughput / direct"],
        [
            ["llama.cpp's server directly", str(direct), number(throughput[0].median), times(1.0)],
            [
                "lab: planned, asked, stored, read",
                str(lab),
                number(throughput[1].median),
                times(throughput[1].ratio(throughput[0])),
            ],
        ],
    )

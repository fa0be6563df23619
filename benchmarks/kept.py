"""A store with finished samples in it, written through the lab's own ledger but asked of nobody."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.made import experiment, texts
from lib.domain.vocabulary import Reply, Slot
from lib.engine import starting
from lib.engine.loading import load
from lib.providers import registry
from lib.store.store import Store

_ASKED_AT = "http://127.0.0.1:9/v1"
"""Nobody is there: nothing is asked."""
_DISTINCT = 50
"""Of each configuration's outputs."""


def finished_run(path: Path, home: Path, *, samples: int) -> str:
    """A finished run of four configurations; returns its id."""
    store = Store.open(path)
    try:
        with starting.start(store, experiment(samples, base_url=_ASKED_AT), home=home) as held:
            asyncio.run(_answered(store, held.run_id))
            store.end(held.run_id)
            return held.run_id
    finally:
        store.close()


@contextmanager
def running_run(path: Path, home: Path, *, samples: int) -> Iterator[str]:
    """A run of four configurations that goes on: its last round is still to come. Yields its id."""
    store = Store.open(path)
    try:
        with starting.start(store, experiment(samples + 4, base_url=_ASKED_AT), home=home) as held:
            asyncio.run(_answered(store, held.run_id, most=samples))
            yield held.run_id
    finally:
        store.close()


async def _answered(store: Store, run: str, most: int | None = None) -> None:
    ledger = store.ledger(run, asyncio.get_running_loop())
    slots = load(store, run).slots[:most]
    made = texts(_DISTINCT, tokens=12, seed=2)

    async def answer(slot: Slot) -> None:
        dialect = registry.dialect(slot.configuration.endpoint)
        attempt = await ledger.begin(slot, dialect.build(slot))
        # The first configuration always says the same, the last one hardly ever.
        reply = _reply(made[(slot.repeat * (slot.number - 1)) % _DISTINCT])
        ledger.keep(attempt, reply)
        await ledger.accept(attempt, dialect.read(slot, reply))

    await asyncio.gather(*(answer(slot) for slot in slots))


def _reply(text: str) -> Reply:
    answer = {
        "id": "chatcmpl-benchmark",
        "model": "made-up",
        "choices": [
            {"message": {"role": "assistant", "content": text}, "finish_reason": "stop"},
        ],
        "usage": {"prompt_tokens": 19, "completion_tokens": len(text.split())},
    }
    return Reply(200, {"content-type": "application/json"}, json.dumps(answer).encode(), 0.2)

"""Runs that are put into the store without asking anybody: as many samples as a test wants."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from lib.domain.experiment_file import document, parse
from lib.domain.plan import plan
from lib.domain.vocabulary import Notes, Reply, Request, Sample, Slot, Usage
from lib.engine.loading import load
from lib.store import Held, Store

Read = Callable[[Slot], Mapping[str, Any] | None]
"""What a slot's sample has besides its text; `None`: it is not asked for."""


def begin(
    store: Store,
    *names: str,
    repeats: int,
    checks: Sequence[Mapping[str, object]] = (),
    analysis: Mapping[str, object] | None = None,
) -> Held:
    """Plan a run with a configuration for each name, and hold it; of a stop the first batch."""
    asked = {
        "name": "Filled",
        "repeats": repeats,
        "messages": [{"role": "user", "content": "Hi"}],
        "endpoints": {"mine": {"base_url": "http://127.0.0.1:9/v1"}},
        "defaults": {"endpoint": "mine", "model": "m"},
        "configurations": [
            {"name": name, "temperature": number / 10} for number, name in enumerate(names)
        ],
        "checks": [dict(check) for check in checks],
        "analysis": dict(analysis or {}),
    }
    experiment = parse(asked)
    first = experiment.first_batch
    return store.begin_run(
        experiment_id="filled",
        name=experiment.name,
        document=json.dumps(document(experiment)),
        shuffle_seed=1,
        planned=plan(first, shuffle_seed=1, draw_seed=lambda below: below - 1),
        repeats=first.repeats,
        new=True,
    )


def answer(store: Store, held: Held, read: Read) -> None:
    """Answer a run's slots with samples made of what `read` says."""

    async def work() -> None:
        ledger = store.ledger(held.run_id, asyncio.get_running_loop())

        async def one(slot: Slot) -> None:
            said = read(slot)
            if said is None:
                return
            sample = _sample(slot, said)
            settings = slot.configuration.settings.given()
            body = json.dumps({"model": "m", **settings}).encode()
            request = Request("/chat/completions", body, Notes(settings, (), ("top_p",)))
            attempt = await ledger.begin(slot, request)
            ledger.keep(attempt, Reply(200, {"x-request-id": "r"}, _body(sample), sample.seconds))
            await ledger.accept(attempt, sample)

        async with asyncio.TaskGroup() as calls:
            for slot in load(store, held.run_id).slots:
                calls.create_task(one(slot))

    # In a thread of its own: Playwright keeps a loop running in the one that tests are in.
    with ThreadPoolExecutor(1) as threads:
        threads.submit(lambda: asyncio.run(work())).result()


def filled(
    store: Store,
    *names: str,
    repeats: int,
    read: Read,
    checks: Sequence[Mapping[str, object]] = (),
    analysis: Mapping[str, object] | None = None,
) -> str:
    """A run that has come to its end."""
    with begin(store, *names, repeats=repeats, checks=checks, analysis=analysis) as held:
        answer(store, held, read)
        store.end(held.run_id)
    return held.run_id


def _sample(slot: Slot, said: Mapping[str, Any]) -> Sample:
    whole: dict[str, Any] = {
        "text": "apple",
        "outcome": "ok",
        "finish_reason": "stop",
        "raw_finish_reason": "stop",
        "usage": Usage(5, 2),
        "model": "m",
        "seconds": 0.25,
        **said,
    }
    return Sample(slot, **whole)


def _body(sample: Sample) -> bytes:
    message = {"role": "assistant", "content": sample.text}
    return json.dumps(
        {
            "id": f"chatcmpl-{sample.slot.name}",
            "object": "chat.completion",
            "created": 1_795_000_000,
            "model": "m",
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            "a_new_field": 7,
        }
    ).encode()

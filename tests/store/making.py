"""Small makers: a run, its slots, a request, a reply and the sample that is read from it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from lib.domain.configuration import Configuration
from lib.domain.message import Message
from lib.domain.plan import Planned
from lib.domain.vocabulary import Added, Notes, Reply, Request, Sample, Slot, Usage
from lib.store import Held, Store, StoreLedger

REQUEST = Request(
    "/chat/completions",
    b'{"model": "m"}',
    Notes({"temperature": 0.5}, (Added("n", 1, "one call is one sample"),), ("top_p",)),
)


def planned(repeats: int = 2, configurations: int = 2, *, after: int = 0) -> list[Planned]:
    return [
        Planned(number, repeat, None)
        for repeat in range(after + 1, repeats + 1)
        for number in range(1, configurations + 1)
    ]


def begin(
    store: Store,
    repeats: int = 2,
    *,
    configurations: int = 2,
    experiment: str = "fruit",
    new: bool = False,
    owner: str | None = None,
    plan: Sequence[Planned] | None = None,
) -> Held:
    return store.begin_run(
        experiment_id=experiment,
        name="A fruit",
        document='{"name": "A fruit"}',
        shuffle_seed=7,
        planned=planned(repeats, configurations) if plan is None else plan,
        repeats=repeats,
        new=new,
        owner=owner,
    )


def slots(store: Store, run: str) -> list[Slot]:
    return [
        Slot(
            id=id_,
            configuration=Configuration(name=f"C{each.number}"),
            number=each.number,
            messages=(Message("user", "Name a fruit."),),
            repeat=each.repeat,
            seed=each.seed,
        )
        for id_, each in store.planned(run)
    ]


def reply(body: bytes = b'{"text": "apple"}') -> Reply:
    return Reply(200, {"x-request-id": "r1"}, body, 0.25)


def read(slot: Slot, text: str = "apple") -> Sample:
    return Sample(slot, text, "ok", "stop", "stop", Usage(5, 2))


async def answer(ledger: StoreLedger, slot: Slot, text: str = "apple") -> int:
    """One call from beginning to end; returns the attempt's id."""
    attempt = await ledger.begin(slot, REQUEST)
    ledger.keep(attempt, reply(text.encode("utf-8", "surrogatepass")))
    await ledger.accept(attempt, read(slot, text))
    return attempt


def answer_all(store: Store, run: str, *, text: str = "apple", only: int | None = None) -> None:
    """Answer all slots of a run that is held, or the first few."""

    async def work() -> None:
        ledger = store.ledger(run, asyncio.get_running_loop())
        async with asyncio.TaskGroup() as calls:
            for slot in slots(store, run)[:only]:
                calls.create_task(answer(ledger, slot, text))

    asyncio.run(work())

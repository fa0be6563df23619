"""A run that is asked batch by batch, and ends when somebody says that it is enough.

Rule: the engine never judges. Whether it is enough is asked of `Order.enough`, which knows what
was declared and how to test it; here is only when it is asked, and what follows.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from lib.engine import starting
from lib.engine.carrying import Ending, Order, carry
from lib.engine.loading import Loaded, load
from lib.engine.progress import Progress
from lib.store.locks import Held
from lib.store.store import Store

_AT_REST = frozenset({"finished", "incomplete"})


async def carry_in_batches(
    store: Store,
    held: Held,
    loaded: Loaded,
    progress: Progress,
    order: Order,
    *,
    go_on_with: Callable[[Progress], None] | None = None,
) -> tuple[Ending, Progress]:
    """Carry a run out: whole, or batch by batch where its experiment declares a stop.

    A batch is planned when the one before it was looked at. A configuration that isn't asked any
    more ends the run with its batch: its question would stay open to the last call.

    Args:
        store: where the run is.
        held: it, held by the caller.
        loaded: as the store has it.
        progress: its live record.
        order: with `enough`; without it a run goes to its last look.
        go_on_with: told of the live record of each further batch, before it is asked.

    Raises:
        StoreError: if the store fails. No call is made after that.
    """
    while True:
        ending = await carry(store, loaded, progress, order)
        repeats, stop = loaded.experiment.repeats, loaded.experiment.declared.stop
        now = progress.snapshot()
        if stop is None or ending.state not in _AT_REST or now.ended or not stop.allows(repeats):
            return ending, progress
        progress.become("running")  # so that nobody takes the time of a look for the end
        try:
            enough = order.enough is not None and await asyncio.to_thread(order.enough, now)
            if order.looked is not None:
                order.looked(repeats, enough)
            if enough or repeats >= stop.most or order.stop.is_set():
                progress.become(ending.state)
                return ending, progress
            more = min(repeats + stop.batch, stop.most)
            await asyncio.to_thread(starting.extend, store, held, repeats=more)
            loaded = await asyncio.to_thread(load, store, loaded.run)
        except BaseException:
            progress.become(ending.state)
            raise
        further = loaded.progress()
        for warning in now.warnings:
            further.warn(warning)
        progress = further
        if go_on_with is not None:
            go_on_with(progress)

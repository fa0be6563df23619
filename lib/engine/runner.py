"""The runner: workers take slots, a slot gets its tries, each step is written first."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from lib.domain.errors import CallError
from lib.domain.vocabulary import Slot
from lib.engine.gate import Gate, longest_wait_s
from lib.engine.ledger import Ledger
from lib.providers.base import Provider

DEADLINE_S = 120.0
"""For one attempt, from sending to the last byte."""


async def run(
    slots: Iterable[Slot],
    *,
    provider: Provider,
    ledger: Ledger,
    gate: Gate,
    at_once: int,
) -> None:
    """Give every slot of one endpoint a sample, or failures that say why not.

    To resume, pass the slots that have no sample yet. To stop, tell the gate, and cancel later: a
    call then under way stays in the ledger as begun, which means that it may have been billed.
    """
    waiting = iter(slots)

    async def work() -> None:
        for slot in waiting:  # one iterator for all workers: each takes the next slot
            await _fill(slot, provider, ledger, gate)

    async with asyncio.TaskGroup() as workers:
        for _ in range(at_once):
            workers.create_task(work())


async def _fill(slot: Slot, provider: Provider, ledger: Ledger, gate: Gate) -> None:
    """The lab's only retry loop. What has failed so far is all that it needs to remember."""
    request = provider.build(slot)
    failures: list[CallError] = []
    while await gate.admit(slot, failures):
        attempt = await ledger.begin(slot, request)
        try:
            reply = await provider.send(request, deadline_s=DEADLINE_S)
            ledger.keep(attempt, reply)  # queued before `accept`, and so written before it
            await ledger.accept(attempt, provider.read(slot, reply))
        except CallError as error:
            failures.append(error)
            await ledger.fail(attempt, error, final=longest_wait_s(failures) is None)
            gate.settle(slot, error)
        else:
            return gate.settle(slot, None)
    return None

"""The runner: workers take slots, a slot gets its tries, each step is written first."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from lib.domain.errors import CallError, InputError, Refused, Unreadable
from lib.domain.vocabulary import Reply, Sample, Slot
from lib.engine.gate import Gate
from lib.engine.ledger import Ledger
from lib.providers.base import Provider

DEADLINE_S = 120.0
"""For one attempt, from sending to the last byte."""
LARGE = 256 * 1024
"""Bytes of a reply beyond which it is read in a thread: the log probabilities of a whole vocabulary
take half a second, in which no other call of any run would go on."""


async def run(
    slots: Sequence[Slot],
    *,
    provider: Provider,
    ledger: Ledger,
    gate: Gate,
    at_once: int,
    deadline_s: float = DEADLINE_S,
) -> None:
    """Give every slot of one endpoint a sample, or failures that say why not.

    To resume, pass the slots that have no sample yet. To stop, tell the gate, and cancel later: a
    call then under way stays in the ledger as begun, which means that it may have been billed.
    """
    waiting = iter(slots)

    async def work() -> None:
        for slot in waiting:  # one iterator for all workers: each takes the next slot
            if not gate.rules_out(slot):
                await _fill(slot, provider, ledger, gate, deadline_s)

    async with asyncio.TaskGroup() as workers:
        for _ in range(min(at_once, len(slots))):
            workers.create_task(work())


async def _fill(
    slot: Slot, provider: Provider, ledger: Ledger, gate: Gate, deadline_s: float
) -> None:
    """The lab's only retry loop. What has failed so far is all that it needs to remember."""
    try:
        request = provider.build(slot)
    except InputError as error:  # a run that an earlier version of the lab has planned
        return gate.end(slot.number, Refused(error.says, error.fix, code="refused_setting"))
    failures: list[CallError] = []
    while await gate.admit(slot, failures):
        attempt = await ledger.begin(slot, request)
        try:
            reply = await provider.send(request, deadline_s=deadline_s)
            ledger.keep(attempt, reply)  # queued before `accept`, and so written before it
            sample = await read(provider.read, slot, reply)
            await ledger.accept(attempt, sample)
        except CallError as error:
            failures.append(error)
            # The gate hears of it first: while it is being written, others would be let go.
            had_its_tries = gate.failed(slot, failures)
            await ledger.fail(attempt, error, final=had_its_tries)
        else:
            return gate.answered(slot, sample)
    return None


async def read(reader: Callable[[Slot, Reply], Sample], slot: Slot, reply: Reply) -> Sample:
    """The sample in a reply. A fault of the reader's own costs this reply, never the run.

    Raises:
        CallError: if there is none in it.
    """
    try:
        if len(reply.body) > LARGE:
            return await asyncio.to_thread(reader, slot, reply)
        return reader(slot, reply)
    except CallError:
        raise
    except Exception as error:
        raise Unreadable(
            f"The lab failed to read this answer: a fault of its own ({type(error).__name__}).",
            "Its bytes are kept. Please report it.",
        ) from error

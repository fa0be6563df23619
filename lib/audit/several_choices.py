"""Calls that ask for several choices at once. The engine's own runner makes them, and keeps them.

An experiment never sends `n`: one call is one sample. So the provider that an audit hands to the
runner adds it to every body, and to the notes of what the lab has added.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace

from lib.audit.planning import CHOICES_FIELD
from lib.domain.errors import CallError, LabError
from lib.domain.vocabulary import Added, Reply, Request, Sample, Slot
from lib.engine import runner
from lib.engine.allowance import Allowance
from lib.engine.carrying import Ending, Order
from lib.engine.costing import request_of
from lib.engine.gate import Gate
from lib.engine.loading import Loaded
from lib.engine.progress import Progress, State
from lib.engine.reporting import Reported
from lib.providers import registry
from lib.providers.base import Provider
from lib.providers.dialect import assembled
from lib.store.store import Store

WHY = "the audit asks for several choices in one call"


class SeveralChoices:
    """`Provider` over another one: every request asks for so many choices."""

    def __init__(self, inner: Provider, choices: int) -> None:
        self._inner, self._choices = inner, choices
        self.at_once = inner.at_once

    def build(self, slot: Slot, /) -> Request:
        """See `Provider.build`."""
        return with_choices(self._inner.build(slot), self._choices)

    async def send(self, request: Request, *, deadline_s: float) -> Reply:
        """See `Provider.send`."""
        return await self._inner.send(request, deadline_s=deadline_s)

    def read(self, slot: Slot, reply: Reply, /) -> Sample:
        """See `Provider.read`. The first choice is the sample."""
        return self._inner.read(slot, reply)

    async def close(self) -> None:
        """See `Provider.close`."""
        await self._inner.close()


def with_choices(request: Request, choices: int) -> Request:
    """The same request for so many choices, with a note that says so."""
    body = {**json.loads(request.body), CHOICES_FIELD: choices}
    added = (*request.notes.added, Added(CHOICES_FIELD, choices, WHY))
    return Request(
        request.path,
        json.dumps(body, ensure_ascii=False).encode(),
        replace(request.notes, added=added),
    )


def building(choices: int | None) -> Callable[[Slot], Request]:
    """What a call sends that asks for so many choices, for what it costs at worst."""
    if choices is None:
        return request_of
    return lambda slot: with_choices(request_of(slot), choices)


async def carry_choices(
    store: Store, loaded: Loaded, progress: Progress, order: Order, choices: int
) -> Ending:
    """Carry out a run of one endpoint whose calls ask for several choices.

    Args:
        store: where it is.
        loaded: as the store has it, with prices that know of these choices.
        progress: its live record.
        order: how; of its budgets only the one in money is kept.
        choices: so many.

    Raises:
        StoreError: if the store fails.
        LabError: if the endpoint can't be opened.
    """
    endpoint = loaded.experiment.configurations[0].endpoint
    inner = await registry.open_provider(
        endpoint, key=order.keys.get(endpoint.name), at_once=order.at_once, home=order.home
    )
    provider = SeveralChoices(inner, choices)
    written = store.ledger(loaded.run, asyncio.get_running_loop())
    ledger = Reported(written, progress, order.listener)
    allowance = Allowance(order.at_once, left_usd=order.max_cost_usd)
    gate = Gate(
        allowance,
        careful=not endpoint.embedded,
        on_pause=ledger.paused,
        costing=progress.costing,
    )
    stopping = asyncio.create_task(_stop_when_told(order.stop, gate))
    try:
        await runner.run(
            loaded.slots,
            provider=provider,
            ledger=ledger,
            gate=gate,
            at_once=min(order.at_once, provider.at_once),
            deadline_s=order.deadline_s,
        )
    finally:
        stopping.cancel()
        await provider.close()
    ended: dict[int, CallError] = dict(gate.ended)
    if gate.key_refused is not None:
        ended |= dict.fromkeys({slot.number for slot in loaded.slots}, gate.key_refused)
    progress.end_configurations(ended)
    await asyncio.to_thread(store.end, loaded.run)
    done = len(progress.snapshot().samples) == len(loaded.slots)
    state: State = "finished" if done else "interrupted" if allowance.spent else "incomplete"
    progress.become(state)
    return Ending(state, allowance.spent, gate.parked_until)


async def _stop_when_told(stop: asyncio.Event, gate: Gate) -> None:
    await stop.wait()
    gate.stop()


def choices_of(store: Store, samples: tuple[Sample, ...]) -> tuple[tuple[str, ...], ...]:
    """The texts of all choices in each sample's stored response."""
    return tuple(_texts(store, sample) for sample in samples)


def _texts(store: Store, sample: Sample) -> tuple[str, ...]:
    kept = next(each for each in store.attempts(sample.slot.id) if each.accepted)
    if kept.reply is None:
        return (sample.text,)
    try:
        answer = assembled(kept.reply, sample.slot.configuration.endpoint.dialect)
    except LabError:
        return (sample.text,)
    choices = answer.get("choices")
    if not isinstance(choices, list):
        return (sample.text,)
    return tuple(_text(choice) for choice in choices)


def _text(choice: object) -> str:
    message = choice.get("message") if isinstance(choice, dict) else None
    content = message.get("content") if isinstance(message, dict) else None
    return content if isinstance(content, str) else ""

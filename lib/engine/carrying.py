"""Carrying a run out: open its endpoints, read what is kept already, ask for what is missing.

The same for the app and the shell, for a new run, a resumed one and one with more repeats: a
resume is this call again, as slots that have an answer are never asked for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from lib.domain.configuration import Endpoint
from lib.domain.errors import CallError, LabError, Refused
from lib.domain.vocabulary import Slot
from lib.engine import runner
from lib.engine.gate import Budget, Gate
from lib.engine.ledger import Ledger
from lib.engine.loading import Loaded
from lib.engine.progress import Progress, State
from lib.engine.reporting import Listener, Reported
from lib.providers import registry
from lib.store.store import Store

AT_ONCE = 8
MOST_AT_ONCE = 500
GRACE_S = 5.0
"""How long calls under way may still take after a stop."""


@dataclass(slots=True)
class Order:
    """How a run is to be carried out. Keys travel here, in memory, and nowhere else."""

    home: Path
    keys: Mapping[str, str] = field(default_factory=dict, repr=False)
    """By endpoint name."""
    at_once: int = AT_ONCE
    max_calls: int | None = None
    """Calls that may be made now, retries included."""
    listener: Listener | None = None
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    """Set it to end the run in good order."""
    by_user: bool = True
    """Whether a stop is the user's wish (the same experiment then starts a new run), or an
    interruption (it is carried on)."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a carrying-out came to its end."""

    state: State
    budget_spent: bool = False
    parked_until: datetime | None = None


async def carry(store: Store, loaded: Loaded, progress: Progress, order: Order) -> Ending:
    """Carry a run out until each planned sample has an answer or has used up its tries.

    The caller holds the run. Ends early, in good order, when `order.stop` is set, when the budget
    is spent, or when an endpoint asks for a longer wait than a run takes.

    Raises:
        StoreError: if the store fails. No call is made after that.
    """
    carrying = _Carrying(store, loaded, progress, order)
    try:
        await carrying.read_kept()
        await carrying.ask_all()
    except* LabError as group:
        progress.become("interrupted")
        raise _first(group) from None
    return carrying.ending()


class _Carrying:
    """What one carrying-out shares between its endpoints."""

    def __init__(self, store: Store, loaded: Loaded, progress: Progress, order: Order) -> None:
        self._store, self._loaded, self._progress, self._order = store, loaded, progress, order
        self._ledger: Ledger = store.ledger(loaded.run, asyncio.get_running_loop())
        self._budget = Budget(order.max_calls)
        self._gates: list[Gate] = []

    async def read_kept(self) -> None:
        """Replies that were kept but not read when the last process died: they are paid for."""
        slots = {slot.id: slot for slot in self._loaded.slots}
        for slot_id, attempt, reply in self._loaded.unread:
            slot = slots[slot_id]
            try:
                sample = registry.dialect(slot.configuration.endpoint).read(slot, reply)
            except CallError as error:
                await self._ledger.fail(attempt, error)
            else:
                await self._ledger.accept(attempt, sample)
                self._progress.stored(slot, sample)

    async def ask_all(self) -> None:
        """Ask all endpoints at once for what is missing, and stop them when told to."""
        settled = self._progress.snapshot().samples.keys() | self._loaded.spent
        missing: dict[str, list[Slot]] = {}
        for slot in self._loaded.slots:
            if slot.id not in settled:
                missing.setdefault(slot.configuration.endpoint.name, []).append(slot)
        if not missing:
            return
        async with asyncio.TaskGroup() as tasks:
            asking = [
                tasks.create_task(self._ask(slots[0].configuration.endpoint, slots))
                for slots in missing.values()
            ]
            stopping = tasks.create_task(self._stop_when_told(asking))
            await asyncio.wait(asking)
            stopping.cancel()

    async def _ask(self, endpoint: Endpoint, slots: Sequence[Slot]) -> None:
        """Ask one endpoint. That it can't be opened is no reason to stop the others."""
        order, numbers = self._order, {slot.number for slot in slots}
        try:
            provider = await registry.open_provider(
                endpoint, key=order.keys.get(endpoint.name), at_once=order.at_once, home=order.home
            )
        except LabError as error:
            reason = Refused(error.says, error.fix)
            return self._progress.end_configurations(dict.fromkeys(numbers, reason))
        ledger = Reported(self._ledger, self._progress, order.listener)
        gate = Gate(budget=self._budget, careful=not endpoint.embedded, on_pause=ledger.paused)
        gate.prove({sample.slot.number for sample in self._progress.snapshot().samples.values()})
        self._gates.append(gate)
        if order.stop.is_set():
            gate.stop()
        try:
            await runner.run(
                slots,
                provider=provider,
                ledger=ledger,
                gate=gate,
                at_once=min(order.at_once, provider.at_once),
            )
        finally:
            if gate.key_refused is not None:
                self._progress.end_configurations(dict.fromkeys(numbers, gate.key_refused))
            self._progress.end_configurations(gate.ended)
            await provider.close()
        return None

    async def _stop_when_told(self, asking: Sequence[asyncio.Task[None]]) -> None:
        await self._order.stop.wait()
        self._progress.become("stopping")
        for gate in self._gates:
            gate.stop()
        await asyncio.wait(asking, timeout=GRACE_S)
        for task in asking:
            task.cancel()

    def ending(self) -> Ending:
        """Settle what the run has become, in the store as well."""
        parked = [gate.parked_until for gate in self._gates if gate.parked_until is not None]
        complete = self._progress.snapshot().done == len(self._loaded.slots)
        early = self._budget.spent or bool(parked) or self._order.stop.is_set()
        if complete or not early:
            self._store.end(self._loaded.run)
        if complete:
            state: State = "finished"
        elif self._order.stop.is_set():
            state = "stopped" if self._order.by_user else "interrupted"
            self._store.mark_stopped(self._loaded.run, self._order.by_user)
        else:
            state = "incomplete"
        if self._budget.spent:
            self._progress.warn(
                f"Stopped by the budget: {self._order.max_calls} calls were made. "
                "Resume with a larger one to go on."
            )
        if parked:
            self._progress.warn(
                f"An endpoint asks to wait until {max(parked):%H:%M on %d %B}. Resume after that."
            )
        self._progress.become(state)
        return Ending(state, self._budget.spent, max(parked, default=None))


def _first(group: BaseExceptionGroup[LabError]) -> LabError:
    first = group.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first

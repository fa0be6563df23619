"""Carrying a run out: open its endpoints, read what is kept already, ask for what is missing.

The same for the app and the shell, for a new run, a resumed one and one with more repeats: a
resume is this call again, as slots that have an answer are never asked for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from lib.domain.configuration import Endpoint
from lib.domain.cost import ZERO, in_dollars
from lib.domain.errors import CallError, InputError, LabError, Refused
from lib.domain.vocabulary import Slot
from lib.engine import runner
from lib.engine.allowance import Allowance
from lib.engine.costing import in_words
from lib.engine.gate import Gate
from lib.engine.loading import Loaded
from lib.engine.progress import Progress, Snapshot, State
from lib.engine.reporting import Listener, Reported
from lib.engine.watching import Watched
from lib.providers import registry
from lib.providers.base import Provider
from lib.store.store import Store

AT_ONCE = 8
MOST_AT_ONCE = 500
GRACE_S = 5.0
"""How long calls under way may still take after a stop."""

GateMaker = Callable[..., Gate]


@dataclass(slots=True)
class Order:
    """How a run is to be carried out. Keys travel here, in memory, and nowhere else.

    Raises:
        InputError: if a number can't be that.
    """

    home: Path
    keys: Mapping[str, str] = field(default_factory=dict, repr=False)
    """By endpoint name."""
    at_once: int = AT_ONCE
    """Calls under way together, over all endpoints."""
    max_calls: int | None = None
    """Calls that the run may make in all: retries, and what was made before, included."""
    max_cost_usd: Decimal | None = None
    """What the run may cost in all, what it has cost before included."""
    listener: Listener | None = None
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    """Set it to end the run in good order."""
    by_user: bool = True
    """Whether a stop is the user's wish (the same experiment then starts a new run), or an
    interruption (it is carried on)."""
    deadline_s: float = runner.DEADLINE_S
    """For one attempt."""
    grace_s: float = GRACE_S
    enough: Callable[[Snapshot], bool] | None = None
    """Whether the question of a run is answered that declares a stop: asked after every batch, in
    a thread. `None`: it goes to its last look."""
    looked: Callable[[int, bool], None] | None = None
    """Told after every batch how many calls of each there are, and whether that was enough."""
    watched: bool = False
    """Whether what arrives is to be seen before it is whole: `Snapshot.arriving`."""
    gate: GateMaker = Gate
    """Makes the gate of an endpoint. A test gives it another clock."""

    def __post_init__(self) -> None:
        if not 1 <= self.at_once <= MOST_AT_ONCE:
            raise InputError(f"{self.at_once} calls at once can't be: 1 to {MOST_AT_ONCE} can.")
        if self.max_calls is not None and self.max_calls < 1:
            raise InputError(f"A budget of {self.max_calls} calls is none.", "Allow 1 or more.")
        if (usd := self.max_cost_usd) is not None and (not usd.is_finite() or usd < 0):
            raise InputError(f"A budget of {usd} USD can't be.", "Allow 0 or more.")
        if not 0 < self.deadline_s <= 86_400:
            raise InputError(f"A call can't be given {self.deadline_s:g} s.", "Up to a day can.")


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
    try:
        carrying = _Carrying(store, loaded, progress, order)
        await carrying.read_kept()
        await carrying.ask_all()
        return await carrying.end()
    except BaseException as error:
        progress.become("interrupted")
        told = _lab_error(error)
        if told is None:
            raise
        raise told from None


class _Carrying:
    """What one carrying-out shares between its endpoints."""

    def __init__(self, store: Store, loaded: Loaded, progress: Progress, order: Order) -> None:
        self._store, self._loaded, self._progress, self._order = store, loaded, progress, order
        written = store.ledger(loaded.run, asyncio.get_running_loop())
        self._ledger = Reported(written, progress, order.listener)
        self._allowance = Allowance(
            order.at_once,
            None if order.max_calls is None else order.max_calls - loaded.attempts,
        )
        self._gates: dict[str, Gate] = {}
        """By endpoint name."""

    async def read_kept(self) -> None:
        """Replies that were kept but not read when the last process died: they are paid for."""
        slots = {slot.id: slot for slot in self._loaded.slots}
        for slot_id, attempt, reply in self._loaded.unread:
            slot = slots[slot_id]
            self._ledger.go_on(slot, attempt)
            try:
                dialect = registry.dialect(slot.configuration.endpoint)
                await self._ledger.accept(attempt, await runner.read(dialect.read, slot, reply))
            except CallError as error:
                await self._ledger.fail(attempt, error)

    async def ask_all(self) -> None:
        """Ask all endpoints at once for what is missing, and stop them when told to."""
        settled = self._progress.snapshot().samples.keys() | self._loaded.spent
        missing: dict[Endpoint, list[Slot]] = {}
        for slot in self._loaded.slots:
            if slot.id not in settled:
                missing.setdefault(slot.configuration.endpoint, []).append(slot)
        if not missing:
            return
        self._allowance.left_usd = self._left_usd()
        async with asyncio.TaskGroup() as tasks:
            asking = [
                tasks.create_task(self._ask(endpoint, slots)) for endpoint, slots in missing.items()
            ]
            stopping = tasks.create_task(self._stop_when_told(asking))
            await asyncio.wait(asking)
            stopping.cancel()

    def _left_usd(self) -> Decimal | None:
        """What is left of the budget in money: what may have been billed before counts."""
        if self._order.max_cost_usd is None:
            return None
        before = self._progress.snapshot().cost.at_most
        return ZERO if before is None else self._order.max_cost_usd - before

    async def _ask(self, endpoint: Endpoint, slots: Sequence[Slot]) -> None:
        """Ask one endpoint. That it can't be opened is no reason to stop the others."""
        order, numbers = self._order, {slot.number for slot in slots}
        try:
            provider = await registry.open_provider(
                endpoint, key=order.keys.get(endpoint.name), at_once=order.at_once, home=order.home
            )
        except LabError as error:
            reason = CallError(error.says, error.fix)
            return self._progress.end_configurations(dict.fromkeys(numbers, reason))
        if order.watched:
            provider = Watched(
                provider, self._progress.arrived, secrets=[*filter(None, order.keys.values())]
            )
        try:
            await self._ask_through(self._gate(endpoint), provider, slots)
        finally:
            await provider.close()
        return None

    async def _ask_through(self, gate: Gate, provider: Provider, slots: Sequence[Slot]) -> None:
        try:
            await runner.run(
                slots,
                provider=provider,
                ledger=self._ledger,
                gate=gate,
                at_once=min(self._order.at_once, provider.at_once),
                deadline_s=self._order.deadline_s,
            )
        finally:
            if gate.key_refused is not None:
                there = self._progress.snapshot().samples
                numbers = {slot.number for slot in slots if slot.id not in there}
                self._progress.end_configurations(dict.fromkeys(numbers, gate.key_refused))
            self._progress.end_configurations(gate.ended)

    def _gate(self, endpoint: Endpoint) -> Gate:
        gate = self._order.gate(
            self._allowance,
            careful=not endpoint.embedded,
            on_pause=self._ledger.paused,
            costing=self._progress.costing,
        )
        gate.prove({sample.slot.number for sample in self._progress.snapshot().samples.values()})
        if self._order.stop.is_set():
            gate.stop()
        self._gates[endpoint.name] = gate
        return gate

    async def _stop_when_told(self, asking: Sequence[asyncio.Task[None]]) -> None:
        await self._order.stop.wait()
        self._progress.become("stopping")
        for gate in self._gates.values():
            gate.stop()
        await asyncio.wait(asking, timeout=self._order.grace_s)
        for task in asking:
            task.cancel()

    async def end(self) -> Ending:
        """Settle what the run has become, in the store as well."""
        state = self._state(self._progress.snapshot())
        # In a thread: a store that another program has locked must not hold up other runs.
        await asyncio.to_thread(self._settle, state)
        parked = {
            name: gate.parked_until
            for name, gate in self._gates.items()
            if gate.parked_until is not None
        }
        if self._allowance.spent:
            self._progress.warn(
                f"Stopped by the budget: {self._what_was_spent()}. "
                "Resume with a larger one to go on."
            )
        for name, until in parked.items():
            self._progress.warn(
                f"{name} asks to wait until {until:%H:%M on %d %B}. Resume after that."
            )
        self._progress.become(state)
        return Ending(state, self._allowance.spent, max(parked.values(), default=None))

    def _what_was_spent(self) -> str:
        most, left = self._order.max_cost_usd, self._allowance.left
        if most is None or (left is not None and left <= 0):
            return f"{self._order.max_calls} calls were made"
        cost = self._progress.snapshot().cost
        return (
            f"of {in_dollars(most)} too little is left for another call (spent: {in_words(cost)})"
        )

    def _state(self, now: Snapshot) -> State:
        if now.done == len(now.slots):
            return "finished"
        if self._order.stop.is_set():
            return "stopped" if self._order.by_user else "interrupted"
        tried = all(
            slot.id in now.samples
            or slot.id in now.spent
            or isinstance(now.ended.get(slot.number), Refused)
            for slot in now.slots
        )
        # What ended in any other way is no word about the experiment: a key, a network, a budget.
        return "incomplete" if tried else "interrupted"

    def _settle(self, state: State) -> None:
        if state in {"finished", "incomplete"}:
            self._store.end(self._loaded.run)
        elif state == "stopped":
            self._store.mark_stopped(self._loaded.run)


def _lab_error(error: BaseException) -> LabError | None:
    """What a user can be told of what several tasks raised; `None`: a fault of the lab's own."""
    if isinstance(error, BaseExceptionGroup):
        return next(filter(None, map(_lab_error, error.exceptions)), None)
    return error if isinstance(error, LabError) else None

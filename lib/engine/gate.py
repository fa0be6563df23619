"""The gate of one endpoint: when a call may go, and what a failure rules out.

Rule: whatever keeps a call back is decided here, from the failures alone. `longest_wait_s` is the
one retry rule of the lab; the SDKs' own retries are off.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from lib.domain.errors import CallError, KeyRefused, RateLimited, Refused, Transient, Unreadable
from lib.domain.vocabulary import Slot

TRIES = 5
LONGEST_PAUSE_S = 120.0
"""An endpoint that asks for a longer wait is parked instead: its run ends, and can be resumed."""
IN_A_ROW = 3
"""Failures of a kind that says "nobody there", without a success, that end a configuration."""


def longest_wait_s(failures: Sequence[CallError]) -> float | None:
    """Seconds within which a slot's next try comes, or `None`: it has had its tries. Pure.

    Being told to slow down is no fault of the slot, so it hardly counts: `Gate` pauses everyone.
    """
    counted = sum(not isinstance(failure, RateLimited) for failure in failures)
    if counted >= TRIES or len(failures) >= 10 * TRIES:
        return None
    match failures:
        case [] | [*_, RateLimited()]:
            return 0.0
        case [*_, Transient() as last]:
            return max(last.retry_after_s, min(60.0, 2.0 ** (counted - 1)))
        case [*_, Unreadable(code="malformed")] if counted < 2:
            return 1.0  # a broken transfer, perhaps: once more
        case _:
            return None


@dataclass(slots=True)
class Budget:
    """How many calls a run may still make, retries included. Taken before a call is sent."""

    left: int | None = None
    """`None`: as many as are planned, and their retries."""
    spent: bool = False
    """Whether a call was kept back for want of budget."""

    def take(self) -> bool:
        """Reserve one call, if there is one."""
        if self.left is None:
            return True
        if self.left <= 0:
            self.spent = True
            return False
        self.left -= 1
        return True


@dataclass(slots=True)
class Gate:
    """Paces the calls to one endpoint under one key. Belongs to one event loop."""

    budget: Budget = field(default_factory=Budget)
    careful: bool = True
    """Whether a configuration's first call goes alone, so that a refusal costs one call."""
    clock: Callable[[], float] = time.monotonic
    jitter: Callable[[float, float], float] = random.uniform
    on_pause: Callable[[float], None] | None = None
    """Told the seconds whenever all calls have to wait."""
    parked_until: datetime | None = None
    """Set when the endpoint asked for a longer wait than a run takes."""
    ended: dict[int, CallError] = field(default_factory=dict)
    """Configurations, by number, that are not asked any more, and why."""

    _key_refused: CallError | None = None
    _stopping: bool = False
    _paused_until: float = 0.0
    _pauses: int = 0
    _proven: set[int] = field(default_factory=set)
    _trying: set[int] = field(default_factory=set)
    _in_a_row: Counter[int] = field(default_factory=Counter)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def admit(self, slot: Slot, failures: Sequence[CallError]) -> bool:
        """Wait until a call for this slot may go. `False`: it is not to be made.

        After `True` a call is expected, and then `settle`.
        """
        longest = longest_wait_s(failures)
        if longest is None:
            return False
        ready = self.clock() + max(_named_wait_s(failures), self.jitter(0.0, longest))
        while not self._ruled_out(slot):
            wait = max(ready, self._paused_until) - self.clock()
            if wait <= 0 and not self._must_wait_for_first(slot):
                if not self.budget.take():
                    return False
                if self.careful and slot.number not in self._proven:
                    self._trying.add(slot.number)
                return True
            await self._until_changed(wait if wait > 0 else None)
        return False

    def settle(self, slot: Slot, error: CallError | None) -> None:
        """How a call ended: an answer (`None`), or the error that the slot failed with."""
        number = slot.number
        self._trying.discard(number)
        match error:
            case None:
                self._proven.add(number)
                self._in_a_row[number] = 0
                self._pauses = 0
            case KeyRefused():
                self._key_refused = error
            case Refused():
                self.ended[number] = error
            case RateLimited():
                self._pause(error)
            case Transient(code="connection") | Unreadable(wrong_place=True):
                self._in_a_row[number] += 1
                if self._in_a_row[number] >= IN_A_ROW and number not in self._proven:
                    self.ended[number] = error
            case _:
                pass
        self._wake()

    def prove(self, numbers: Iterable[int]) -> None:
        """These configurations have been answered before: none of their calls goes alone."""
        self._proven.update(numbers)

    def stop(self) -> None:
        """Admit nothing any more."""
        self._stopping = True
        self._wake()

    @property
    def paused_s(self) -> float:
        """Seconds that calls still wait because the endpoint asked for it."""
        return max(0.0, self._paused_until - self.clock())

    @property
    def key_refused(self) -> CallError | None:
        """Why nothing more is sent with this key, if that is so."""
        return self._key_refused

    def _pause(self, error: RateLimited) -> None:
        if error.retry_after_s > LONGEST_PAUSE_S:
            self.parked_until = datetime.now().astimezone() + timedelta(seconds=error.retry_after_s)
            return
        if not self.paused_s:  # a burst of refusals is one reason to slow down, not ten
            self._pauses += 1
        own = self.jitter(0.5, 1.0) * min(60.0, 2.0 ** (self._pauses - 1))
        self._paused_until = max(self._paused_until, self.clock() + (error.retry_after_s or own))
        if self.on_pause is not None:
            self.on_pause(self.paused_s)

    def _ruled_out(self, slot: Slot) -> bool:
        return bool(
            self._stopping
            or self.parked_until
            or self._key_refused
            or self.budget.spent
            or slot.number in self.ended
        )

    def _must_wait_for_first(self, slot: Slot) -> bool:
        return self.careful and slot.number not in self._proven and slot.number in self._trying

    async def _until_changed(self, seconds: float | None) -> None:
        changed = self._changed
        try:
            async with asyncio.timeout(seconds):
                await changed.wait()
        except TimeoutError:
            return

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()


def _named_wait_s(failures: Sequence[CallError]) -> float:
    """What the endpoint asked this slot to wait; a rate limit is everyone's, see `_pause`."""
    match failures:
        case [*_, RateLimited()]:
            return 0.0
        case [*_, Transient() as last]:
            return last.retry_after_s
        case _:
            return 0.0

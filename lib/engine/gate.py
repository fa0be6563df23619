"""The gate of one endpoint: when a call may go, and what a failure rules out.

Rule: whatever keeps a call back is decided here, from the failures alone. `longest_wait_s` is the
one retry rule of the lab; the SDKs' own retries are off.

* A slot's failures say when it is tried again, or that it has had its tries.
* A rate limit is everyone's: all calls pause, and fewer go at once until answers come again.
* A refusal ends its configuration, a refused key all of them. So do failures in a row that say
  that nobody is there.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from lib.domain.cost import ZERO, Cost
from lib.domain.errors import CallError, KeyRefused, RateLimited, Refused, Transient, Unreadable
from lib.domain.vocabulary import Sample, Slot
from lib.engine.allowance import Allowance
from lib.engine.costing import Costing

TRIES = 5
TRIES_WHERE_ANSWERED = 10
"""While other calls of a configuration are answered, a slot's failures are bad luck: at one call in
three lost, five tries would leave 4 of 1,000 slots without an answer, and ten leave none."""
MOST_FAILURES = 50
"""Rate limits included, which are not counted as tries."""
LONGEST_PAUSE_S = 120.0
"""An endpoint that asks for a longer wait is parked instead: its run ends, and can be resumed."""
PATIENCE_S = 900.0
"""So is one that answers nothing for this long but that it wants to be asked later."""
IN_A_ROW = 3
"""Failures without an answer between them that end a configuration: each of a kind that says
"nobody there", or the last of a slot's tries."""
_LONGEST_PARKED_S = 366 * 86_400.0


def longest_wait_s(failures: Sequence[CallError], *, tries: int = TRIES) -> float | None:
    """Seconds within which a slot's next try comes, or `None`: it has had its tries. Pure.

    Being told to slow down is no fault of the slot, so it isn't counted: `Gate` pauses everyone.
    What can't be read may be a broken transfer, but may also be what this model answers here: half
    of the tries are enough for it.
    """
    counted = sum(not isinstance(failure, RateLimited) for failure in failures)
    unreadable = sum(isinstance(failure, Unreadable) for failure in failures)
    if counted >= tries or len(failures) >= MOST_FAILURES:
        return None
    match failures:
        case [] | [*_, RateLimited()]:
            return 0.0
        case [*_, Transient() as last]:
            return max(last.retry_after_s, min(30.0, 2.0 ** (counted - 1)))
        case [*_, Unreadable(code="malformed")] if unreadable <= tries // 2:
            return 1.0
        case _:
            return None


@dataclass(slots=True)
class Gate:
    """Paces the calls to one endpoint under one key. Belongs to one event loop."""

    allowance: Allowance
    careful: bool = True
    """Whether a configuration's first call goes alone, so that a refusal costs one call."""
    clock: Callable[[], float] = time.monotonic
    jitter: Callable[[float, float], float] = random.uniform
    on_pause: Callable[[float], None] | None = None
    """Told the seconds whenever all calls have to wait."""
    costing: Costing = field(default_factory=Costing)
    """What calls cost, where there is a budget in money."""
    parked_until: datetime | None = None
    """Set when the endpoint asked for a longer wait than a run takes."""
    key_refused: KeyRefused | None = None
    """Why nothing more is sent with this key."""
    ended: dict[int, CallError] = field(default_factory=dict)
    """Configurations, by number, that are not asked any more, and why."""

    _stopping: bool = False
    _under_way: int = 0
    _most_under_way: int = field(init=False)
    _paused_until: float = 0.0
    _pauses: int = 0
    _limited_since: float | None = None
    _proven: set[int] = field(default_factory=set)
    _trying: set[int] = field(default_factory=set)
    _reserved: dict[int, Decimal] = field(default_factory=dict)
    _answered: set[int] = field(default_factory=set)
    _nobody_there: Counter[int] = field(default_factory=Counter)
    _in_vain: Counter[int] = field(default_factory=Counter)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self._most_under_way = self.allowance.at_once
        self.allowance.on_change(self._wake)

    async def admit(self, slot: Slot, failures: Sequence[CallError]) -> bool:
        """Wait until a call for this slot may go. `False`: it is not to be made.

        After `True` a call is expected, and then `answered` or `failed`.
        """
        longest = longest_wait_s(failures, tries=self._tries(slot))
        if longest is None:
            return False
        ready = self.clock() + max(_named_wait_s(failures), self.jitter(0.0, longest))
        while not self.rules_out(slot):
            wait = max(ready, self._paused_until) - self.clock()
            worst = self._worst(slot)
            if wait <= 0 and self._has_room(slot) and not self.allowance.must_wait(worst):
                if not self.allowance.take(worst):
                    return False
                self._reserved[slot.id] = worst
                self._under_way += 1
                self._trying.add(slot.number)
                return True
            await self._until_changed(wait if wait > 0 else None)
        return False

    def answered(self, slot: Slot, sample: Sample | None = None) -> None:
        """A call brought a sample. Of which nothing is known counts at its worst case."""
        self._proven.add(slot.number)
        self._answered.add(slot.number)
        self._nobody_there[slot.number] = self._in_vain[slot.number] = 0
        self._pauses, self._limited_since = 0, None
        self._most_under_way = min(self.allowance.at_once, self._most_under_way + 1)
        self._over(slot, self.costing.of_answer(sample) if sample and self._counts_money else None)

    def failed(self, slot: Slot, failures: Sequence[CallError]) -> bool:
        """A call brought none. Returns whether the slot has had its tries.

        Args:
            slot: whose call it was.
            failures: of the slot so far, this one last.
        """
        error, number = failures[-1], slot.number
        match error:
            case KeyRefused():
                self.key_refused = error
            case Refused():
                self.ended[number] = error
            case Transient() if error.retry_after_s > LONGEST_PAUSE_S:
                self._park(error.retry_after_s)
            case RateLimited():
                self._slow_down(error)
            case Transient(code="connection" | "timeout") | Unreadable(wrong_place=True):
                self._nobody_there[number] += 1
                if self._nobody_there[number] >= IN_A_ROW and number not in self._answered:
                    self.ended[number] = error
        had_its_tries = longest_wait_s(failures, tries=self._tries(slot)) is None
        if had_its_tries and not isinstance(error, KeyRefused | Unreadable):
            self._in_vain[number] += 1
            if self._in_vain[number] >= IN_A_ROW:
                self.ended[number] = error
        self._over(slot, self.costing.of_failure(slot, error) if self._counts_money else None)
        return had_its_tries and not isinstance(error, KeyRefused)  # which is no fault of the slot

    def rules_out(self, slot: Slot) -> bool:
        """Whether no call for this slot will be admitted any more."""
        return bool(
            self._stopping
            or self.parked_until
            or self.key_refused
            or self.allowance.spent
            or slot.number in self.ended
        )

    def end(self, number: int, why: CallError) -> None:
        """Ask a configuration no more."""
        self.ended[number] = why
        self._wake()

    def prove(self, numbers: Iterable[int]) -> None:
        """These configurations have been answered before: none of their calls goes alone."""
        self._proven.update(numbers)

    def stop(self) -> None:
        """Admit nothing any more."""
        self._stopping = True
        self._wake()

    def _tries(self, slot: Slot) -> int:
        return TRIES_WHERE_ANSWERED if slot.number in self._answered else TRIES

    def _has_room(self, slot: Slot) -> bool:
        alone = self.careful and slot.number not in self._proven
        return not (
            (alone and slot.number in self._trying)
            or self._under_way >= self._most_under_way
            or self.allowance.full
        )

    def _slow_down(self, error: RateLimited) -> None:
        now, named = self.clock(), error.retry_after_s
        self._limited_since = now if self._limited_since is None else self._limited_since
        known = self._paused_until > now  # a burst of refusals is one reason to slow down, not ten
        if not known:
            self._pauses += 1
            # One more goes again with each answer: so about every other call is answered, whatever
            # the limit may be.
            self._most_under_way = max(1, self._most_under_way // 2)
        own = self.jitter(0.5, 1.0) * min(60.0, 2.0 ** min(self._pauses - 1, 6))
        wait = named * self.jitter(1.0, 1.1)
        if not named or self._pauses > 1:  # what was named has not been enough
            wait = max(wait, 0.0 if known else own)
        if now - self._limited_since >= PATIENCE_S:
            return self._park(wait)
        longer = now + wait - max(now, self._paused_until)
        self._paused_until = max(self._paused_until, now + wait)
        if self.on_pause is not None and (not known or longer > 1.0):
            self.on_pause(wait)
        return None

    def _park(self, seconds: float) -> None:
        wait = timedelta(seconds=min(seconds, _LONGEST_PARKED_S))
        self.parked_until = datetime.now().astimezone() + wait

    @property
    def _counts_money(self) -> bool:
        return self.allowance.left_usd is not None

    def _worst(self, slot: Slot) -> Decimal:
        """The most that a call can cost; where nobody knows, more than any budget has."""
        if not self._counts_money:
            return ZERO
        worst = self.costing.worst(slot)
        return worst if isinstance(worst, Decimal) else Decimal("Infinity")

    def _over(self, slot: Slot, cost: Cost | None) -> None:
        self._under_way -= 1
        self._trying.discard(slot.number)
        reserved = self._reserved.pop(slot.id, ZERO)
        counted = reserved if cost is None or cost.at_most is None else cost.at_most
        self.allowance.give_back(reserved, counted)  # which wakes this gate as well

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
    """What the endpoint asked this slot to wait; a rate limit is everyone's: see `_slow_down`."""
    match failures:
        case [*_, RateLimited()]:
            return 0.0
        case [*_, Transient() as last]:
            return last.retry_after_s
        case _:
            return 0.0

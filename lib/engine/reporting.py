"""A ledger that tells: after each commit, the progress and a listener hear of it."""

from __future__ import annotations

from typing import Protocol

from lib.domain.errors import CallError
from lib.domain.vocabulary import Reply, Request, Sample, Slot
from lib.engine.ledger import Ledger
from lib.engine.progress import Progress


class Listener(Protocol):
    """Hears of what is in the store. Called in the engine's loop: it must not block, nor raise."""

    def stored(self, slot: Slot, sample: Sample) -> None:
        """A planned sample has its answer."""

    def failed(self, slot: Slot, error: CallError) -> None:
        """An attempt gave no answer."""

    def paused(self, seconds: float) -> None:
        """All calls to an endpoint wait, because it asked for it."""


class Reported:
    """`Ledger` over another one: the same steps, and word of them once they are committed."""

    def __init__(self, inner: Ledger, progress: Progress, listener: Listener | None = None) -> None:
        self._inner, self._progress, self._listener = inner, progress, listener
        self._slots: dict[int, Slot] = {}

    async def begin(self, slot: Slot, request: Request) -> int:
        """See `Ledger.begin`."""
        attempt = await self._inner.begin(slot, request)
        self.go_on(slot, attempt)
        return attempt

    def go_on(self, slot: Slot, attempt: int) -> None:
        """An attempt that was begun earlier is still to be accepted or to fail."""
        self._slots[attempt] = slot
        self._progress.began(slot)

    def keep(self, attempt: int, reply: Reply) -> None:
        """See `Ledger.keep`."""
        self._inner.keep(attempt, reply)

    async def accept(self, attempt: int, sample: Sample) -> None:
        """See `Ledger.accept`."""
        await self._inner.accept(attempt, sample)
        slot = self._slots.pop(attempt)
        self._progress.stored(slot, sample)
        if self._listener is not None:
            self._listener.stored(slot, sample)

    async def fail(self, attempt: int, error: CallError, *, final: bool = False) -> None:
        """See `Ledger.fail`."""
        await self._inner.fail(attempt, error, final=final)
        slot = self._slots.pop(attempt)
        self._progress.failed(slot, error, final=final)
        if self._listener is not None:
            self._listener.failed(slot, error)

    def paused(self, seconds: float) -> None:
        """All calls to an endpoint wait."""
        self._progress.pause(seconds)
        if self._listener is not None:
            self._listener.paused(seconds)

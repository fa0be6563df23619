"""Where a run is written, in order: the seam between the runner and the store."""

from __future__ import annotations

from typing import Protocol

from lib.domain.errors import CallError
from lib.domain.vocabulary import Reply, Request, Sample, Slot


class Ledger(Protocol):
    """Where a run is written, in order. What was awaited has been committed: it survives a crash.

    Raises:
        StoreError: from every method once a write has failed. No further call is made then.
    """

    async def begin(self, slot: Slot, request: Request) -> int:
        """A call is about to be made. Returns the attempt's id."""
        ...

    def keep(self, attempt: int, reply: Reply) -> None:
        """The bytes, before anyone has looked at them. Queued: written before what follows."""
        ...

    async def accept(self, attempt: int, sample: Sample) -> None:
        """The slot's one answer."""
        ...

    async def fail(self, attempt: int, error: CallError, *, final: bool = False) -> None:
        """Why this attempt gave no answer. The row stays.

        Args:
            attempt: which one.
            error: why.
            final: its slot has used up its tries, and is left alone when the run is resumed.
        """
        ...

"""The ledger of one run: intent first, raw bytes next, meaning last.

`begin` is committed before the call is made. `keep` is queued before `accept`, and the writer is
first in, first out: so bytes are never later on the disk than what was read from them, and a reply
that was paid for is there even if nobody came to read it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Literal

from sqlalchemy import Connection

from lib.domain.errors import CallError
from lib.domain.vocabulary import Reply, Request, Sample, Slot
from lib.store import rows
from lib.store.entries import Entries, Outcome
from lib.store.operation import Operation
from lib.store.writer import Writer

Kind = Literal["begun", "stored", "failed"]
Listener = Callable[[Kind, int, Sample | CallError | None], None]
"""Hears what has been committed: what happened, to which planned sample, and what it brought."""


class StoreLedger:
    """`lib.engine.ledger.Ledger` for one run, on one event loop."""

    def __init__(
        self,
        run: int,
        run_id: str,
        *,
        writer: Writer,
        entries: Entries,
        loop: asyncio.AbstractEventLoop,
        listener: Listener | None,
    ) -> None:
        self._run, self._run_id = run, run_id
        self._writer, self._entries = writer, entries
        self._loop, self._listener = loop, listener

    async def begin(self, slot: Slot, request: Request) -> int:
        """See `Ledger.begin`.

        Raises:
            StoreError: also if the planned sample has its answer, or is another run's.
        """
        at = rows.now()
        attempt, _ = await self._written(
            "begun",
            lambda connection: self._entries.begin(connection, self._run, slot, request, at),
        )
        return attempt

    def keep(self, attempt: int, reply: Reply) -> None:
        """See `Ledger.keep`. What can't be kept goes to stderr."""
        at = rows.now()
        self._writer.put(
            Operation(
                lambda connection: self._entries.keep(connection, attempt, reply, at),
                reply=({"run": self._run_id, "attempt": attempt, "received_at": at}, reply),
            )
        )

    async def accept(self, attempt: int, sample: Sample) -> None:
        """See `Ledger.accept`.

        Raises:
            StoreError: also if there is an answer already, or no reply that it was read from.
        """
        at = rows.now()
        await self._written(
            "stored",
            lambda connection: self._entries.accept(connection, attempt, sample, at),
            sample,
        )

    async def fail(self, attempt: int, error: CallError, *, final: bool = False) -> None:
        """See `Ledger.fail`.

        Raises:
            StoreError: also if the attempt has an outcome already.
        """
        at = rows.now()
        await self._written(
            "failed",
            lambda connection: self._entries.fail(connection, attempt, error, at, final=final),
            error,
        )

    async def _written(
        self,
        kind: Kind,
        act: Callable[[Connection], Outcome],
        what: Sample | CallError | None = None,
    ) -> Outcome:
        future: asyncio.Future[Outcome] = self._loop.create_future()

        def tell(outcome: Outcome) -> None:
            if self._listener is not None:
                self._listener(kind, outcome[1], what)

        self._writer.put(Operation(act, future=future, loop=self._loop, tell=tell))
        return await future

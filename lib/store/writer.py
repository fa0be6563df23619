"""The one writer: everything that changes the store passes through this thread, in order.

Rules that are kept in this file:

1. First in, first out. What is queued later is never on the disk earlier.
2. An operation is told that it is done after the commit that holds it, never before.
3. There is no timer. An idle writer commits at once; what arrives during a commit is the next
   group. So a lone answer doesn't wait, and a flood shares its commits.
4. An operation that fails takes no other with it.
5. After a failed commit nothing more is written. Everything that waits, and everything that comes,
   is told why; replies among them, which may have been paid for, go to stderr.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import nullcontext, suppress
from queue import SimpleQueue
from threading import Lock, Thread, current_thread
from typing import Literal, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from lib.domain.errors import LabError, StoreError
from lib.store.faults import store_fault
from lib.store.operation import Operation, rescue, settle

Result = TypeVar("Result")

_MOST_AT_ONCE = 1000
"""Operations in one commit."""


class _UndoneError(Exception):
    """Takes a transaction back, or a savepoint, after an operation that failed."""


class Writer:
    """A thread with the only connection that writes.

    It opens it from `engine`, and disposes of that at the end. `where` is the store's name in
    sentences.
    """

    def __init__(self, engine: Engine, where: object) -> None:
        self._engine, self._where = engine, where
        self._queue: SimpleQueue[Operation[object] | None] = SimpleQueue()
        self._door = Lock()
        self._closed = False
        self.broken: StoreError | None = None
        """Why nothing more is written."""
        self._thread = Thread(target=self._work, name="store writer", daemon=True)
        self._thread.start()

    def call(
        self,
        act: Callable[[Connection], Result],
        *,
        manner: Literal["alone", "outside"] = "alone",
    ) -> Result:
        """Have something written, and wait for its commit.

        Raises:
            StoreError: if it was not committed.
        """
        future: Future[Result] = Future()
        self.put(Operation(act, manner, future))
        return future.result()

    def put(self, operation: Operation[Result]) -> None:
        """Queue an operation.

        Raises:
            StoreError: at once, if nothing more is written.
        """
        with self._door:
            if not self._closed and not self.broken:
                return self._queue.put(operation)  # type: ignore[arg-type]
        rescue([operation])
        raise self._why_not()

    def close(self) -> None:
        """Write what is queued, then stop."""
        with self._door:
            if not self._closed:
                self._closed = True
                self._queue.put(None)
        if current_thread() is not self._thread:  # it may be the one that collects garbage
            self._thread.join()

    def _work(self) -> None:
        try:
            with self._engine.connect() as connection:
                for group in self._groups():
                    self._write(connection, group)
                    settle(group)
                    group.clear()  # an idle writer holds on to no body
        except Exception as error:  # whatever it is, nobody may wait for ever
            self._break(error)
            for group in self._groups():
                self._refuse(group)
                settle(group)
        finally:
            self._engine.dispose()

    def _groups(self) -> Iterator[list[Operation[object]]]:
        """All that waits, each time anew; an operation that isn't to be grouped goes alone."""
        group: list[Operation[object]] = []
        while True:
            operation = None
            if group and (self._queue.empty() or len(group) == _MOST_AT_ONCE):
                yield group
                group = []
            operation = self._queue.get()  # this thread alone takes from it
            if operation is not None and operation.manner == "grouped":
                group.append(operation)
                continue
            if group:
                yield group
                group = []
            if operation is None:
                return
            yield [operation]

    def _write(self, connection: Connection, group: Sequence[Operation[object]]) -> None:
        if self.broken:
            return self._refuse(group)
        try:
            self._commit(connection, group)
        except Exception as error:
            self._break(error)
            self._refuse(group)

    def _commit(self, connection: Connection, group: Sequence[Operation[object]]) -> None:
        """Write a group in one transaction.

        Savepoints cost more than most operations, and hardly any fails. So at first there are none;
        if one did fail, all is undone and done again, each within a savepoint of its own.
        """
        try:
            with connection.begin() if group[0].manner != "outside" else nullcontext():
                for operation in group:
                    self._do(connection, operation)
                    if operation.error:
                        raise _UndoneError
        except _UndoneError:
            if len(group) > 1:
                with connection.begin():
                    for operation in group:
                        with suppress(_UndoneError), connection.begin_nested():
                            self._do(connection, operation)
                            if operation.error:
                                raise _UndoneError from None

    def _do(self, connection: Connection, operation: Operation[object]) -> None:
        """Do one operation. Only a fault of the store is raised; others stay with the operation."""
        operation.error = None
        try:
            operation.result = operation.act(connection)
        except Exception as error:
            if operation.manner != "outside" and store_fault(error, self._where):
                raise
            operation.error = self._worded(error)

    def _break(self, error: Exception) -> None:
        fault = store_fault(error, self._where) or StoreError(f"The store failed: {error!r}.")
        fault.__cause__ = error
        with self._door:
            self.broken = fault

    def _worded(self, error: Exception) -> LabError:
        """The error of one operation, as a sentence."""
        if isinstance(error, LabError):
            return error
        # Not the wrapper's text, which repeats the parameters: a whole answer, perhaps.
        reason = error.orig if isinstance(error, DBAPIError) else error
        worded = store_fault(error, self._where) or StoreError(
            f"The store refused one entry: {reason}.", "All others are kept."
        )
        worded.__cause__ = error
        return worded

    def _refuse(self, group: Sequence[Operation[object]]) -> None:
        for operation in group:
            operation.error = self._why_not()

    def _why_not(self) -> StoreError:
        """Made anew each time: an error collects the traces of all who raise it."""
        if self.broken is None:
            return StoreError("The store is closed.")
        error = StoreError(self.broken.says, self.broken.fix)
        error.__cause__ = self.broken.__cause__
        return error

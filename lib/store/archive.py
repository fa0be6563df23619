"""Runs in and out of the store as records, their history, and what a person writes about them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from functools import partial
from typing import TypeVar

from sqlalchemy import Connection

from lib.domain.errors import InputError
from lib.store import history, importing, record, run_notes
from lib.store.history import Entry, Wanted
from lib.store.importing import Checked, Imported, Source
from lib.store.locks import Locks
from lib.store.record import Record
from lib.store.run_notes import RunNote
from lib.store.writer import Writer

Result = TypeVar("Result")


class Archive(ABC):
    """A part of the store's door: `Store` has all of it."""

    _locks: Locks

    @property
    @abstractmethod
    def _writer(self) -> Writer: ...

    @abstractmethod
    def _read(self, act: Callable[[Connection], Result]) -> Result: ...

    def history(self, wanted: Wanted) -> tuple[list[Entry], int]:
        """The runs that are wanted, newest first, and how many there are on all pages."""
        return self._read(lambda connection: history.entries(connection, self._locks, wanted))

    def same_experiment(self, run_id: str) -> list[Entry]:
        """All runs of the experiment of one of them, itself included, newest first."""
        return self._read(
            lambda connection: history.same_experiment(connection, self._locks, run_id)
        )

    def run_note(self, run_id: str) -> RunNote:
        """What a person wrote about a run."""
        return self._read(lambda connection: run_notes.of_run(connection, run_id))

    def write_run_note(self, run_id: str, note: RunNote) -> None:
        """Keep a note and tags of a run. Raises `InputError` if they are too long."""
        self._writer.call(lambda connection: run_notes.write(connection, run_id, note))

    def tags(self) -> list[str]:
        """Every tag once."""
        return self._read(run_notes.all_tags)

    def head(self, run_id: str) -> Record:
        """What a run asked, when, and what was written about it: the first part of an export."""
        return self._read(lambda connection: record.head(connection, run_id))

    def records(self, run_id: str) -> Iterator[Record]:
        """Every planned sample of a run with all that came of it, a few at a time."""
        ids = self._read(lambda connection: record.in_order(connection, run_id))
        ranks = self._read(lambda connection: record.ranks(connection, run_id))
        for first in range(0, len(ids), record.AT_ONCE):
            some = ids[first : first + record.AT_ONCE]
            yield from self._read(partial(record.records, ids=some, answered=ranks))

    def import_run(self, checked: Checked, source: Source) -> Imported:
        """Take a checked run in, whole or not at all; the same run again does nothing.

        Raises:
            InputError: if there is another run with its id, or the source has changed meanwhile.
            StoreError: if the store fails.
        """
        already = self._read(lambda connection: importing.exists(connection, checked.head.run))
        if already:
            self._same(checked)
        else:
            self._writer.call(lambda connection: importing.write(connection, checked, source))
        return Imported(
            checked.head.run, checked.experiment.name, checked.planned, checked.samples, already
        )

    def _same(self, checked: Checked) -> None:
        run = checked.head.run
        hashes = [importing.hashed(n, each) for n, each in enumerate(self.records(run))]
        if importing.digest(self.head(run), hashes) != checked.digest:
            raise InputError(
                f"There is a run {run} in this store already, and it isn't the same as the one in "
                "the file.",
                "It was left as it is. To import the other one, delete it first.",
            )

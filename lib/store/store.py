"""The store: the door through which everything is kept, and read back."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import TypeVar

from sqlalchemy import URL, Connection, Engine

from lib.domain.configuration import Endpoint
from lib.domain.errors import StoreError
from lib.domain.plan import Planned
from lib.domain.vocabulary import Reply, Sample, Slot
from lib.store import listing, opening, reading, runs, sample_notes, saved_servers, sqlite, upgrade
from lib.store.archive import Archive
from lib.store.audits import Audited, keep_report, reports
from lib.store.entries import Entries
from lib.store.faults import told
from lib.store.ledger import Listener, StoreLedger
from lib.store.locks import Held, Locks
from lib.store.reading import Attempt, RunSummary, SlotState
from lib.store.refusals import Refusal, refusals
from lib.store.runs import Asked, Begun, Take
from lib.store.writer import Writer

Result = TypeVar("Result")


class Store(Archive):
    """One file with everything that was asked and answered. Any thread may use it."""

    url: str
    """As SQLAlchemy writes it."""

    def __init__(self, path: Path) -> None:  # `open` checks it first
        self.path = path
        self.url = URL.create("sqlite", database=str(path)).render_as_string()
        self._reads = sqlite.reading(path)
        self._locks = Locks(opening.locks_of(path))
        self._entries = Entries(self._reads.dialect)
        self._writers = [Writer(sqlite.writing(path), path)]
        self._reviving = Lock()
        # Also when it is collected or the interpreter ends: what is queued is written.
        self._finally = weakref.finalize(self, _close, self._writers, self._reads, self._locks)

    @classmethod
    def open(cls, url: str | Path) -> Store:
        """Open the store at a path or a `sqlite:///` URL; make it, and its folder, if need be.

        Raises:
            StoreError: with a sentence for whatever is wrong with it. It was not written to.
        """
        path = opening.path_of(url)
        opening.prepare(path)
        return cls(path)

    def close(self) -> None:
        """Write what is queued, and let go of everything. Closing again does nothing."""
        self._finally()

    def begin_run(
        self,
        *,
        experiment_id: str,
        name: str,
        document: str,
        shuffle_seed: int,
        planned: Sequence[Planned],
        repeats: int,
        new: bool = False,
        owner: str | None = None,
        app_version: str = "",
    ) -> Held:
        """Carry the newest run of this experiment on, or make one.

        It is carried on if its runner hasn't come to its end, if its user didn't stop it, and if it
        is of the same owner. If it has fewer rounds planned than `repeats`, the missing ones are
        added; if more, it stays as it was planned.

        Args:
            experiment_id: the same for two experiments that ask the same.
            name: what a person calls it.
            document: the experiment, as text, kept with the run.
            shuffle_seed: what fixed the order of `planned`.
            planned: all rounds from the first, in order.
            repeats: how many rounds these are.
            new: make one in any case.
            owner: whose it is, where a store has several users.
            app_version: what made it.

        Raises:
            RunHeld: if a living process carries the newest one out.
        """
        asked = Asked(
            experiment_id=experiment_id,
            name=name,
            document=document,
            shuffle_seed=shuffle_seed,
            planned=planned,
            repeats=repeats,
            owner=owner,
            app_version=app_version,
        )
        return self._hold(
            lambda connection, take: runs.begin(connection, asked, new=new, take=take)
        )

    def hold(self, run_id: str) -> Held:
        """Carry a run on, in whatever state it is. From now on it counts as unfinished.

        Raises:
            RunHeld: if a living process has it.
            InputError: if there is none with this id.
        """
        return self._hold(lambda connection, take: runs.hold(connection, run_id, take=take))

    def extend(self, held: Held, *, planned: Sequence[Planned], repeats: int) -> None:
        """Add rounds to a run, up to `repeats`. What is planned already stays.

        If there are answers, the run says from now on that its N was raised after results.
        """
        self._writer.call(lambda connection: runs.extend(connection, held.run_id, planned, repeats))

    def give_back(self, run_id: str, slot_ids: Iterable[int]) -> None:
        """Let planned samples that used up their tries be tried again. Their attempts stay."""
        slots = list(slot_ids)
        self._writer.call(lambda connection: runs.give_back(connection, run_id, slots))

    def mark_stopped(self, run_id: str, stopped: bool = True) -> None:
        """Say that its user stopped it: the same experiment then starts a new run."""
        self._writer.call(lambda connection: runs.mark_stopped(connection, run_id, stopped))

    def end(self, run_id: str) -> None:
        """Say that the runner has come to its end, whether or not there are answers for all."""
        self._writer.call(lambda connection: runs.end(connection, run_id))

    def delete_run(self, run_id: str) -> None:
        """Delete a run for good: its text is in the file no more, nor in the log.

        So what upgrades left of older versions is deleted, too.

        Raises:
            RunHeld: if a living process carries it out.
            InputError: if there is none with this id.
        """
        held = self._hold(lambda connection, take: runs.remove(connection, run_id, take=take))
        held.release()
        upgrade.forget_old_versions(self.path)
        self._writer.call(sqlite.forget, manner="outside")

    def runs(self, *, owner: str | None = None, limit: int = 200) -> list[RunSummary]:
        """The runs of an owner, or all; newest first."""
        return self._read(
            lambda connection: listing.runs(connection, self._locks, owner=owner, limit=limit)
        )

    def find(self, reference: str, *, owner: str | None = None) -> RunSummary:
        """The run that an id, the beginning of one, or `latest` names.

        Raises:
            InputError: if there is none, or more than one.
        """
        return self._read(
            lambda connection: listing.find(connection, self._locks, reference, owner=owner)
        )

    def document(self, run_id: str) -> str:
        """The experiment that a run carries out, as it was given."""
        return self._read(lambda connection: str(runs.by_id(connection, run_id).document))

    def planned(self, run_id: str) -> list[tuple[int, Planned]]:
        """Planned samples with their ids, in the plan's order."""
        return self._read(lambda connection: reading.planned(connection, run_id))

    def states(self, run_id: str) -> dict[int, SlotState]:
        """How far each planned sample is, by id, in the plan's order."""
        return self._read(lambda connection: reading.states(connection, run_id))

    def answers(self, run_id: str, slots: Mapping[int, Slot], after: int = 0) -> list[Sample]:
        """Accepted samples in the order accepted, but for the first `after`."""
        return self._read(
            lambda connection: reading.answers(connection, run_id, slots, after=after)
        )

    def unread(self, run_id: str) -> list[tuple[int, int, Reply]]:
        """(planned sample, attempt, reply): kept and paid for, but read by nobody yet."""
        return self._read(lambda connection: reading.unread(connection, run_id))

    def attempts(self, slot_id: int) -> list[Attempt]:
        """All tries at a planned sample, whole, the first one first."""
        return self._read(lambda connection: reading.attempts(connection, slot_id))

    def refusals(self, *, model: str, limit: int) -> list[Refusal]:
        """Refusals of settings where a model was asked, the newest of each kind, newest first."""
        return self._read(lambda connection: refusals(connection, model=model, limit=limit))

    def note(self, slot_id: int) -> str:
        """What a person wrote about a planned sample, or `""`."""
        return self._read(lambda connection: sample_notes.of_sample(connection, slot_id))

    def notes(self, run_id: str) -> dict[int, str]:
        """All that was written about samples of a run, by planned sample."""
        return self._read(lambda connection: sample_notes.of_run(connection, run_id))

    def write_note(self, slot_id: int, text: str) -> None:
        """Keep a note about a planned sample, in place of the one before; empty: take it away.

        Raises:
            InputError: if it is too long, or there is no such sample.
        """
        self._writer.call(lambda connection: sample_notes.write(connection, slot_id, text))

    def servers(self) -> list[Endpoint]:
        """The servers that are saved for every draft, in the order of their names."""
        return self._read(saved_servers.all_of_them)

    def save_server(self, server: Endpoint) -> None:
        """Save one more. Raises `InputError` if its name is taken, or there are too many."""
        self._writer.call(lambda connection: saved_servers.save(connection, server))

    def forget_server(self, name: str) -> None:
        """Take one away, if it is there. Drafts and runs that have a copy of it keep that."""
        self._writer.call(lambda connection: saved_servers.forget(connection, name))

    def keep_audit(self, about: Audited, report: str) -> None:
        """Keep the report of an audit, as JSON."""
        self._writer.call(lambda connection: keep_report(connection, about, report))

    def audits(self, about: Audited, *, limit: int = 1) -> list[str]:
        """Reports about one model at one endpoint, the newest first."""
        return self._read(lambda connection: reports(connection, about, limit=limit))

    def ledger(
        self, run_id: str, loop: asyncio.AbstractEventLoop, listener: Listener | None = None
    ) -> StoreLedger:
        """Where a run that is held is written while it is carried out on this loop.

        The listener is called on it after each commit, before whoever awaits that one goes on.

        Raises:
            StoreError: if this process doesn't hold the run.
        """
        if not self._locks.mine(run_id):
            raise StoreError("A run has to be held to be carried out.", "Hold it first.")
        number = self._read(lambda connection: int(runs.by_id(connection, run_id).number))
        return StoreLedger(
            number,
            run_id,
            writer=self._writer,
            entries=self._entries,
            loop=loop,
            listener=listener,
        )

    @property
    def _writer(self) -> Writer:
        return self._writers[-1]

    def _hold(self, act: Callable[[Connection, Take], Begun]) -> Held:
        """Do what takes a run's lock; if that isn't committed, the lock is given back."""
        with self._reviving:
            if self._writer.broken:  # the disk may have room again: try, with a new connection
                self._writer.close()
                self._writers.append(Writer(sqlite.writing(self.path), self.path))
        taken: list[str] = []

        def take(run_id: str) -> None:
            self._locks.take(run_id)
            taken.append(run_id)

        try:
            begun = self._writer.call(lambda connection: act(connection, take))
        except BaseException:
            for run_id in taken:
                self._locks.give(run_id)
            raise
        return Held(begun.run_id, begun.carried_on, self._locks)

    def _read(self, act: Callable[[Connection], Result]) -> Result:
        if not self._finally.alive:
            raise StoreError("The store is closed.")
        with told(self.path), self._reads.connect() as connection:
            return act(connection)


def _close(writers: list[Writer], reads: Engine, locks: Locks) -> None:
    writers[-1].close()
    reads.dispose()
    locks.give_all()

"""The rows of an imported run: the same as if it had been carried out here."""

from __future__ import annotations

import hashlib
from typing import Any

from sqlalchemy import BindParameter, Connection, Table, bindparam, func, select

from lib.domain.vocabulary import Added, Notes
from lib.store import rows
from lib.store.bodies import Packer
from lib.store.record import READ
from lib.store.record_shape import Failed, PlannedRecord, Read, Try
from lib.store.schema import attempt, content, note_on_sample, planned_sample, reply, sample
from lib.store.statements import Statement


class Rows:
    """Writes the records of one run, each with all that belongs to it."""

    def __init__(self, connection: Connection, number: int) -> None:
        self._connection, self._number = connection, number
        self._packer = Packer()
        self._contents: dict[bytes, int] = {}
        newest = connection.execute(select(func.max(sample.c.id))).scalar_one()
        self._answers_before: int = newest or 0
        self._into = {
            table.name: _insert(table, connection)
            for table in (planned_sample, note_on_sample, attempt, reply, sample, content)
        }

    def add(self, place: int, record: PlannedRecord) -> None:
        """A planned sample, at its place in the plan's order."""
        number, repeat = record.slot
        slot = self._add(
            planned_sample,
            run=self._number,
            number=number,
            repeat=repeat,
            ord=place,
            seed=record.seed,
            ended=record.ended,
        )
        if record.note:
            self._add(note_on_sample, planned_sample=slot, text=record.note, changed_at=rows.now())
        tries = [self._attempt(slot, each) for each in record.attempts]
        if record.read is not None:
            self._answer(slot, tries[record.read.attempt - 1], record.read)

    def _answer(self, slot: int, attempt_id: int, read: Read) -> None:
        first = read.first_token
        self._add(
            sample,
            **read.model_dump(include=set(READ)),
            # In the order in which answers were accepted, whatever order the file is in.
            id=self._answers_before + read.place,
            planned_sample=slot,
            attempt=attempt_id,
            flags=rows.as_json(read.flags),
            first_token=None if first is None else rows.as_json(first),
        )

    def _attempt(self, slot: int, tried: Try) -> int:
        request = tried.request
        added = tuple(Added(each.field, each.value, each.why) for each in request.added)
        notes = Notes(request.user_set, added, tuple(request.not_sent))
        id_ = self._add(
            attempt,
            planned_sample=slot,
            n=tried.n,
            begun_at=tried.begun_at,
            path=request.path,
            request=self._content(request.body.raw),
            notes=self._content(rows.of_notes(notes)),
            **_why(tried.error),
        )
        if (got := tried.reply) is not None:
            self._add(
                reply,
                attempt=id_,
                kept_at=got.kept_at,
                status=got.status,
                headers=rows.as_json(got.headers),
                seconds=got.seconds,
                redacted=got.redacted,
                body=self._packer.packed(got.body.raw),
                first_text_s=got.first_text_s,
            )
        return id_

    def _content(self, body: bytes) -> int:
        """Where this is kept, once for all that are equal."""
        sha256 = hashlib.sha256(body).digest()
        if sha256 not in self._contents:
            known = select(content.c.id).where(content.c.sha256 == sha256)
            there = self._connection.execute(known).scalar_one_or_none()
            self._contents[sha256] = there or self._add(
                content, sha256=sha256, body=self._packer.packed(body)
            )
        return self._contents[sha256]

    def _add(self, table: Table, **values: object) -> int:
        row = self._into[table.name](self._connection, **values)
        return int(row[0]) if row else 0


def _insert(table: Table, connection: Connection) -> Statement:
    """An insert of all columns but for an id that the database gives."""
    (key,) = table.primary_key.columns
    given = [c.name for c in table.columns if table is sample or c.name != "id"]
    values: dict[str, BindParameter[Any]] = {name: bindparam(name) for name in given}
    return Statement(table.insert().values(values).returning(key), connection.dialect)


def _why(error: Failed | None) -> dict[str, object]:
    return {
        "failed_at": error and error.failed_at,
        "error_code": error and error.code,
        "error_kind": error and error.kind,
        "says": error and error.says,
        "fix": error and error.fix,
        "maybe_billed": error and error.maybe_billed,
    }

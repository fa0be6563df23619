"""The four entries of every call, each a statement or two: begin, keep, accept, fail.

They carry their conditions within them: an answer is only accepted where its reply is kept, an
attempt only begun where there is no answer. So no caller can make a wrong entry.
"""

from __future__ import annotations

import hashlib

from sqlalchemy import ClauseElement, Connection, Dialect, bindparam, exists, func, select

from lib.domain.errors import CallError, StoreError
from lib.domain.vocabulary import Reply, Request, Sample, Slot
from lib.store import rows
from lib.store.bodies import Packer
from lib.store.schema import attempt, content, planned_sample, reply, sample
from lib.store.statements import Statement

Outcome = tuple[int, int]
"""The attempt, and its planned sample."""

_NOT_READ = ("id", "planned_sample", "attempt")
_READ = tuple(column.name for column in sample.columns if column.name not in _NOT_READ)
_WHY = ("failed_at", "error_code", "error_kind", "says", "fix", "maybe_billed")


class Entries:
    """The entries, compiled for one dialect. Made by one thread at a time: the writer."""

    def __init__(self, dialect: Dialect) -> None:
        self._packer = Packer()
        self._find = Statement(
            select(content.c.id).where(content.c.sha256 == bindparam("sha256")), dialect
        )
        self._add = Statement(
            content.insert()
            .values(sha256=bindparam("sha256"), body=bindparam("body"))
            .returning(content.c.id),
            dialect,
        )
        self._begin = Statement(_begin(), dialect)
        self._keep = Statement(
            reply.insert().values({each.name: bindparam(each.name) for each in reply.columns}),
            dialect,
        )
        self._accept = Statement(_accept(), dialect)
        self._fail = Statement(_fail(), dialect)
        self._end = Statement(
            planned_sample.update()
            .where(planned_sample.c.id == bindparam("slot"))
            .values(ended=bindparam("code")),
            dialect,
        )

    def begin(
        self, connection: Connection, run: int, slot: Slot, request: Request, at: str
    ) -> Outcome:
        """A new attempt."""
        row = self._begin(
            connection,
            slot=slot.id,
            of_run=run,
            at=at,
            path=request.path,
            request=self._content(connection, request.body),
            notes=self._content(connection, rows.of_notes(request.notes)),
        )
        if row is None:
            raise StoreError(
                f"Planned sample {slot.name} has its answer already, or is another run's.",
                "No call was made.",
            )
        return row[0], slot.id

    def keep(self, connection: Connection, attempt: int, reply: Reply, at: str) -> None:
        """The reply, as it came."""
        body = self._packer.packed(reply.body)
        self._keep(connection, attempt=attempt, kept_at=at, body=body, **rows.of_reply(reply))

    def accept(self, connection: Connection, attempt: int, sample: Sample, at: str) -> Outcome:
        """The answer of a planned sample."""
        row = self._accept(connection, of=attempt, accepted_at=at, **rows.of_sample(sample))
        if row is None:
            raise StoreError("An answer can't be accepted: its reply was not kept.")
        return attempt, row[0]

    def fail(
        self, connection: Connection, attempt: int, error: CallError, at: str, *, final: bool
    ) -> Outcome:
        """Why there was no answer this time."""
        row = self._fail(connection, of=attempt, failed_at=at, **rows.of_error(error))
        if row is None:
            raise StoreError("An attempt has its outcome already: it can't fail now.")
        if final:
            self._end(connection, slot=row[0], code=error.code)
        return attempt, row[0]

    def _content(self, connection: Connection, body: bytes) -> int:
        """Where this is kept, once for all that are equal."""
        sha256 = hashlib.sha256(body).digest()
        row = self._find(connection, sha256=sha256) or self._add(
            connection, sha256=sha256, body=self._packer.packed(body)
        )
        assert row is not None  # noqa: S101  an insert returns its row
        return int(row[0])


def _begin() -> ClauseElement:
    last = select(func.max(attempt.c.n)).where(attempt.c.planned_sample == planned_sample.c.id)
    answered = exists().where(sample.c.planned_sample == planned_sample.c.id)
    return (
        attempt.insert()
        .from_select(
            ["planned_sample", "n", "begun_at", "path", "request", "notes"],
            select(
                planned_sample.c.id,
                func.coalesce(last.scalar_subquery(), 0) + 1,
                *(bindparam(name) for name in ("at", "path", "request", "notes")),
            ).where(
                planned_sample.c.id == bindparam("slot"),
                planned_sample.c.run == bindparam("of_run"),
                ~answered,
            ),
        )
        .returning(attempt.c.id)
    )


def _accept() -> ClauseElement:
    kept = select(attempt.c.planned_sample, attempt.c.id, *(bindparam(name) for name in _READ))
    return (
        sample.insert()
        .from_select(
            ["planned_sample", "attempt", *_READ],
            kept.where(attempt.c.id == bindparam("of"), reply.c.attempt == attempt.c.id),
        )
        .returning(sample.c.planned_sample)
    )


def _fail() -> ClauseElement:
    return (
        attempt.update()
        .where(
            attempt.c.id == bindparam("of"),
            attempt.c.error_code.is_(None),
            ~exists().where(sample.c.attempt == attempt.c.id),
        )
        .values({name: bindparam(name) for name in _WHY})
        .returning(attempt.c.planned_sample)
    )

"""What is kept, read back. Every function sees one moment of the store, and changes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast

from sqlalchemy import Connection, Row, Select, select

from lib.domain.errors import ErrorCode
from lib.domain.plan import Planned
from lib.domain.vocabulary import Reply, Request, Sample, Slot
from lib.store import rows
from lib.store.bodies import unpacked
from lib.store.runs import by_id
from lib.store.schema import attempt, content, planned_sample, reply, sample

RunState = Literal["running", "interrupted", "stopped", "finished", "incomplete"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """A run at one look."""

    id: str
    experiment_id: str
    name: str
    created_at: datetime
    owner: str | None
    shuffle_seed: int
    repeats: int
    configurations: int
    planned: int
    samples: int
    """Planned samples with an answer."""
    failed: int
    """Planned samples that used up their tries."""
    state: RunState
    """`running`: held by a living process; `interrupted`: it should be, but none holds it;
    `stopped` by its user; `finished`: every planned sample has its answer; `incomplete`: it came
    to its end, and some have none."""
    held_by: int | None
    """The id of the process that carries it out."""
    extended_after_results: bool
    app_version: str
    imported_at: datetime | None = None
    """When it came from a file; `None`: it was made here."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an attempt gave no answer."""

    code: ErrorCode
    kind: str
    """The name of the error's class."""
    says: str
    fix: str
    maybe_billed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotState:
    """How far a planned sample is."""

    accepted: bool = False
    ended: ErrorCode | None = None
    """The error with which it used up its tries."""
    attempts: int = 0
    begun_at: datetime | None = None
    """When its last attempt was."""
    maybe_billed: int = 0
    """Attempts without an answer that may be charged: begun without a result counts as one."""
    failure: Failure | None = None
    """Of its last attempt, if that failed."""
    unread: int | None = None
    """The attempt whose reply is kept, but that nobody has read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try at a planned sample, whole."""

    id: int
    n: int
    """From 1."""
    begun_at: datetime
    request: Request
    reply: Reply | None
    kept_at: datetime | None
    failure: Failure | None
    failed_at: datetime | None
    accepted: bool
    """Whether the planned sample's answer was read from this one."""


def planned(connection: Connection, run_id: str) -> list[tuple[int, Planned]]:
    """Planned samples with their ids, in the plan's order."""
    c = planned_sample.c
    asked = (
        select(c.id, c.number, c.repeat, c.seed)
        .where(c.run == by_id(connection, run_id).number)
        .order_by(c.ord)
    )
    return [(id_, Planned(*each)) for id_, *each in connection.execute(asked)]


def states(connection: Connection, run_id: str) -> dict[int, SlotState]:
    """Of every planned sample, in the plan's order."""
    number = by_id(connection, run_id).number
    tried: dict[int, list[Row[Any]]] = {}
    for row in connection.execute(
        select(
            attempt.c.planned_sample,
            attempt.c.id,
            attempt.c.begun_at,
            *_failure_columns(),
            reply.c.attempt.label("kept"),
        )
        .select_from(attempt.join(planned_sample).outerjoin(reply))
        .where(planned_sample.c.run == number)
        .order_by(attempt.c.id)
    ):
        tried.setdefault(row.planned_sample, []).append(cast("Row[Any]", row))
    untouched = SlotState()
    return {
        slot: _state(ended, answered_by, tried[slot]) if slot in tried else untouched
        for slot, ended, answered_by in connection.execute(
            select(planned_sample.c.id, planned_sample.c.ended, sample.c.attempt)
            .select_from(planned_sample.outerjoin(sample))
            .where(planned_sample.c.run == number)
            .order_by(planned_sample.c.ord)
        )
    }


def _state(
    ended: ErrorCode | None, answered_by: int | None, tried: Sequence[Row[Any]]
) -> SlotState:
    answered = answered_by is not None
    lost = [row for row in tried if row.id != answered_by]
    unread = [row.id for row in lost if row.kept is not None and row.error_code is None]
    return SlotState(
        accepted=answered,
        ended=None if answered else ended,
        attempts=len(tried),
        begun_at=datetime.fromisoformat(tried[-1].begun_at),
        maybe_billed=sum(row.error_code is None or bool(row.maybe_billed) for row in lost),
        failure=_failure(tried[-1]),
        unread=None if answered or not unread else unread[-1],
    )


def answers(
    connection: Connection, run_id: str, slots: Mapping[int, Slot], *, after: int
) -> list[Sample]:
    """Samples in the order accepted, without the first `after`."""
    asked = (
        select(sample)
        .join(planned_sample)
        .where(planned_sample.c.run == by_id(connection, run_id).number)
        .order_by(sample.c.id)
        .offset(after)
    )
    return [rows.sample(row, slots[row.planned_sample]) for row in connection.execute(asked)]


def unread(connection: Connection, run_id: str) -> list[tuple[int, int, Reply]]:
    """(planned sample, attempt, reply): kept, and nobody has said what they mean."""
    asked = (
        select(attempt.c.planned_sample, reply)
        .select_from(
            reply.join(attempt)
            .join(planned_sample)
            .outerjoin(sample, sample.c.planned_sample == planned_sample.c.id)
        )
        .where(
            planned_sample.c.run == by_id(connection, run_id).number,
            attempt.c.error_code.is_(None),
            sample.c.id.is_(None),
        )
        .order_by(attempt.c.id)
    )
    return [(row.planned_sample, row.attempt, rows.reply(row)) for row in connection.execute(asked)]


def attempts(connection: Connection, slot: int) -> list[Attempt]:
    """All tries at a planned sample, whole, in order."""
    asked = (
        whole_attempts()
        .add_columns(sample.c.id.label("sample"))
        .outerjoin(sample, sample.c.attempt == attempt.c.id)
        .where(attempt.c.planned_sample == slot)
    )
    return [_attempt(row) for row in connection.execute(asked)]


def whole_attempts() -> Select[Any]:
    """Tries with the request as `sent`, its notes as `noted`, and the reply, sample by sample."""
    request, notes = content.alias("request_content"), content.alias("notes_content")
    return (
        select(
            attempt,
            request.c.body.label("sent"),
            notes.c.body.label("noted"),
            *(c for c in reply.columns if c.name != "attempt"),
        )
        .select_from(
            attempt.join(request, request.c.id == attempt.c.request)
            .join(notes, notes.c.id == attempt.c.notes)
            .outerjoin(reply, reply.c.attempt == attempt.c.id)
        )
        .order_by(attempt.c.planned_sample, attempt.c.n)
    )


def _attempt(row: Row[Any]) -> Attempt:
    return Attempt(
        id=row.id,
        n=row.n,
        begun_at=datetime.fromisoformat(row.begun_at),
        request=Request(row.path, unpacked(row.sent), rows.notes(unpacked(row.noted))),
        reply=None if row.kept_at is None else rows.reply(row),
        kept_at=_time(row.kept_at),
        failure=_failure(row),
        failed_at=_time(row.failed_at),
        accepted=row.sample is not None,
    )


def _failure_columns() -> tuple[Any, ...]:
    c = attempt.c
    return c.error_code, c.error_kind, c.says, c.fix, c.maybe_billed


def _failure(row: Row[Any]) -> Failure | None:
    if row.error_code is None:
        return None
    code = cast("ErrorCode", row.error_code)
    return Failure(code, row.error_kind, row.says, row.fix, bool(row.maybe_billed))


def _time(stored: str | None) -> datetime | None:
    return None if stored is None else datetime.fromisoformat(stored)

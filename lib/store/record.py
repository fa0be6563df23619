"""A run as plain values: all that is kept of it, for a file that brings it back.

The head says what was asked, and a record for each planned sample what came of it. Times and texts
are as they are stored, so what is read from a file can be written to it again byte for byte. What
is only this store's own is left out: ids of rows, whose it is, when it was imported.
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from lib.store import run_notes
from lib.store.bodies import unpacked
from lib.store.reading import whole_attempts
from lib.store.runs import by_id
from lib.store.schema import attempt, note_on_sample, planned_sample, sample

FORMAT = 2
KIND = "sampling-lab-run"
AT_ONCE = 100
"""Planned samples that are read together: a run never has to fit into memory."""

Record = dict[str, Any]

READ = tuple(
    column.name
    for column in sample.columns
    if column.name not in {"id", "planned_sample", "attempt", "flags", "first_token"}
)
"""What was read from a reply, column by column; flags and first token are JSON of their own."""


def head(connection: Connection, run_id: str) -> Record:
    """What was asked, when, and what a person wrote about the run."""
    found = by_id(connection, run_id)
    note = run_notes.of_run(connection, run_id)
    return {
        "format": FORMAT,
        "kind": KIND,
        "run": found.id,
        "experiment_id": found.experiment_id,
        "made_at": found.created_at,
        "made_by": found.app_version,
        "ended_at": found.ended_at,
        "stopped_by_user": bool(found.stopped_by_user),
        "extended_after_results": bool(found.extended_after_results),
        "shuffle_seed": found.shuffle_seed,
        "repeats": found.repeats,
        "note": note.text,
        "tags": list(note.tags),
        "experiment": json.loads(found.document),
    }


def ranks(connection: Connection, run_id: str) -> dict[int, int]:
    """By planned sample: as which of the run's answers its own was accepted, from 1."""
    asked = (
        select(sample.c.planned_sample)
        .join(planned_sample)
        .where(planned_sample.c.run == by_id(connection, run_id).number)
        .order_by(sample.c.id)
    )
    return {slot: rank for rank, slot in enumerate(connection.execute(asked).scalars(), start=1)}


def in_order(connection: Connection, run_id: str) -> list[int]:
    """The planned samples of a run, in the plan's order."""
    asked = (
        select(planned_sample.c.id)
        .where(planned_sample.c.run == by_id(connection, run_id).number)
        .order_by(planned_sample.c.ord)
    )
    return list(connection.execute(asked).scalars())


def records(
    connection: Connection, ids: Sequence[int], answered: Mapping[int, int]
) -> list[Record]:
    """Some planned samples with all that came of them, in the order given.

    Args:
        connection: to the store.
        ids: of `in_order`; a few at a time.
        answered: of `ranks`. An answer that came later is left out.
    """
    planned = connection.execute(
        select(planned_sample, note_on_sample.c.text.label("note"))
        .select_from(planned_sample.outerjoin(note_on_sample))
        .where(planned_sample.c.id.in_(ids))
        .order_by(planned_sample.c.ord)
    ).all()
    tried: dict[int, list[Record]] = {}
    for slot, one in _attempts(connection, ids):
        tried.setdefault(slot, []).append(one)
    read = {
        row.planned_sample: _read(row, answered[row.planned_sample])
        for row in connection.execute(
            select(sample, attempt.c.n)
            .join(attempt, attempt.c.id == sample.c.attempt)
            .where(sample.c.planned_sample.in_(ids))
        )
        if row.planned_sample in answered
    }
    return [
        {
            "sample": f"{row.number}.{row.repeat}",
            "seed": row.seed,
            "ended": row.ended,
            "note": row.note or "",
            "attempts": tried.get(row.id, []),
            "read": read.get(row.id),
        }
        for row in planned
    ]


def _attempts(connection: Connection, slots: Sequence[int]) -> Iterator[tuple[int, Record]]:
    asked = whole_attempts().where(attempt.c.planned_sample.in_(slots))
    for row in connection.execute(asked):
        yield row.planned_sample, _attempt(row)


def _attempt(row: Row[Any]) -> Record:
    user_set, added, not_sent = json.loads(unpacked(row.noted))
    return {
        "n": row.n,
        "begun_at": row.begun_at,
        "request": {
            "path": row.path,
            "body": _as_json(unpacked(row.sent)),
            "user_set": user_set,
            "added": [{"field": name, "value": value, "why": why} for name, value, why in added],
            "not_sent": not_sent,
        },
        "reply": None if row.kept_at is None else _reply(row),
        "error": None if row.error_code is None else _error(row),
    }


def _reply(row: Row[Any]) -> Record:
    return {
        "kept_at": row.kept_at,
        "status": row.status,
        "headers": json.loads(row.headers),
        "body": _as_json(unpacked(row.body)),
        "seconds": row.seconds,
        "first_text_s": row.first_text_s,
        "redacted": bool(row.redacted),
    }


def _error(row: Row[Any]) -> Record:
    return {
        "code": row.error_code,
        "kind": row.error_kind,
        "says": row.says,
        "fix": row.fix,
        "maybe_billed": bool(row.maybe_billed),
        "failed_at": row.failed_at,
    }


def _read(row: Row[Any], rank: int) -> Record:
    return {
        "attempt": row.n,
        "place": rank,
        **{name: getattr(row, name) for name in READ},
        "flags": json.loads(row.flags),
        "first_token": None
        if row.first_token is None
        else [
            [token, key, logprob if math.isfinite(logprob) else str(logprob)]
            for token, key, logprob in json.loads(row.first_token)
        ],
    }


def _as_json(body: bytes) -> dict[str, str]:
    """Bytes as text where they are UTF-8, else in base64: either way they come back exactly."""
    try:
        return {"text": body.decode()}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(body).decode()}

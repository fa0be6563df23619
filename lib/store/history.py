"""The runs of a store as a list to look through: searched, a page at a time."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, func, or_, select

from lib.store.listing import summary
from lib.store.locks import Locks
from lib.store.reading import RunSummary
from lib.store.run_notes import RunNote, of_run
from lib.store.runs import by_id
from lib.store.schema import attempt, note_on_run, planned_sample, run, sample

MOST_OF_ONE = 50
"""Runs of one experiment that are compared over time: the newest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which runs are looked for."""

    text: str = ""
    """In name, id, messages, settings, models, note or tags; case doesn't matter in ASCII."""
    tag: str | None = None
    owner: str | None = None
    """`None`: whoever made it."""
    after: int = 0
    """Runs that earlier pages have shown."""
    limit: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A run as its line in the list."""

    summary: RunSummary
    document: str
    """The experiment, as it was given."""
    finish_reasons: Mapping[str, int]
    """Of its answers, the most frequent first."""
    errors: Mapping[str, int]
    """Of planned samples that used up their tries."""
    attempts: int
    note: RunNote


def entries(connection: Connection, locks: Locks, wanted: Wanted) -> tuple[list[Entry], int]:
    """A page of the runs that are wanted, newest first, and how many there are in all."""
    matching = _matching(wanted)
    total = connection.execute(
        select(func.count()).select_from(matching.order_by(None).subquery())
    ).scalar_one()
    found = connection.execute(matching.offset(wanted.after).limit(wanted.limit)).all()
    return [_entry(connection, locks, row) for row in found], total


def same_experiment(connection: Connection, locks: Locks, run_id: str) -> list[Entry]:
    """The newest runs that asked the same as this one."""
    found = connection.execute(
        select(run)
        .where(run.c.experiment_id == by_id(connection, run_id).experiment_id)
        .order_by(run.c.created_at.desc(), run.c.number.desc())
        .limit(MOST_OF_ONE)
    ).all()
    return [_entry(connection, locks, row) for row in found]


def _matching(wanted: Wanted) -> Select[Any]:
    asked = (
        select(run)
        .outerjoin(note_on_run, note_on_run.c.run == run.c.number)
        .order_by(run.c.number.desc())
    )
    if wanted.owner is not None:
        asked = asked.where(run.c.owner == wanted.owner)
    if wanted.tag is not None:
        quoted = json.dumps(wanted.tag, ensure_ascii=False)
        asked = asked.where(note_on_run.c.tags.contains(quoted, autoescape=True))
    for word in wanted.text.split():
        # Texts in the document are within JSON: a quote or a line end is written in another way.
        within = json.dumps(word, ensure_ascii=False)[1:-1]
        asked = asked.where(
            or_(
                run.c.id.icontains(word, autoescape=True),
                run.c.name.icontains(word, autoescape=True),
                run.c.document.icontains(within, autoescape=True),
                note_on_run.c.text.icontains(word, autoescape=True),
                note_on_run.c.tags.icontains(within, autoescape=True),
            )
        )
    return asked


def _entry(connection: Connection, locks: Locks, found: Any) -> Entry:
    own = planned_sample.c.run == found.number
    reasons = connection.execute(
        select(sample.c.finish_reason, func.count())
        .join(planned_sample)
        .where(own)
        .group_by(sample.c.finish_reason)
        .order_by(func.count().desc(), sample.c.finish_reason)
    )
    errors = connection.execute(
        select(planned_sample.c.ended, func.count())
        .outerjoin(sample)
        .where(own, planned_sample.c.ended.is_not(None), sample.c.id.is_(None))
        .group_by(planned_sample.c.ended)
        .order_by(func.count().desc(), planned_sample.c.ended)
    )
    attempts = connection.execute(
        select(func.count()).select_from(attempt.join(planned_sample)).where(own)
    ).scalar_one()
    return Entry(
        summary=summary(connection, locks, found),
        document=found.document,
        finish_reasons={reason: count for reason, count in reasons},
        errors={error: count for error, count in errors},
        attempts=attempts,
        note=of_run(connection, found.id),
    )

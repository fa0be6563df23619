"""Runs at one look: listed, and found by what a person writes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from lib.domain.errors import InputError
from lib.store.locks import Locks
from lib.store.reading import RunState, RunSummary
from lib.store.schema import planned_sample, run, sample


def runs(
    connection: Connection, locks: Locks, *, owner: str | None, limit: int
) -> list[RunSummary]:
    """Newest first; of one owner, or of all."""
    asked = select(run).order_by(run.c.number.desc()).limit(limit)
    if owner is not None:
        asked = asked.where(run.c.owner == owner)
    return [summary(connection, locks, found) for found in connection.execute(asked)]


def find(connection: Connection, locks: Locks, reference: str, *, owner: str | None) -> RunSummary:
    """The run that an id, the beginning of one, or `latest`, the newest made here, names.

    Raises:
        InputError: if there is none, or more than one.
    """
    asked = select(run).order_by(run.c.number.desc()).limit(4)
    if owner is not None:
        asked = asked.where(run.c.owner == owner)
    name = reference.strip().upper()
    if name == "LATEST":
        asked = asked.where(run.c.imported_at.is_(None))
    else:
        asked = asked.where(run.c.id.startswith(name or "?", autoescape=True))
    found = connection.execute(asked).all()
    if name == "LATEST" and found:
        return summary(connection, locks, found[0])
    match found:
        case []:
            none = "There is no run in this store yet."
            raise InputError(
                none if name == "LATEST" else f"No run's id begins with {reference!r}.",
                "See the list of runs.",
            )
        case [only]:
            return summary(connection, locks, only)
        case _:
            ids = ", ".join(each.id for each in found[:3]) + (" …" if len(found) > 3 else "")
            raise InputError(
                f"More than one run's id begins with {reference!r}: {ids}.", "Write more of it."
            )


def summary(connection: Connection, locks: Locks, found: Row[Any]) -> RunSummary:
    """A run at one look, from its row."""
    planned, configurations, samples, failed = connection.execute(
        select(
            func.count(),
            func.count(planned_sample.c.number.distinct()),
            func.count(sample.c.id),
            func.count(planned_sample.c.ended).filter(sample.c.id.is_(None)),
        )
        .select_from(
            planned_sample.outerjoin(sample, sample.c.planned_sample == planned_sample.c.id)
        )
        .where(planned_sample.c.run == found.number)
    ).one()
    held_by = locks.holder(found.id)
    state: RunState
    if held_by is not None:
        state = "running"
    elif found.stopped_by_user:
        state = "stopped"
    elif found.ended_at is None:
        state = "interrupted"
    else:
        state = "finished" if samples == planned else "incomplete"
    return RunSummary(
        id=found.id,
        experiment_id=found.experiment_id,
        name=found.name,
        created_at=datetime.fromisoformat(found.created_at),
        owner=found.owner,
        shuffle_seed=found.shuffle_seed,
        repeats=found.repeats,
        configurations=configurations,
        planned=planned,
        samples=samples,
        failed=failed,
        state=state,
        held_by=held_by,
        extended_after_results=found.extended_after_results,
        app_version=found.app_version,
        imported_at=None
        if found.imported_at is None
        else datetime.fromisoformat(found.imported_at),
    )

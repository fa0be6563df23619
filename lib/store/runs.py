"""Runs: planned, carried on, extended, ended, deleted. Each function is within one transaction."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, exists, or_, select, update
from ulid import ULID

from lib.domain.errors import InputError
from lib.domain.plan import SEED_LIMIT, Planned
from lib.store import rows
from lib.store.schema import (
    attempt,
    content,
    note_on_run,
    note_on_sample,
    planned_sample,
    reply,
    run,
    sample,
)

Take = Callable[[str], None]
"""Takes the lock of the run with this id, or raises `RunHeld`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is to be run."""

    experiment_id: str
    name: str
    document: str
    shuffle_seed: int
    planned: Sequence[Planned]
    repeats: int
    owner: str | None
    app_version: str


@dataclass(frozen=True, slots=True)
class Begun:
    """A run whose lock has been taken."""

    run_id: str
    carried_on: bool


def begin(connection: Connection, asked: Asked, *, new: bool, take: Take) -> Begun:
    """Carry the newest run of this experiment on if it is unfinished; otherwise make a new one.

    Looking for it, taking its lock and making one are in one transaction that locks the store, so
    two processes that plan the same experiment at once don't both pay for it.
    """
    newest = None if new else _newest(connection, asked)
    if newest is None or newest.ended_at is not None or newest.stopped_by_user:
        return _new(connection, asked, take)
    take(newest.id)
    # The same is asked under this name, so what is new in it, such as a check, counts from now on.
    _set(connection, newest.number, name=asked.name, document=asked.document)
    extend(connection, newest.id, asked.planned, asked.repeats)
    return Begun(newest.id, carried_on=True)


def hold(connection: Connection, run_id: str, *, take: Take) -> Begun:
    """Carry a run on, whatever state it is in: from now on it is unfinished again.

    Raises:
        InputError: if there is none, or if it was imported: its answers are somebody's record.
    """
    found = by_id(connection, run_id)
    if found.imported_at is not None:
        raise InputError(
            "This run was imported, so nothing is added to it.",
            "Start a new one of its experiment.",
        )
    take(found.id)
    _set(connection, found.number, ended_at=None, stopped_by_user=False)
    return Begun(found.id, carried_on=True)


def extend(connection: Connection, run_id: str, planned: Iterable[Planned], repeats: int) -> None:
    """Add the rounds that a run doesn't have yet, if any."""
    found = by_id(connection, run_id)
    number, before = found.number, found.repeats
    if repeats <= before:
        return
    _add(connection, number, (each for each in planned if each.repeat > before))
    seen = connection.execute(select(_of_run(number).where(_answered()).exists())).scalar_one()
    _set(connection, number, repeats=repeats, ended_at=None)
    if seen:
        _set(connection, number, extended_after_results=True)


def give_back(connection: Connection, run_id: str, slots: Iterable[int]) -> None:
    """Let planned samples be tried again that had used up their tries."""
    found = by_id(connection, run_id)
    for slot in slots:
        connection.execute(
            update(planned_sample)
            .where(planned_sample.c.id == slot, planned_sample.c.run == found.number)
            .values(ended=None)
        )
    _set(connection, found.number, ended_at=None)


def mark_stopped(connection: Connection, run_id: str, stopped: bool) -> None:
    """Say whether the user stopped it: then only `hold` carries it on."""
    _set(connection, by_id(connection, run_id).number, stopped_by_user=stopped)


def end(connection: Connection, run_id: str) -> None:
    """The runner has come to its end. What was tried in vain has failed now."""
    number = by_id(connection, run_id).number
    last_error = (
        select(attempt.c.error_code)
        .where(attempt.c.planned_sample == planned_sample.c.id)
        .order_by(attempt.c.n.desc())
        .limit(1)
        .scalar_subquery()
    )
    connection.execute(
        update(planned_sample)
        .where(planned_sample.c.run == number, planned_sample.c.ended.is_(None), ~_answered())
        .values(ended=last_error)
    )
    _set(connection, number, ended_at=rows.now())


def remove(connection: Connection, run_id: str, *, take: Take) -> Begun:
    """Delete a run and all that is only its own."""
    found = by_id(connection, run_id)
    number = found.number
    take(run_id)
    slots = _of_run(number)
    attempts = select(attempt.c.id).where(attempt.c.planned_sample.in_(slots))
    connection.execute(delete(note_on_run).where(note_on_run.c.run == number))
    connection.execute(delete(note_on_sample).where(note_on_sample.c.planned_sample.in_(slots)))
    connection.execute(delete(sample).where(sample.c.planned_sample.in_(slots)))
    connection.execute(delete(reply).where(reply.c.attempt.in_(attempts)))
    connection.execute(delete(attempt).where(attempt.c.planned_sample.in_(slots)))
    connection.execute(delete(planned_sample).where(planned_sample.c.run == number))
    connection.execute(delete(run).where(run.c.number == number))
    used = exists().where(or_(attempt.c.request == content.c.id, attempt.c.notes == content.c.id))
    connection.execute(delete(content).where(~used))
    return Begun(run_id, carried_on=True)


def by_id(connection: Connection, run_id: str) -> Row[Any]:
    """The row of a run.

    Raises:
        InputError: if there is none.
    """
    found = connection.execute(select(run).where(run.c.id == run_id)).one_or_none()
    if found is None:
        raise InputError(f"There is no run {run_id!r} in this store.", "See the list of runs.")
    return found


def _newest(connection: Connection, asked: Asked) -> Row[Any] | None:
    same_owner = run.c.owner.is_(None) if asked.owner is None else run.c.owner == asked.owner
    return connection.execute(
        select(run)
        .where(run.c.experiment_id == asked.experiment_id, same_owner, run.c.imported_at.is_(None))
        .order_by(run.c.number.desc())
        .limit(1)
    ).one_or_none()


def _new(connection: Connection, asked: Asked, take: Take) -> Begun:
    run_id = str(ULID())
    take(run_id)
    made = connection.execute(
        run.insert().values(
            id=run_id,
            experiment_id=asked.experiment_id,
            name=asked.name,
            document=asked.document,
            created_at=rows.now(),
            owner=asked.owner,
            shuffle_seed=asked.shuffle_seed,
            repeats=asked.repeats,
            app_version=asked.app_version,
        )
    ).inserted_primary_key
    assert made is not None  # noqa: S101  one row was inserted
    _add(connection, made[0], asked.planned)
    return Begun(run_id, carried_on=False)


def _add(connection: Connection, number: int, planned: Iterable[Planned]) -> None:
    """Add planned samples behind those that a run has, in the order given."""
    kept = connection.execute(
        select(planned_sample.c.seed).where(planned_sample.c.run == number)
    ).scalars()
    taken: list[int | None] = list(kept)
    seeds, first = {seed for seed in taken if seed is not None}, len(taken)
    added = []
    for ord_, each in enumerate(planned, first):
        seed = each.seed
        while seed in seeds:  # whoever drew it knew only the seeds of these rounds
            seed = secrets.randbelow(SEED_LIMIT)
        if seed is not None:
            seeds.add(seed)
        added.append(
            {
                "run": number,
                "number": each.number,
                "repeat": each.repeat,
                "ord": ord_,
                "seed": seed,
            }
        )
    if added:
        connection.execute(planned_sample.insert(), added)


def _set(connection: Connection, number: int, **values: object) -> None:
    connection.execute(update(run).where(run.c.number == number).values(**values))


def _of_run(number: int) -> Select[tuple[int]]:
    return select(planned_sample.c.id).where(planned_sample.c.run == number)


def _answered() -> Any:
    return exists().where(sample.c.planned_sample == planned_sample.c.id)

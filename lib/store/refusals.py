"""What endpoints have refused: attempts whose answer named a setting, newest first."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from lib.domain.vocabulary import Reply
from lib.store import rows
from lib.store.schema import attempt, planned_sample, reply, run


@dataclass(frozen=True, slots=True)
class Refusal:
    """A configuration that an endpoint refused because of a setting."""

    run: str
    document: str
    """The experiment that it carries out, as it was given."""
    number: int
    """Of the configuration in the run's experiment, from 1."""
    says: str
    """The sentence that was kept with it."""
    at: datetime
    reply: Reply


def refusals(connection: Connection, *, model: str, limit: int) -> list[Refusal]:
    """The newest one of each sentence and configuration of an experiment, newest first.

    Args:
        connection: to the store.
        model: whose refusals: only experiments that ask it, maybe beside others, are looked at.
        limit: how many are given at most.
    """
    asks_it = f'"model": {json.dumps(model, ensure_ascii=False)}'
    newest = (
        select(func.max(attempt.c.id).label("id"))
        .select_from(
            attempt.join(planned_sample, planned_sample.c.id == attempt.c.planned_sample)
            .join(reply, reply.c.attempt == attempt.c.id)
            .join(run, run.c.number == planned_sample.c.run)
        )
        .where(
            attempt.c.error_code == "refused_setting",
            run.c.document.contains(asks_it, autoescape=True),
        )
        .group_by(run.c.experiment_id, planned_sample.c.number, attempt.c.says)
        .order_by(func.max(attempt.c.id).desc())
        .limit(limit)
        .subquery()
    )
    asked = (
        select(
            run.c.id.label("run_id"),
            run.c.document,
            planned_sample.c.number,
            attempt.c.says,
            attempt.c.failed_at,
            *(c for c in reply.columns if c.name != "attempt"),
        )
        .select_from(
            newest.join(attempt, attempt.c.id == newest.c.id)
            .join(planned_sample, planned_sample.c.id == attempt.c.planned_sample)
            .join(run, run.c.number == planned_sample.c.run)
            .join(reply, reply.c.attempt == attempt.c.id)
        )
        .order_by(attempt.c.id.desc())
    )
    return [
        Refusal(
            run=row.run_id,
            document=row.document,
            number=row.number,
            says=row.says,
            at=datetime.fromisoformat(row.failed_at),
            reply=rows.reply(row),
        )
        for row in connection.execute(asked)
    ]

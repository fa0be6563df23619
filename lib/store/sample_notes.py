"""What a person writes about a sample. Each function is within one transaction.

Not to be confused with the notes of a request, which the lab writes: `lib.store.rows.notes`.
"""

from __future__ import annotations

from sqlalchemy import Connection, delete, select, update

from lib.domain.errors import InputError
from lib.store import rows
from lib.store.runs import by_id
from lib.store.schema import note_on_sample, planned_sample

MOST_CHARACTERS = 10_000


def of_sample(connection: Connection, slot: int) -> str:
    """The note on a planned sample, or `""`."""
    asked = select(note_on_sample.c.text).where(note_on_sample.c.planned_sample == slot)
    return connection.execute(asked).scalar_one_or_none() or ""


def of_run(connection: Connection, run_id: str) -> dict[int, str]:
    """All notes of a run, by planned sample; those that were never written are not in it."""
    asked = (
        select(note_on_sample.c.planned_sample, note_on_sample.c.text)
        .join(planned_sample)
        .where(planned_sample.c.run == by_id(connection, run_id).number)
        .order_by(planned_sample.c.ord)
    )
    return {slot: text for slot, text in connection.execute(asked)}


def write(connection: Connection, slot: int, text: str) -> None:
    """Keep a note, in place of the one before. An empty one takes it away.

    Raises:
        InputError: if it is too long, or there is no such sample.
    """
    if len(text) > MOST_CHARACTERS:
        raise InputError(
            f"The note has {len(text):,} characters, but at most {MOST_CHARACTERS:,} are kept.",
            "Shorten it.",
        )
    if not text.strip():
        connection.execute(delete(note_on_sample).where(note_on_sample.c.planned_sample == slot))
        return
    known = select(planned_sample.c.id).where(planned_sample.c.id == slot)
    if connection.execute(known).one_or_none() is None:
        raise InputError(f"There is no planned sample {slot} in this store.")
    kept = {"text": text, "changed_at": rows.now()}
    # Two statements in place of a dialect's own upsert: the writer is alone, nothing comes between.
    changed = connection.execute(
        update(note_on_sample).where(note_on_sample.c.planned_sample == slot).values(**kept)
    )
    if not changed.rowcount:
        connection.execute(note_on_sample.insert().values(planned_sample=slot, **kept))

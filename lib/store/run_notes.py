"""What a person writes about a run, and the tags to find it by. Each within one transaction."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, select, update

from lib.domain.errors import InputError
from lib.store import rows
from lib.store.runs import by_id
from lib.store.sample_notes import MOST_CHARACTERS
from lib.store.schema import note_on_run, run

MOST_TAGS, MOST_TAG = 20, 40
"""Tags of a run, and characters of each."""


@dataclass(frozen=True, slots=True)
class RunNote:
    """A note and tags; both may be empty."""

    text: str = ""
    tags: tuple[str, ...] = ()


def of_run(connection: Connection, run_id: str) -> RunNote:
    """What was written about a run."""
    asked = (
        select(note_on_run.c.text, note_on_run.c.tags)
        .join(run, run.c.number == note_on_run.c.run)
        .where(run.c.id == run_id)
    )
    found = connection.execute(asked).one_or_none()
    return RunNote() if found is None else RunNote(found.text, tuple(json.loads(found.tags)))


def all_tags(connection: Connection) -> list[str]:
    """Every tag of the store once, in alphabetical order."""
    kept = connection.execute(select(note_on_run.c.tags)).scalars()
    return sorted({tag for tags in kept for tag in json.loads(tags)})


def write(connection: Connection, run_id: str, note: RunNote) -> None:
    """Keep a note and tags, in place of those before; empty ones: take them away.

    Raises:
        InputError: if something is too long, or there is no such run.
    """
    note = checked(note)
    number = by_id(connection, run_id).number
    if note == RunNote():
        connection.execute(delete(note_on_run).where(note_on_run.c.run == number))
        return
    tags = json.dumps(note.tags, ensure_ascii=False)  # as text, so that it is found by a search
    kept = {"text": note.text, "tags": tags, "changed_at": rows.now()}
    changed = connection.execute(
        update(note_on_run).where(note_on_run.c.run == number).values(**kept)
    )
    if not changed.rowcount:
        connection.execute(note_on_run.insert().values(run=number, **kept))


def checked(note: RunNote) -> RunNote:
    """The note with its tags trimmed, each once.

    Raises:
        InputError: if something is too long, or too much.
    """
    if len(note.text) > MOST_CHARACTERS:
        raise InputError(
            f"The note has {len(note.text):,} characters, but at most {MOST_CHARACTERS:,} are "
            "kept.",
            "Shorten it.",
        )
    tags = tuple(dict.fromkeys(filter(None, (tag.strip() for tag in note.tags))))
    if len(tags) > MOST_TAGS:
        raise InputError(f"There are {len(tags)} tags, but at most {MOST_TAGS} are kept.")
    if too_long := _too_long(tags):
        raise InputError(f"The tag {too_long[:MOST_TAG]!r}… has more than {MOST_TAG} characters.")
    return RunNote(note.text if note.text.strip() else "", tags)


def _too_long(tags: Sequence[str]) -> str:
    return next((tag for tag in tags if len(tag) > MOST_TAG), "")

"""Taking a run in from a file: checked whole before anything is written, then written at once.

The same run again is nothing new. Another one under the same id is refused, so no answer that is
kept is ever changed. An imported run is never carried on, so nothing that a file names is called.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from sqlalchemy import Connection, select

from lib.domain.errors import InputError
from lib.domain.experiment import MOST_CALLS, Experiment
from lib.domain.experiment_file import parse
from lib.store import rows, run_notes
from lib.store.import_rows import Rows
from lib.store.record import FORMAT, KIND, Record
from lib.store.record_shape import Head, PlannedRecord
from lib.store.run_notes import RunNote
from lib.store.schema import run

Shape = TypeVar("Shape", bound=BaseModel)

Place = tuple[int, Record]
"""A planned sample with its place in the plan's order, from 0."""
Source = Callable[[], tuple[Record, Iterator[Place]]]
"""Begins to read a run: its head, and its records one by one. Read twice."""


@dataclass(frozen=True, slots=True)
class Imported:
    """A run that is in the store now."""

    run: str
    name: str
    planned: int
    samples: int
    already: bool
    """Whether the very same run was there before: then nothing was done."""


@dataclass(slots=True)
class Checked:
    """A run that may be written."""

    head: Head
    experiment: Experiment
    planned: int = 0
    samples: int = 0
    hashes: list[bytes] = field(default_factory=list)

    @property
    def digest(self) -> str:
        """Of all but the notes, which a person may have changed since."""
        return digest(self.head.model_dump(), self.hashes)


def check(source: Source) -> Checked:
    """Read a run whole, and find out whether it may be written.

    Raises:
        InputError: with the first thing that is wrong in it.
    """
    given, records = source()
    head, experiment = _head(given)
    found = Checked(head, experiment)
    taken: set[tuple[int, int]] = set()
    places: set[int] = set()
    answers: set[int] = set()
    expected = head.repeats * len(experiment.configurations)
    for place, record in records:
        read = _checked(PlannedRecord, record, f"planned sample {place + 1}")
        number, repeat = read.slot
        known = number <= len(experiment.configurations) and repeat <= head.repeats
        if not known or (number, repeat) in taken or place in places:
            raise InputError(
                f"Sample {read.sample} is in the file twice, or isn't of its experiment.", _FIX
            )
        taken.add((number, repeat))
        places.add(place)
        if read.read is not None:
            answers.add(read.read.place)
            found.samples += 1
        found.hashes.append(hashed(place, record))
    found.planned = len(taken)
    if found.planned != expected or answers != set(range(1, found.samples + 1)):
        raise InputError(
            f"The file has {found.planned:,} of {expected:,} planned samples, or counts its "
            "answers wrongly.",
            _FIX,
        )
    return found


def hashed(place: int, record: Mapping[str, Any]) -> bytes:
    """The hash of a planned sample, but for the note on it."""
    kept = {name: value for name, value in record.items() if name != "note"}
    return _sha256([place, kept])


def digest(head: Mapping[str, Any], hashes: list[bytes]) -> str:
    """Of a run, however its records are ordered, but for the notes on it."""
    kept = {name: value for name, value in head.items() if name not in {"note", "tags"}}
    whole = hashlib.sha256(_sha256(kept))
    for each in sorted(hashes):
        whole.update(each)
    return whole.hexdigest()


def exists(connection: Connection, run_id: str) -> bool:
    """Whether there is a run with this id."""
    return connection.execute(select(run.c.id).where(run.c.id == run_id)).first() is not None


def write(connection: Connection, checked: Checked, source: Source) -> None:
    """Write a run that was checked. The source is read again, and checked as it goes.

    Raises:
        InputError: if it isn't the same any more, or if another process was quicker.
    """
    head = checked.head
    if exists(connection, head.run):
        raise InputError(f"The run {head.run} has come into this store meanwhile.")
    number = _run(connection, head, checked.experiment)
    into = Rows(connection, number)
    hashes = []
    _, records = source()
    for place, record in records:
        into.add(place, _checked(PlannedRecord, record, f"planned sample {place + 1}"))
        hashes.append(hashed(place, record))
    if digest(head.model_dump(), hashes) != checked.digest:
        raise InputError("The file was changed while it was read.", "Try again.")
    run_notes.write(connection, head.run, RunNote(head.note, tuple(head.tags)))


_FIX = "Nothing was changed. Export the run again."


def _head(given: Record) -> tuple[Head, Experiment]:
    made_as = given.get("format")
    if given.get("kind") != KIND or not isinstance(made_as, int):
        raise InputError(
            "The file is JSON, but no exported run.",
            "Outputs from elsewhere are read by python -m lib analyze FILE.",
        )
    if made_as != FORMAT:
        which = "a newer" if made_as > FORMAT else "an older"
        raise InputError(
            f"The file was made by {which} version of Sampling Lab: its format is {made_as}, and "
            f"this one reads {FORMAT}.",
            "Update Sampling Lab." if made_as > FORMAT else "Export the run again.",
        )
    head = _checked(Head, given, "its head")
    try:
        experiment = parse(head.experiment)
        _text_of(head.experiment).encode()
    except InputError as error:
        raise InputError(f"The experiment in the file is wrong. {error}", _FIX) from error
    except ValueError as error:
        raise InputError("The experiment in the file can't be kept as text.", _FIX) from error
    if head.repeats * len(experiment.configurations) > MOST_CALLS:
        raise InputError(f"The file has more than {MOST_CALLS:,} planned samples.", _FIX)
    return head, experiment


def _checked(shape: type[Shape], given: Record, what: str) -> Shape:
    try:
        return shape.model_validate(given)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in found["loc"])
        raise InputError(
            f"The file isn't a whole run: {what}{f', {place}' if place else ''}: "
            f"{found['msg'].removeprefix('Value error, ').lower()}.",
            _FIX,
        ) from error
    except (RecursionError, UnicodeError) as error:
        raise InputError(f"The file isn't a whole run: {what} can't be read.", _FIX) from error


def _run(connection: Connection, head: Head, experiment: Experiment) -> int:
    made = connection.execute(
        run.insert().values(
            id=head.run,
            experiment_id=head.experiment_id,
            name=experiment.name,
            document=_text_of(head.experiment),
            created_at=head.made_at,
            shuffle_seed=head.shuffle_seed,
            repeats=head.repeats,
            stopped_by_user=head.stopped_by_user,
            extended_after_results=head.extended_after_results,
            ended_at=head.ended_at,
            app_version=head.made_by,
            imported_at=rows.now(),
        )
    ).inserted_primary_key
    return int(made[0]) if made else 0


def _text_of(document: Mapping[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False)


def _sha256(value: object) -> bytes:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).digest()

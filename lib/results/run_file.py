"""Files that hold runs: exports of the lab, read piece by piece, and taken in whole or not at all.

Limits: a file of `MOST_BYTES`, a cell of `MOST_CELL` characters, `MOST_COLUMNS` columns. The format
of a file is told by its ending, and has to be what it says.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from lib.domain.errors import InputError
from lib.results import json_stream, packed, parquet, spreadsheet
from lib.store import importing
from lib.store.importing import Checked, Imported, Place, Source
from lib.store.record import Record
from lib.store.store import Store

ENDINGS = (".json", ".jsonl", ".csv", ".parquet")
MOST_BYTES = 2**30
MOST_CELL = 16 * 2**20
MOST_COLUMNS = 200
_TAKEN = ("run", "configuration", "output", "record")
"""Of a row: which run, what a reader sees, and the record that brings it back."""

Row = list[Any]


@dataclass(frozen=True, slots=True)
class File:
    """A file from outside: any name, any content."""

    name: str
    size: int
    open: Callable[[], BinaryIO]

    @classmethod
    def at(cls, path: Path) -> File:
        """The one at a path. Raises `InputError` if it can't be read."""
        try:
            size = path.stat().st_size
            path.open("rb").close()
        except OSError as error:
            raise InputError(f"{path} can't be read: {error.strerror}.", "Check the path.") from (
                error
            )
        return cls(path.name, size, lambda: path.open("rb"))

    @classmethod
    def of(cls, name: str, content: bytes) -> File:
        """One that is in memory. Of its name only the last part counts."""
        last = name.replace("\\", "/").rpartition("/")[2]
        return cls(last, len(content), lambda: io.BytesIO(content))


def take_in(store: Store, file: File) -> list[Imported]:
    """Import every run in a file. All are checked before the first is written.

    Raises:
        InputError: with what is wrong. Nothing was changed.
        StoreError: if the store fails.
    """
    if file.size > MOST_BYTES:
        raise InputError(f"{file.name} is larger than {MOST_BYTES // 2**20:,} MB.")
    if not file.size:
        raise InputError(f"{file.name} is empty.")
    checked = [(importing.check(source), source) for source in _sources(file)]
    _refuse_twice([each for each, _ in checked])
    return [store.import_run(each, source) for each, source in checked]


def _refuse_twice(checked: list[Checked]) -> None:
    runs = [each.head.run for each in checked]
    if len(set(runs)) < len(runs):
        raise InputError("A run is in the file twice.")


def _sources(file: File) -> list[Source]:
    ending = Path(file.name).suffix.lower()
    if ending == ".json":
        return [lambda: _of_json(file)]
    if ending not in ENDINGS:
        raise InputError(
            f"{file.name} ends in none of {', '.join(ENDINGS)}.", "Rename it to what it is."
        )
    heads: dict[str, Record] = {}
    for run, *_, record in _rows(file):
        if record.startswith(packed.LAST):
            if run in heads:
                raise InputError(f"{file.name} has the run {run} twice.")
            heads[run] = packed.unpacked(record)
    if not heads:
        raise InputError(
            f"{file.name} ends too early: the row that closes a run is missing.",
            "Copy it again, whole.",
        )
    return [_source(file, run, found.get("head")) for run, found in heads.items()]


def _source(file: File, run: str, head: Any) -> Source:
    if not isinstance(head, dict) or head.get("run") != run:
        raise InputError(f"{file.name}: the record of a run is damaged.", "Export it again.")
    return lambda: (head, _places(file, run, head))


def _of_json(file: File) -> tuple[Record, Iterator[Place]]:
    with file.open() as opened:
        head, _ = json_stream.read(opened, name=file.name, items="planned")
    return head, _items(file)


def _items(file: File) -> Iterator[Place]:
    with file.open() as opened:
        _, items = json_stream.read(opened, name=file.name, items="planned")
        for place, item in enumerate(items):
            if not isinstance(item, dict):
                raise InputError(f"{file.name}: planned sample {place + 1} is no record.")
            yield place, item


def _places(file: File, run: str, head: Record) -> Iterator[Place]:
    names = _names(head)
    for number, (of, configuration, output, cell) in enumerate(_rows(file), start=1):
        if of != run:
            continue
        record = packed.unpacked(cell)
        _, planned = first = next(packed.places(record))
        _refuse_edited(planned, configuration, output, names, f"{file.name}, row {number}")
        yield first
        yield from list(packed.places(record))[1:]


def _names(head: Record) -> list[Any]:
    experiment = head.get("experiment")
    columns = experiment.get("configurations") if isinstance(experiment, dict) else None
    return [
        each.get("name") if isinstance(each, dict) else None
        for each in (columns if isinstance(columns, list) else [])
    ]


def _refuse_edited(
    planned: Record, configuration: str, output: str, names: list[Any], where: str
) -> None:
    """What a reader sees in a row has to be what its record says."""
    read, sample = planned.get("read"), str(planned.get("sample"))
    number = sample.partition(".")[0]
    name = names[int(number) - 1] if number.isdecimal() and 0 < int(number) <= len(names) else None
    text = read.get("text") if isinstance(read, dict) else None
    if (configuration, output) != (name, text):
        raise InputError(
            f"{where}: sample {sample[:20]} isn't what its record says. The table was edited.",
            "Nothing was changed. Export the run again, or analyse the table as it is "
            "(python -m lib analyze FILE).",
        )


def _rows(file: File) -> Iterator[Row]:
    """The cells of `_TAKEN`, row by row, as texts."""
    with file.open() as opened:
        match Path(file.name).suffix.lower():
            case ".jsonl":
                found = _of_jsonl(file.name, opened)
            case ".csv":
                found = _of_csv(file.name, opened)
            case _:
                found = parquet.read(opened, name=file.name, columns=_TAKEN)
        for number, row in enumerate(found, start=1):
            if not all(isinstance(cell, str) and len(cell) <= MOST_CELL for cell in row):
                raise InputError(
                    f"{file.name}, row {number}: a cell has no text, or more than "
                    f"{MOST_CELL // 2**20} MB."
                )
            if not row[-1].startswith((packed.PLAIN, packed.LAST)):
                raise InputError(f"{file.name}, row {number}: it has no record. {_FOREIGN}")
            yield row


def _of_jsonl(name: str, opened: BinaryIO) -> Iterator[Row]:
    most = 4 * MOST_CELL
    number = 0
    while line := opened.readline(most + 1):
        number += 1
        if len(line) > most:
            raise InputError(f"{name}, line {number}: it has more than {most // 2**20} MB.")
        if not line.strip():
            continue
        try:
            row = json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8"))
        except UnicodeDecodeError as error:
            raise InputError(f"{name} is not UTF-8.", "Save it as UTF-8.") from error
        except (ValueError, RecursionError) as error:
            raise InputError(
                f"{name}, line {number}: it is not JSON, or a part of a line."
            ) from error
        if not isinstance(row, dict) or any(each not in row for each in _TAKEN):
            raise InputError(f"{name}, line {number}: it has no record. {_FOREIGN}")
        yield [row[each] for each in _TAKEN]


def _of_csv(name: str, opened: BinaryIO) -> Iterator[Row]:
    csv.field_size_limit(MOST_CELL)  # of the whole process
    text = io.TextIOWrapper(opened, encoding="utf-8-sig", newline="")
    try:
        rows = csv.reader(text, strict=True)
        heading = next(rows, [])
        if len(heading) > MOST_COLUMNS:
            raise InputError(
                f"{name} has {len(heading):,} columns, but an export has at most {MOST_COLUMNS}."
            )
        missing = [each for each in _TAKEN if each not in heading]
        if missing:
            raise InputError(
                f"{name} has no column {missing[0]!r} in its first row, the heading. {_FOREIGN}"
            )
        at = [heading.index(each) for each in _TAKEN]
        for row in rows:
            if len(row) != len(heading):
                raise InputError(
                    f"{name} ends too early, or has a row of {len(row):,} cells where its heading "
                    f"has {len(heading)}."
                )
            yield [spreadsheet.original(row[place]) for place in at]
    except UnicodeDecodeError as error:
        raise InputError(f"{name} is not UTF-8.", "Save it as CSV UTF-8.") from error
    except csv.Error as error:
        what = (
            f"has a cell of more than {MOST_CELL // 2**20} MB"
            if "field limit" in str(error)
            else "is not CSV, or a part of one"
        )
        raise InputError(f"{name} {what}.") from error
    finally:
        text.close()


_FOREIGN = "Outputs from elsewhere are read by python -m lib analyze FILE."

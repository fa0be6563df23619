"""Outputs from elsewhere: JSON, JSONL or CSV, read into the groups that the analysis takes."""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from lib.analysis.groups import Group
from lib.domain.configuration import Configuration
from lib.domain.errors import InputError
from lib.domain.experiment import MOST_CALLS, MOST_CONFIGURATIONS
from lib.domain.vocabulary import FINISH_REASONS, OUTCOMES, FinishReason, Outcome, Sample, Slot
from lib.results import spreadsheet

MOST_BYTES = 256 * 2**20
ENDINGS = (".json", ".jsonl", ".csv")


class _Column(BaseModel):
    model_config = ConfigDict(strict=True)

    name: str
    outputs: list[str]
    finish_reasons: list[str | None] | None = None


class _Outputs(BaseModel):
    model_config = ConfigDict(strict=True)

    configurations: list[_Column]


class _Line(BaseModel):
    model_config = ConfigDict(strict=True)

    configuration: str
    output: str
    finish_reason: str | None = None
    outcome: str | None = None
    """In an export of the lab: what can't be told from the finish reason alone."""


def read(path: Path) -> tuple[Group, ...]:
    """One group a configuration, in order of appearance.

    Raises:
        InputError: if the file can't be read, or isn't of the shape that its ending promises.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InputError(f"{path.name} is larger than {MOST_BYTES // 2**20} MB.")
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"{path} can't be read: {error.strerror}.", "Check the path.") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path.name} is not UTF-8.", "Save it as UTF-8.") from error
    csv.field_size_limit(MOST_BYTES)  # of the whole process, and 128 KB by default
    try:
        lines = list(islice(_lines(path, text), MOST_CALLS + 1))
    except (ValueError, RecursionError, csv.Error) as error:
        raise InputError(f"{path.name} is not {path.suffix[1:].upper()}: {error}.") from error
    if not lines:
        raise InputError(f"{path.name} has no outputs.")
    if len(lines) > MOST_CALLS:
        raise InputError(f"{path.name} has more than {MOST_CALLS:,} outputs.", "Take a part of it.")
    return _groups(path, lines)


def _lines(path: Path, text: str) -> Iterator[_Line]:
    match path.suffix.lower():
        case ".json":
            yield from _columns(path, json.loads(text))
        case ".jsonl":
            # Not splitlines: a text may hold line ends that JSON leaves as they are.
            rows = (row for row in text.split("\n") if row.strip())
            yield from _checked(path, (json.loads(row) for row in rows))
        case ".csv":
            rows_of_csv = csv.DictReader(io.StringIO(text, newline=""), restkey="", strict=True)
            yield from _checked(path, (_cells(row) for row in rows_of_csv))
        case _:
            raise InputError(
                f"{path.name} ends in none of {', '.join(ENDINGS)}.", "Rename it to what it is."
            )


def _cells(row: dict[str, Any]) -> dict[str, Any]:
    """The cells of a CSV row; those of an export as they were before it made them inert."""
    texts = {name: value for name, value in row.items() if name}  # no name: behind the last column
    return {
        name: spreadsheet.original(value) if isinstance(value, str) else value
        for name, value in texts.items()
    }


def _columns(path: Path, document: object) -> Iterator[_Line]:
    try:
        columns = _Outputs.model_validate(document).configurations
    except ValidationError as error:
        raise InputError(_first(path, error)) from error
    for column in columns:
        reasons = column.finish_reasons
        if reasons is None:
            reasons = [None] * len(column.outputs)
        if len(reasons) != len(column.outputs):
            raise InputError(
                f"{path.name}: {column.name!r} has {len(column.outputs)} outputs and "
                f"{len(reasons)} finish_reasons.",
                "Give one for each output.",
            )
        for output, reason in zip(column.outputs, reasons, strict=True):
            yield _Line(configuration=column.name, output=output, finish_reason=reason)


def _checked(path: Path, rows: Iterable[Any]) -> Iterator[_Line]:
    for number, row in enumerate(rows, start=1):
        try:
            yield _Line.model_validate(row)
        except ValidationError as error:
            raise InputError(_first(path, error, f"row {number}: ")) from error


def _first(path: Path, error: ValidationError, where: str = "") -> str:
    found = error.errors(include_url=False)[0]
    place = ".".join(str(part) for part in found["loc"]) or "the document"
    return f"{path.name}: {where}{place}: {found['msg'].lower()}."


def _groups(path: Path, lines: Iterable[_Line]) -> tuple[Group, ...]:
    by_name: defaultdict[str, list[_Line]] = defaultdict(list)
    for line in lines:
        by_name[line.configuration].append(line)
    if len(by_name) > MOST_CONFIGURATIONS:
        raise InputError(
            f"{path.name} has {len(by_name):,} configurations, but at most {MOST_CONFIGURATIONS} "
            "are taken.",
            "Is the column `configuration` the right one?",
        )
    return tuple(
        _group(number, name, outputs) for number, (name, outputs) in enumerate(by_name.items(), 1)
    )


def _group(number: int, name: str, lines: list[_Line]) -> Group:
    configuration = Configuration(name=name)
    samples = tuple(
        _sample(Slot(0, configuration, number, (), repeat), line)
        for repeat, line in enumerate(lines, start=1)
    )
    return Group(name=name, planned=len(samples), samples=samples, endpoint="elsewhere", model="")


_OUTCOMES: dict[FinishReason, Outcome] = {
    "content_filter": "filtered",
    "refusal": "refused",
    "tool_calls": "tool_call",
}


def _sample(slot: Slot, line: _Line) -> Sample:
    raw = line.finish_reason or None
    known: FinishReason = raw if raw in FINISH_REASONS else "unknown"
    told = line.outcome if line.outcome in OUTCOMES else None
    outcome = told or _OUTCOMES.get(known, "ok" if line.output else "empty")
    return Sample(slot, line.output, outcome, known, raw)

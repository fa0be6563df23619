"""Outputs from elsewhere, read into the groups that the analysis takes.

JSON, JSONL or CSV of the lab's own forms; results of promptfoo; logs of inspect_ai. Which of these
a JSON file is, is seen from its shape.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from lib.analysis.groups import Group
from lib.domain.configuration import Configuration
from lib.domain.errors import InputError
from lib.domain.experiment import MOST_CALLS, MOST_CONFIGURATIONS
from lib.domain.vocabulary import OUTCOMES, FinishReason, Outcome, Sample, Slot
from lib.results import inspect_log, promptfoo, spreadsheet
from lib.results.lines import Line, Lines, table

MOST_BYTES = 256 * 2**20
ENDINGS = (".json", ".jsonl", ".csv", ".eval")


class _Column(BaseModel):
    model_config = ConfigDict(strict=True)

    name: str
    outputs: list[str]
    finish_reasons: list[str | None] | None = None


class _Outputs(BaseModel):
    model_config = ConfigDict(strict=True)

    configurations: list[_Column]


class _Row(BaseModel):
    model_config = ConfigDict(strict=True)

    configuration: str
    output: str
    finish_reason: str | None = None
    outcome: str | None = None
    """In an export of the lab: what can't be told from the finish reason alone."""


@dataclass(frozen=True, slots=True)
class Outputs:
    """What a file holds."""

    groups: tuple[Group, ...]
    """One a configuration, in order of appearance."""
    notes: tuple[str, ...] = ()
    """What must be known of it beside the numbers, one sentence each."""


def read_all(paths: Sequence[Path]) -> Outputs:
    """Several files together. Configurations of one name are told apart by their file's.

    Raises:
        InputError: as `read`.
    """
    if len(paths) == 1:
        return read(paths[0])
    parts = [(path.stem, read(path)) for path in paths]
    times = Counter(group.name for _, part in parts for group in part.groups)
    groups = (
        replace(group, name=f"{group.name} ({stem})") if times[group.name] > 1 else group
        for stem, part in parts
        for group in part.groups
    )
    notes = dict.fromkeys(note for _, part in parts for note in part.notes)
    return Outputs(tuple(groups), tuple(notes))


def read(path: Path) -> Outputs:
    """The outputs in a file of the lab's forms, of promptfoo or of inspect_ai.

    Raises:
        InputError: if the file can't be read, or isn't of the shape that its ending promises.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InputError(f"{path.name} is larger than {MOST_BYTES // 2**20} MB.")
        raw = path.read_bytes()
        text = "" if path.suffix.lower() == ".eval" else raw.decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"{path} can't be read: {error.strerror}.", "Check the path.") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path.name} is not UTF-8.", "Save it as UTF-8.") from error
    csv.field_size_limit(MOST_BYTES)  # of the whole process, and 128 KB by default
    try:
        found = _found(path, raw, text)
    except (ValueError, RecursionError, csv.Error) as error:
        raise InputError(f"{path.name} is not {path.suffix[1:].upper()}: {error}.") from error
    if not found.lines:
        raise InputError(f"{path.name} has no outputs.")
    if len(found.lines) > MOST_CALLS:
        raise InputError(f"{path.name} has more than {MOST_CALLS:,} outputs.", "Take a part of it.")
    return Outputs(_groups(path, found.lines), found.notes)


def _found(path: Path, raw: bytes, text: str) -> Lines:
    match path.suffix.lower():
        case ".json":
            return _document(path, json.loads(text))
        case ".jsonl":
            # Not splitlines: a text may hold line ends that JSON leaves as they are.
            rows = (json.loads(row) for row in text.split("\n") if row.strip())
            for first in rows:
                if promptfoo.is_result(first):
                    return promptfoo.lines([first, *filter(promptfoo.is_result, rows)])
                return _taken(_checked(path, chain([first], rows)))
            return Lines([])
        case ".csv":
            rows_of_csv = csv.DictReader(io.StringIO(text, newline=""), restkey="", strict=True)
            return _taken(_checked(path, (_cells(row) for row in rows_of_csv)))
        case ".eval":
            return inspect_log.lines(inspect_log.unpacked(path.name, raw))
        case _:
            raise InputError(
                f"{path.name} ends in none of {', '.join(ENDINGS)}.", "Rename it to what it is."
            )


def _document(path: Path, document: object) -> Lines:
    if (results := promptfoo.results_of(document)) is not None:
        return promptfoo.lines(results)
    if inspect_log.is_log(document):
        return inspect_log.lines(table(document))
    return _taken(_columns(path, document))


def _taken(lines: Iterator[Line]) -> Lines:
    """All of them, or enough to know that there are too many."""
    return Lines(list(islice(lines, MOST_CALLS + 1)))


def _cells(row: dict[str, Any]) -> dict[str, Any]:
    """The cells of a CSV row; those of an export as they were before it made them inert."""
    texts = {name: value for name, value in row.items() if name}  # no name: behind the last column
    return {
        name: spreadsheet.original(value) if isinstance(value, str) else value
        for name, value in texts.items()
    }


def _columns(path: Path, document: object) -> Iterator[Line]:
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
            yield Line(configuration=column.name, output=output, finish_reason=reason)


def _checked(path: Path, rows: Iterable[Any]) -> Iterator[Line]:
    for number, row in enumerate(rows, start=1):
        try:
            yield Line(**_Row.model_validate(row).model_dump())
        except ValidationError as error:
            raise InputError(_first(path, error, f"row {number}: ")) from error


def _first(path: Path, error: ValidationError, where: str = "") -> str:
    found = error.errors(include_url=False)[0]
    place = ".".join(str(part) for part in found["loc"]) or "the document"
    return f"{path.name}: {where}{place}: {found['msg'].lower()}."


def _groups(path: Path, lines: Iterable[Line]) -> tuple[Group, ...]:
    by_name: defaultdict[str, list[Line]] = defaultdict(list)
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


def _group(number: int, name: str, lines: list[Line]) -> Group:
    configuration = Configuration(name=name)
    samples = tuple(
        _sample(Slot(0, configuration, number, (), repeat), line, line.output)
        for repeat, line in enumerate(lines, start=1)
        if line.output is not None
    )
    failed = len(lines) - len(samples)
    models = {line.model for line in lines}
    return Group(
        name=name,
        planned=len(lines),
        samples=samples,
        errors={"other": failed} if failed else {},
        settings=lines[0].settings,
        endpoint="elsewhere",
        model=models.pop() if len(models) == 1 else "",
    )


_OUTCOMES: dict[FinishReason, Outcome] = {
    "content_filter": "filtered",
    "refusal": "refused",
    "tool_calls": "tool_call",
}


def _sample(slot: Slot, line: Line, text: str) -> Sample:
    known = line.reason
    told = next((outcome for outcome in OUTCOMES if outcome == line.outcome), None)
    if told is None and line.refused:
        told = "refused"
    return Sample(
        slot,
        text,
        told or _OUTCOMES.get(known, "ok" if text else "empty"),
        known,
        line.finish_reason or None,
        usage=line.usage,
        model=line.model or None,
        seconds=line.seconds,
    )

"""`[analysis]` of an experiment file: from its shape to what is declared, and back."""

from __future__ import annotations

from typing import Any

from lib.domain import file_shape as shape
from lib.domain.declared import Answer, Declared, Stop
from lib.domain.errors import InputError


def read(file: shape.Document, trouble: list[str]) -> Declared:
    """What the file declares; what is wrong with it is added to `trouble`, and then left out."""
    given = file.analysis
    numbers = {
        name: value
        for name in ("margin", "alpha", "similar")
        if (value := getattr(given, name)) is not None
    }
    answer, stop = None, None
    try:
        if given.answer is not None:
            fields = given.answer.model_dump(exclude_none=True)
            if "labels" in fields:
                fields["labels"] = tuple(fields["labels"])
            answer = Answer(**fields)
    except InputError as error:
        trouble.extend(str(error).splitlines())
    try:
        if given.stop is not None:
            stop = Stop(batch=given.stop.batch, most=file.repeats)
    except InputError as error:
        trouble.extend(str(error).splitlines())
    try:
        return Declared(**numbers, answer=answer, stop=stop)
    except InputError as error:
        trouble.extend(str(error).splitlines())
        return Declared()


def document(declared: Declared) -> dict[str, Any]:
    """The table of what is declared, without what is so anyway."""
    plain = Declared()
    table: dict[str, Any] = {
        name: value
        for name in ("margin", "alpha", "similar")
        if (value := getattr(declared, name)) != getattr(plain, name)
    }
    if declared.answer is not None:
        rules = {name: getattr(declared.answer, name) for name in Answer.__slots__}
        table["answer"] = {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in rules.items()
            if value is not None
        }
    if declared.stop is not None:
        table["stop"] = {"batch": declared.stop.batch}
    return table

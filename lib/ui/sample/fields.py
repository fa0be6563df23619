"""What each field of a request, a response and its headers means: `fields.toml`, looked up. Pure.

A field that isn't in there is shown all the same, and said to be unknown: a table that hides what
it can't explain would teach that there is nothing else.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any, Literal

from lib.ui.sample import values

Part = Literal["request", "response", "headers", "read"]

UNKNOWN = "Not documented here."
MOST_ROWS = 200

_PLACE = re.compile(r"\[\d+\]")


@dataclass(frozen=True, slots=True)
class Field:
    """A field, its value, and what it means."""

    name: str
    """Its path: `choices[0].message.content`."""
    value: str
    means: str


def of_response(answer: Mapping[str, Any]) -> list[Field]:
    """The fields of an answer, the known ones first, in the order in which they are explained."""
    order = {name: place for place, name in enumerate(_explanations()["response"])}
    sorted_ = sorted(answer, key=lambda name: order.get(name, len(order)))
    found: list[Field] = []
    for name, value in _of_object({name: answer[name] for name in sorted_}, "", "response"):
        if len(found) == MOST_ROWS:
            found.append(Field("…", "", "More fields than a table takes: the tree has them."))
            break
        found.append(Field(name, _shown(name, value), meaning("response", name)))
    return found


def of_headers(headers: Mapping[str, str]) -> list[Field]:
    """The headers that were kept."""
    return [
        Field(name, values.cell(value), meaning("headers", name)) for name, value in headers.items()
    ]


def meaning(part: Part, name: str) -> str:
    """What a field means, or that it isn't known."""
    known = _explanations()[part]
    pattern = _PLACE.sub("[]", name)
    if pattern in known:
        return known[pattern]
    wide = (said for each, said in known.items() if "*" in each and fnmatchcase(pattern, each))
    return next(wide, UNKNOWN)


def known(part: Part) -> frozenset[str]:
    """The fields that are explained."""
    return frozenset(_explanations()[part])


def _of_object(
    object_: Mapping[str, object], before: str, part: Part
) -> Iterator[tuple[str, object]]:
    for name, inner in object_.items():
        yield from _leaves(inner, f"{before}{name}", part)


def _leaves(value: object, path: str, part: Part) -> Iterator[tuple[str, object]]:
    """The fields in a value; what is explained as a whole, or not at all, isn't taken apart."""
    pattern = _PLACE.sub("[]", path)
    match value:
        case Mapping() if value and _inside(part, f"{pattern}."):
            yield from _of_object(value, f"{path}.", part)
        case list() if value and _inside(part, f"{pattern}[]"):
            for place, inner in enumerate(value):
                yield from _leaves(inner, f"{path}[{place}]", part)
        case _:
            yield path, value


def _inside(part: Part, beginning: str) -> bool:
    return any(name.startswith(beginning) for name in _explanations()[part])


def _shown(name: str, value: object) -> str:
    text = values.cell(value)
    if name == "created" and (moment := values.date(value)):
        return f"{text} ({moment})"
    return text


@cache
def _explanations() -> Mapping[Part, Mapping[str, str]]:
    data: dict[Any, Any] = tomllib.loads(
        Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
    )
    return data

"""What each field of a request, a response and its headers means: `explained/`, looked up. Pure.

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

from lib.domain.configuration import Dialect
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


def of_response(answer: Mapping[str, Any], dialect: Dialect = "openai") -> list[Field]:
    """The fields of an answer, the known ones first, in the order in which they are explained."""
    known_ = _explanations(dialect)["response"]
    order = {name: place for place, name in enumerate(known_)}
    sorted_ = sorted(answer, key=lambda name: order.get(name, len(order)))
    found: list[Field] = []
    for name, value in _of_object({name: answer[name] for name in sorted_}, "", known_):
        if len(found) == MOST_ROWS:
            found.append(Field("…", "", "More fields than a table takes: the tree has them."))
            break
        found.append(Field(name, _shown(name, value), meaning("response", name, dialect)))
    return found


def of_headers(headers: Mapping[str, str]) -> list[Field]:
    """The headers that were kept."""
    return [
        Field(name, values.cell(value), meaning("headers", name)) for name, value in headers.items()
    ]


def meaning(part: Part, name: str, dialect: Dialect = "openai") -> str:
    """What a field means, or that it isn't known."""
    known = _explanations(dialect)[part]
    pattern = _PLACE.sub("[]", name)
    if pattern in known:
        return known[pattern]
    wide = (said for each, said in known.items() if "*" in each and _fits(pattern, each))
    return next(wide, UNKNOWN)


def _fits(pattern: str, wide: str) -> bool:
    return fnmatchcase(pattern, wide.replace("[", "[[]"))  # a place in a list is no set of letters


def known(part: Part, dialect: Dialect = "openai") -> frozenset[str]:
    """The fields that are explained."""
    return frozenset(_explanations(dialect)[part])


def _of_object(
    object_: Mapping[str, object], before: str, known_: Mapping[str, str]
) -> Iterator[tuple[str, object]]:
    for name, inner in object_.items():
        yield from _leaves(inner, f"{before}{name}", known_)


def _leaves(value: object, path: str, known_: Mapping[str, str]) -> Iterator[tuple[str, object]]:
    """The fields in a value; what is explained as a whole, or not at all, isn't taken apart."""
    pattern = _PLACE.sub("[]", path)
    match value:
        case Mapping() if value and _inside(known_, f"{pattern}."):
            yield from _of_object(value, f"{path}.", known_)
        case list() if value and _inside(known_, f"{pattern}[]"):
            for place, inner in enumerate(value):
                yield from _leaves(inner, f"{path}[{place}]", known_)
        case _:
            yield path, value


def _inside(known_: Mapping[str, str], beginning: str) -> bool:
    return any(name.startswith(beginning) for name in known_)


def _shown(name: str, value: object) -> str:
    text = values.cell(value)
    if name in {"created", "created_at", "completed_at"} and (moment := values.date(value)):
        return f"{text} ({moment})"
    return text


@cache
def _explanations(dialect: Dialect) -> Mapping[Part, Mapping[str, str]]:
    shared, own = _data("shared"), _data(dialect)
    return {
        "headers": shared["headers"],
        "read": shared["read"],
        "request": {**shared["request"], **own.get("request", {})},
        "response": own["response"],
    }


def _data(name: str) -> dict[str, dict[str, str]]:
    path = Path(__file__).with_name("explained") / f"{name}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))

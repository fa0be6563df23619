"""What is in requests and responses as text to read, no longer than a screen takes. Pure.

Nothing is left out in silence: what is cut says so where it was cut, and the raw bytes have all.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

MOST_ITEMS = 50
"""Of a list in the tree: log probabilities can have an alternative for each token of a model."""
MOST_CHARACTERS = 20_000
"""Of one text in the tree."""
MOST_NODES = 20_000
"""Of the whole tree: a browser draws each of them."""


def encodable(text: str) -> str:
    r"""The text with lone surrogates, which can't be sent to a browser, written out as `\ud800`."""
    return text.encode("utf-8", "backslashreplace").decode()


def decoded(body: bytes) -> str:
    r"""Bytes as text; those that are no UTF-8 as `\xff`."""
    return body.decode("utf-8", "backslashreplace")


def in_lines(body: bytes) -> str:
    """A JSON body, laid out in lines; any other as it is."""
    try:
        laid_out = json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return decoded(body)
    return encodable(laid_out)


def parsed(body: bytes) -> dict[str, Any]:
    """The object that a body is, or an empty one."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def cell(value: object, *, most: int = 160) -> str:
    """A value for a cell: texts without quotes, the rest as JSON, long ones cut."""
    match value:
        case "":
            return "(empty)"
        case str():
            text = encodable(value)
        case list() if len(value) > 8:
            return f"a list of {len(value):,}"
        case _:
            text = json.dumps(value, ensure_ascii=False, default=str)
            text = encodable(text)
    return text if len(text) <= most else f"{text[:most]}… ({len(text):,} characters)"


def date(seconds: object) -> str | None:
    """A count of seconds since 1970 as a date, or `None` if it can't be one."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    try:
        moment = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"


@dataclass(slots=True)
class Tree:
    """A value for a browser to draw as a tree."""

    value: object
    whole: bool
    """Whether nothing was cut."""


def tree(value: object) -> Tree:
    """The value with long lists and texts cut; each cut says how much is missing."""
    pruning = _Pruning()
    return Tree(pruning.of(value), not pruning.cut)


@dataclass(slots=True)
class _Pruning:
    left: int = MOST_NODES
    cut: bool = False

    def of(self, value: object) -> object:
        self.left -= 1
        match value:
            case str() if len(value) > MOST_CHARACTERS:
                return self._missing(
                    f"{value[:MOST_CHARACTERS]}… ({len(value) - MOST_CHARACTERS:,} more characters)"
                )
            case dict() | list() if value and self.left <= 0:
                return self._missing(f"… ({len(value):,} inside)")
            case list():
                items = [self.of(each) for each in value[:MOST_ITEMS]]
                if (missing := len(value) - MOST_ITEMS) > 0:
                    items.append(self._missing(f"… ({missing:,} more)"))
                return items
            case dict():
                return self._object(value)
            case _:
                return value

    def _object(self, value: dict[Any, Any]) -> dict[str, object]:
        kept: dict[str, object] = {}
        for number, (name, inner) in enumerate(value.items()):
            if self.left <= 0:
                kept["…"] = self._missing(f"({len(value) - number:,} more)")
                break
            kept[str(name)] = self.of(inner)
        return kept

    def _missing(self, said: str) -> str:
        self.cut = True
        return said

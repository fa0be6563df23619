"""Which rows are wanted, and in which order. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from lib.domain.vocabulary import FinishReason
from lib.ui.responses.rows import Row

Order = Literal["configuration", "asked", "slowest", "longest", "shortest", "text"]

ORDERS: dict[Order, str] = {
    "configuration": "Configuration, repeat",
    "asked": "As they were asked",
    "slowest": "Slowest first",
    "longest": "Most tokens first",
    "shortest": "Fewest tokens first",
    "text": "Text, A to Z",
}
"""What each order is called."""


@dataclass(frozen=True, slots=True)
class Picked:
    """Some samples that were chosen elsewhere, such as by a click on a chart."""

    names: frozenset[str]
    """As `C.R`."""
    told: str
    """What they have in common, to stand after "Only"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """What a row must be like. An empty one lets all through."""

    configurations: frozenset[int] = frozenset()
    """Numbers, from 1."""
    outcomes: frozenset[str] = frozenset()
    finish_reasons: frozenset[FinishReason] = frozenset()
    contains: str = ""
    """In the text, whatever the case of its letters. No pattern."""
    noted: bool = False
    """Only what has a note."""
    distinct: bool = False
    """One row for each distinct output of a configuration."""
    order: Order = "configuration"
    picked: Picked | None = None
    """Only these."""

    @property
    def narrow(self) -> bool:
        """Whether anything is kept back."""
        return replace(self, order="configuration") != Criteria()


@dataclass(frozen=True, slots=True)
class Found:
    """A row that was wanted."""

    row: Row
    count: int = 1
    """How many rows gave this output, if only distinct ones are wanted."""


def wanted(
    rows: Sequence[Row], criteria: Criteria, noted: Container[int] = frozenset()
) -> list[Found]:
    """The rows that meet the criteria, in their order.

    Args:
        rows: by configuration and repeat.
        criteria: what they must be like.
        noted: slots with a note.
    """
    needle = criteria.contains.strip().casefold()
    kept = [row for row in rows if _meets(row, criteria, needle, noted)]
    found = _distinct(kept) if criteria.distinct else [Found(row) for row in kept]
    return _ordered(found, criteria.order)


def _meets(row: Row, criteria: Criteria, needle: str, noted: Container[int]) -> bool:
    return (
        (criteria.picked is None or row.name in criteria.picked.names)
        and (not criteria.configurations or row.number in criteria.configurations)
        and (not criteria.outcomes or row.outcome in criteria.outcomes)
        and (not criteria.finish_reasons or row.finish_reason in criteria.finish_reasons)
        and (not criteria.noted or row.slot_id in noted)
        and (not needle or needle in row.text.casefold())
    )


def _distinct(rows: Iterable[Row]) -> list[Found]:
    """The first row of each output; of a configuration the most frequent output first."""
    kept = list(rows)
    counts = Counter(row.output for row in kept)
    first: dict[int, Row] = {}
    for row in kept:
        first.setdefault(row.output, row)
    found = [Found(row, counts[output]) for output, row in first.items()]
    return sorted(found, key=lambda each: (each.row.number, -each.count, each.row.repeat))


def _ordered(found: list[Found], order: Order) -> list[Found]:
    """Sorting is stable: rows that are equal stay in the order of configurations."""
    match order:
        case "configuration":
            return found
        case "asked":
            return sorted(found, key=lambda each: each.row.place)
        case "slowest":
            return sorted(found, key=lambda each: -(each.row.seconds or -1.0))
        case "longest":
            return sorted(found, key=lambda each: -_tokens(each, missing=-1))
        case "shortest":
            return sorted(found, key=lambda each: _tokens(each, missing=10**12))
        case "text":
            return sorted(found, key=lambda each: each.row.text.strip().casefold())


def _tokens(found: Found, *, missing: int) -> int:
    tokens = found.row.output_tokens
    return missing if tokens is None else tokens

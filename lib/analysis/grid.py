"""Whether configurations form a grid: two settings that take every combination of their values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lib.domain.settings import SETTING_NAMES, Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Configurations that differ in two settings only, one for each combination."""

    across: str
    """The setting whose values are the columns."""
    down: str
    across_values: tuple[object, ...]
    """Rising where they can be ordered, else in order of appearance."""
    down_values: tuple[object, ...]
    cells: tuple[tuple[int, ...], ...]
    """The place of each configuration, from 0: a row for each of `down_values`."""


def grid(settings: Sequence[Settings]) -> Grid | None:
    """The grid that these configurations form, or `None`.

    A single row or column is none: a plain comparison shows that better. The first of the two
    in the order of `Settings` is put down the side.
    """
    given = [each.given() for each in settings]
    varied = [n for n in SETTING_NAMES if len({repr(each.get(n)) for each in given}) > 1]
    if len(varied) != 2:
        return None
    down, across = varied
    rows, columns = _values(given, down), _values(given, across)
    places = {
        (repr(each.get(down)), repr(each.get(across))): place for place, each in enumerate(given)
    }
    if not len(places) == len(given) == len(rows) * len(columns):
        return None
    return Grid(
        across=across,
        down=down,
        across_values=tuple(columns),
        down_values=tuple(rows),
        cells=tuple(tuple(places[repr(row), repr(column)] for column in columns) for row in rows),
    )


def _values(given: Sequence[dict[str, object]], name: str) -> list[object]:
    values = list({repr(each.get(name)): each.get(name) for each in given}.values())
    numbers: list[float] = sorted(value for value in values if isinstance(value, int | float))
    return [*numbers] if len(numbers) == len(values) else values

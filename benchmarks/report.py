"""Tables of what was measured, and a line that says where."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median


@dataclass(frozen=True, slots=True)
class Repeated:
    """The same thing, measured several times."""

    values: tuple[float, ...]

    @classmethod
    def of(cls, values: Iterable[float]) -> Repeated:
        """The values of some repeats; at least one."""
        return cls(tuple(values))

    @property
    def median(self) -> float:
        """What is reported: one slow repeat doesn't move it."""
        return median(self.values)

    def ratio(self, floor: Repeated) -> float:
        """Of the medians."""
        return self.median / floor.median

    def __str__(self) -> str:
        """The median; where it was repeated, the smallest and the largest value behind it."""
        if len(self.values) == 1:
            return number(self.median)
        spread = f"{number(min(self.values))} to {number(max(self.values))}"
        return f"{number(self.median)} ({spread})"


def number(value: float) -> str:
    """Three digits that count."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:#.3g}"


def times(value: float) -> str:
    """A ratio."""
    return f"{value:.2f} ×"


def show(title: str, head: Sequence[str], rows: Iterable[Sequence[str]], *notes: str) -> None:
    """Print a table: the first column to the left, all others to the right."""
    cells = [list(head), *(list(row) for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    print(f"\n{title}\n")
    for place, row in enumerate(cells):
        first, *others = (
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        print("  ".join([first, *others]).rstrip())
        if place == 0:
            print("  ".join("-" * width for width in widths))
    for note in notes:
        print(f"\n{note}")
    print(flush=True)


def machine() -> str:
    """What these figures are true of."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return (
        f"{platform.system()} {platform.machine()}, {_processor()}, {cores} cores, "
        f"{platform.python_implementation()} {platform.python_version()}"
    )


def moment() -> str:
    """Date and load: others' work on the same cores moves every figure."""
    date = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    if not hasattr(os, "getloadavg"):
        return date
    return f"{date}, load {os.getloadavg()[0]:.2f}"


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            named = (line.partition(":")[2].strip() for line in file if "model name" in line)
            return next(named, "unknown processor")
    except OSError:
        return platform.processor() or "unknown processor"

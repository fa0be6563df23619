"""A call in each dialect, stored and read, beside the bare SDK of its vendor."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks import endpoint
from benchmarks.made import experiment
from benchmarks.process import Clock, clocked
from benchmarks.report import Repeated, show, times
from benchmarks.sdks import NAMES
from lib.domain.configuration import DIALECTS, Dialect
from lib.engine.starting import requests

_WAYS = ("floor", "lab")


def run(*, quick: bool, repeats: int | None = None) -> None:
    """Measure and print."""
    calls, at_once, often = (200, 50, 1) if quick else (2_000, 100, 5)
    measured: dict[tuple[Dialect, str], list[Clock]] = {
        (dialect, way): [] for dialect in DIALECTS for way in _WAYS
    }
    with endpoint.running() as url:
        for _ in range(repeats or often):  # in turn, so that a busy minute is everybody's
            for (dialect, way), clocks in measured.items():
                clocks.append(_clocked(dialect, way, url, calls, at_once))
                endpoint.ensure_counted(f"{dialect}, {way}", url, calls, at_once)
    _show(measured, calls, at_once, repeats or often)


def _clocked(dialect: Dialect, way: str, url: str, calls: int, at_once: int) -> Clock:
    base = endpoint.base_url(url, dialect)
    if way == "lab":
        return clocked("lab", dialect, base, calls, at_once)[0]
    body = requests(experiment(calls, base_url=base, dialect=dialect))[0].body.decode()
    return clocked("clients", dialect, base, body, calls, at_once)[0]


def _show(
    measured: dict[tuple[Dialect, str], list[Clock]], calls: int, at_once: int, repeats: int
) -> None:
    def each(dialect: Dialect, way: str, what: Callable[[Clock], float]) -> Repeated:
        return Repeated.of(map(what, measured[dialect, way]))

    def cpu(clock: Clock) -> float:
        return clock.cpu_s * 1000 / calls

    def wall(clock: Clock) -> float:
        return clock.wall_s

    show(
        f"dialects: {calls:,} calls of {endpoint.LATENCY_S} s, {at_once} at once, start-up "
        f"excluded, median of {repeats}",
        [
            "dialect",
            "floor s",
            "lab s",
            "lab / floor",
            "floor CPU ms a call",
            "lab CPU ms a call",
            "lab / floor",
        ],
        [
            [
                dialect,
                str(each(dialect, "floor", wall)),
                str(own := each(dialect, "lab", wall)),
                times(own.ratio(each(dialect, "floor", wall))),
                str(each(dialect, "floor", cpu)),
                str(took := each(dialect, "lab", cpu)),
                times(took.ratio(each(dialect, "floor", cpu))),
            ]
            for dialect in DIALECTS
        ],
        *(f"Floor of {dialect}: {name}." for dialect, name in NAMES.items()),
        "The lab plans, asks, stores and reads; the floors store and read nothing.",
    )

"""Chat completions of fixed latency: the lab, with its durable store, beside bare clients."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import tomli_w

from benchmarks import endpoint
from benchmarks.made import experiment
from benchmarks.process import Clock, Whole, clocked, spawned
from benchmarks.report import Repeated, number, show, times
from lib.domain.experiment import Experiment
from lib.domain.experiment_file import document
from lib.engine.starting import requests

FLOOR = "SDK's raw door, its aiohttp client"
LAB = "lab: planned, asked, stored, read"
COMMAND = "the whole command, `python -m lib run`"


@dataclass(slots=True)
class _Measured:
    """All repeats of one client."""

    clocks: list[Clock] = field(default_factory=list)
    wholes: list[Whole] = field(default_factory=list)

    def each(self, what: Callable[[Clock], float]) -> Repeated:
        return Repeated.of(map(what, self.clocks))

    def whole(self, what: Callable[[Whole], float]) -> Repeated:
        return Repeated.of(map(what, self.wholes))


def run(*, quick: bool, repeats: int | None = None) -> None:
    """Measure and print."""
    calls, at_once, often = (200, 50, 1) if quick else (2_000, 100, 5)
    with endpoint.running() as url:
        asked = experiment(calls, base_url=url)
        body = requests(asked)[0].body.decode()
        measured = _measured(url, asked, body, at_once, repeats or often)
    ideal = calls / at_once * endpoint.LATENCY_S
    _show(measured, calls, at_once, ideal)


def _measured(
    url: str, asked: Experiment, body: str, at_once: int, repeats: int
) -> dict[str, _Measured]:
    calls = asked.calls
    ways: dict[str, Callable[[], tuple[Clock, Whole]]] = {
        "raw asyncio sockets": lambda: clocked("clients", "sockets", url, body, calls, at_once),
        FLOOR: lambda: clocked("clients", "openai", url, body, calls, at_once),
        "SDK's raw door, the lab's transport": lambda: clocked(
            "clients", "transport", url, body, calls, at_once
        ),
        LAB: lambda: clocked("lab", "openai", url, calls, at_once),
    }
    measured = {name: _Measured() for name in (*ways, COMMAND)}
    for _ in range(repeats):  # in turn, so that a busy minute is everybody's
        for name, way in ways.items():
            clock, whole = way()
            endpoint.ensure_counted(name, url, calls, at_once)
            measured[name].clocks.append(clock)
            measured[name].wholes.append(whole)
        measured[COMMAND].wholes.append(_command(asked, at_once))
        endpoint.ensure_counted(COMMAND, url, calls, at_once)
    return measured


def _command(asked: Experiment, at_once: int) -> Whole:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "experiment.toml"
        file.write_text(tomli_w.dumps(document(asked)), encoding="utf-8")
        command = [sys.executable, "-m", "lib", "run", str(file), "--new", "--concurrency"]
        return spawned([*command, str(at_once), "--store", str(Path(folder) / "lab.sqlite")])


def _show(measured: dict[str, _Measured], calls: int, at_once: int, ideal: float) -> None:
    floor = measured[FLOOR]
    wall, cpu = floor.each(lambda c: c.wall_s), floor.each(lambda c: c.cpu_s)
    repeats = len(floor.clocks)
    show(
        f"calls: {calls:,} calls of {endpoint.LATENCY_S} s, {at_once} at once, start-up excluded, "
        f"median of {repeats}",
        ["client", "wall s", "/ ideal", "/ floor", "CPU ms a call", "/ floor", "RSS MB"],
        [
            [
                name,
                str(own := each.each(lambda c: c.wall_s)),
                times(own.median / ideal),
                times(own.ratio(wall)),
                str(each.each(lambda c: c.cpu_s * 1000 / calls)),
                times(each.each(lambda c: c.cpu_s).ratio(cpu)),
                number(each.each(lambda c: c.rss / 1e6).median),
            ]
            for name, each in measured.items()
            if each.clocks
        ],
        f"Ideal: calls / at once x latency = {ideal:.2f} s. Floor: {FLOOR}.",
        "The lab's first call of each configuration goes alone, so that a refusal costs one call: "
        f"one latency more, {1 + endpoint.LATENCY_S / ideal:.3f} x the ideal. Planning took "
        f"{number(measured[LAB].each(lambda c: c.laps['planned']).median)} s of its wall time.",
    )
    whole = floor.whole(lambda w: w.wall_s)
    show(
        f"calls: the same processes from spawn to end, start-up included, median of {repeats}",
        ["process", "wall s", "/ ideal", "/ floor", "CPU s", "start-up s", "its CPU s"],
        [
            [
                name,
                str(own := each.whole(lambda w: w.wall_s)),
                times(own.median / ideal),
                times(own.ratio(whole)),
                str(each.whole(lambda w: w.cpu_s)),
                str(each.each(lambda c: c.start_s)) if each.clocks else "",
                str(each.each(lambda c: c.start_cpu_s)) if each.clocks else "",
            ]
            for name, each in measured.items()
        ],
    )

"""How much each sample adds to the process that asks for it and keeps it."""

from __future__ import annotations

from benchmarks import endpoint
from benchmarks.bodies import BODY_BYTES
from benchmarks.process import Clock, clocked
from benchmarks.report import Repeated, number, show, times

_LATENCY_S = 0.02
_AT_ONCE = 100


def run(*, quick: bool, repeats: int | None = None) -> None:
    """Measure and print."""
    sizes, often = ((100, 200), 1) if quick else ((500, 5_000), 3)
    repeats = repeats or often
    measured: dict[int, list[Clock]] = {size: [] for size in sizes}
    with endpoint.running(_LATENCY_S) as url:
        for _ in range(repeats):
            for size, clocks in measured.items():
                clocks.append(clocked("lab", "openai", url, size, _AT_ONCE)[0])
    few, many = sizes
    grown = {size: _each(clocks, "rss") for size, clocks in measured.items()}
    added = (grown[many].median - grown[few].median) / (many - few)
    show(
        f"memory: the process that plans, asks, stores and reads, median of {repeats}",
        ["samples", "RSS before MB", "RSS after MB", "growth MB"],
        [
            [
                f"{size:,}",
                str(_each(clocks, "start_rss")),
                str(grown[size]),
                number(grown[size].median - _each(clocks, "start_rss").median),
            ]
            for size, clocks in measured.items()
        ],
        f"From {few:,} to {many:,} samples: {times(grown[many].ratio(grown[few]))} the memory, "
        f"{added * 1000:.1f} kB a sample, whose answer has {BODY_BYTES / 1000:.1f} kB.",
    )


def _each(clocks: list[Clock], what: str) -> Repeated:
    return Repeated.of(getattr(clock, what) / 1e6 for clock in clocks)

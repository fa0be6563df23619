"""`compare RUN RUN`, and `run FILE --check RUN`: has the same experiment drifted?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lib.cli.options import Json, StoreOption

if TYPE_CHECKING:
    from lib.domain.experiment import Experiment
    from lib.engine.progress import Snapshot
    from lib.results.over_time import OverTime
    from lib.store.reading import RunSummary
    from lib.store.store import Store


def compare(
    then: Annotated[str, typer.Argument(help="The earlier run.")],
    now: Annotated[str, typer.Argument(help="The later one.")],
    store: StoreOption = None,
    json: Json = False,
) -> None:
    """Two runs, configuration by configuration: did what comes back change?"""
    from lib.cli.exits import sentences

    with sentences():
        _compare(then, now, store, as_json=json)


def _compare(then: str, now: str, store: str | None, *, as_json: bool) -> None:
    from lib.cli.listing import opened
    from lib.cli.terminal import write_json
    from lib.engine.loading import load
    from lib.results import over_time

    with opened(store) as there:
        runs = [there.find(then), there.find(now)]
        first, second = (load(there, run.id).snapshot() for run in runs)
    times = (runs[0].created_at, runs[1].created_at)
    found = over_time.compared(first, second, times=times)
    write_json(over_time.document(found)) if as_json else show(found)


@dataclass(frozen=True, slots=True)
class Reference:
    """The stored run that a new one is checked against."""

    summary: RunSummary
    store: Store

    def found(self, now: Snapshot) -> OverTime:
        """What has changed since."""
        from lib.engine.loading import load
        from lib.results import over_time

        then = load(self.store, self.summary.id).snapshot()
        made = self.store.find(now.run).created_at
        return over_time.compared(then, now, times=(self.summary.created_at, made))

    @property
    def unfinished(self) -> bool:
        """Whether a run of the same experiment would carry this one on."""
        return self.summary.state not in {"finished", "incomplete"}


def reference(store: Store, run: str, experiment: Experiment) -> Reference:
    """The run that is named, if a run of this experiment can be checked against it.

    Raises:
        InputError: if there is none, it has no answers, or other configurations. Nothing was sent.
    """
    from lib.domain.errors import InputError
    from lib.engine.loading import experiment_of
    from lib.results import over_time

    summary = store.find(run)
    if summary.state == "running" or not summary.samples:
        raise InputError(f"The run {summary.id} goes on, or has no answers: nothing to check by.")
    if alone := over_time.missing(experiment_of(store, summary), experiment):
        raise InputError(
            f"The run {summary.id} has no configuration {alone[0]!r}, so it can't be checked.",
            "Give configurations the names that they have there.",
        )
    return Reference(summary, store)


def as_json(found: OverTime) -> dict[str, Any]:
    """What `run --check --json` says of the check, beside the run's own numbers."""
    from lib.results import over_time

    whole = over_time.document(found)
    return {
        name: whole[name] for name in ("then", "now", "differs", "says", "notes", "comparisons")
    }


def show(found: OverTime) -> None:
    """The verdict, and every comparison that decided."""
    from rich.table import Table

    from lib.cli.terminal import console, plain

    screen = console()
    for note in found.notes:
        screen.print(plain(note), style="yellow")
    screen.print(plain(found.drift.says), style="bold")
    table = Table(box=None, header_style="bold", pad_edge=False)
    for title in ("configuration", "what", "verdict", "says"):
        table.add_column(title, overflow="fold")
    for c in found.drift.deciding:
        cells = (c.a, c.metric, c.verdict.replace("_", " "), c.says)
        table.add_row(*(plain(cell) for cell in cells))
    screen.print(table)

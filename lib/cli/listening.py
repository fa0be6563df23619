"""What a run tells while it goes on: events on stdout for programs, a bar on stderr for people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)

from lib.cli.planning import in_words
from lib.cli.terminal import console, plain, write_event
from lib.domain.errors import CallError
from lib.domain.experiment import Experiment
from lib.domain.vocabulary import Sample, Slot
from lib.engine.costing import Costing, as_fields
from lib.engine.loading import Loaded
from lib.engine.reporting import Listener


class Teller(Listener, Protocol):
    """Hears of looks as well."""

    def looked(self, calls: int, answered: bool) -> None:
        """After so many calls of each configuration it was looked whether that is enough."""


def events(loaded: Loaded, stop: Callable[[], None], *, carried_on: bool) -> Teller:
    """One JSON line for each thing that has been committed, beginning with the plan."""
    listener = _Events(loaded.run, stop, loaded.costing)
    listener.write(
        event="planned",
        calls=len(loaded.slots),
        stored=len(loaded.samples),
        carried_on=carried_on,
    )
    return listener


class _Events:
    def __init__(self, run: str, stop: Callable[[], None], costing: Costing) -> None:
        self._run, self._stop, self._costing = run, stop, costing

    def stored(self, slot: Slot, sample: Sample) -> None:
        self.write(
            event="stored",
            sample=slot.name,
            configuration=slot.configuration.name,
            finish_reason=sample.finish_reason,
            outcome=sample.outcome,
            text=sample.text,
            **self._cost(sample),
        )

    def _cost(self, sample: Sample) -> dict[str, object]:
        """An estimate, where a price is known."""
        cost = self._costing.of_answer(sample)
        return {} if cost.at_most is None else as_fields(cost)

    def failed(self, slot: Slot, error: CallError) -> None:
        self.write(
            event="failed",
            sample=slot.name,
            configuration=slot.configuration.name,
            error=error.code,
            says=str(error),
        )

    def paused(self, seconds: float) -> None:
        until = datetime.now(UTC) + timedelta(seconds=seconds)
        self.write(event="paused", until=until.isoformat())

    def looked(self, calls: int, answered: bool) -> None:
        self.write(event="looked", calls_of_each=calls, answered=answered)

    def write(self, *, event: str, **said: Any) -> None:
        """Write an event. If nobody reads any more, the run ends in good order."""
        try:
            write_event({"event": event, "run": self._run, **said})
        except OSError:
            self._stop()


@contextmanager
def bar(loaded: Loaded, *, carried_on: bool) -> Iterator[Teller]:
    """A bar, where stderr is a terminal; and a line for each new kind of failure."""
    screen = console(stderr=True)
    there, planned = len(loaded.samples), len(loaded.slots)
    if carried_on:
        words = f"Going on with run {loaded.run}: {there} of {planned} planned samples are there."
    else:
        words = f"Run {loaded.run}: {in_words(loaded.experiment)}."
    screen.print(plain(words), style="dim")
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(
        *columns, console=screen, transient=True, disable=not screen.is_terminal
    ) as progress:
        task = progress.add_task("Asking", total=planned, completed=there)
        yield _Bar(progress, task, loaded.experiment)


class _Bar:
    def __init__(self, progress: Progress, task: TaskID, experiment: Experiment) -> None:
        self._progress, self._task, self._experiment = progress, task, experiment
        self._told: set[str] = set()

    def stored(self, slot: Slot, sample: Sample) -> None:
        del slot, sample
        self._progress.advance(self._task)

    def failed(self, slot: Slot, error: CallError) -> None:
        self._say(f"{slot.configuration.name}: {error}", once=True)

    def paused(self, seconds: float) -> None:
        self._say(f"An endpoint asks to slow down: waiting {seconds:.0f} s.")

    def looked(self, calls: int, answered: bool) -> None:
        stop = self._experiment.declared.stop
        if answered or stop is None or calls >= stop.most:
            words = "the question is answered" if answered else "these were the most"
            return self._say(f"{calls} calls of each: {words}.")
        more = min(calls + stop.batch, stop.most)
        self._progress.update(self._task, total=more * len(self._experiment.configurations))
        return self._say(f"{calls} calls of each: the question is still open.")

    def _say(self, sentence: str, *, once: bool = False) -> None:
        if once and sentence in self._told:
            return
        self._told.add(sentence)
        with suppress(OSError):  # a terminal that has been closed
            self._progress.console.print(plain(sentence))

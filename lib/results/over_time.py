"""Two runs of one experiment, compared: whether the model behind it has drifted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from lib.analysis.as_json import as_json
from lib.analysis.drift import Drift, drift
from lib.domain.errors import InputError
from lib.domain.experiment import Experiment
from lib.engine.progress import Snapshot
from lib.results.grouping import groups

LONGEST = 160
"""Characters of a configuration's name: the time comes behind it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OverTime:
    """Two runs and what was found between them."""

    then: str
    now: str
    drift: Drift
    notes: tuple[str, ...]
    """What must be read beside the verdict, one sentence each."""


def compared(then: Snapshot, now: Snapshot, *, times: tuple[datetime, datetime]) -> OverTime:
    """Compare a run with an earlier one, configuration by configuration.

    Args:
        then: the earlier run; its experiment says how they are judged.
        now: the later one.
        times: when they were made.

    Raises:
        InputError: if one of them goes on, or is the other.
    """
    if then.run == now.run:
        raise InputError("A run can't be compared with itself.", "Name another one.")
    for each in (then, now):
        if each.running:
            raise InputError(f"The run {each.run} goes on.", "Wait for it, or stop it.")
    found = drift(
        groups(then),
        groups(now),
        called=_called(*times),
        checks=then.experiment.checks,
        declared=then.experiment.declared,
    )
    return OverTime(then=then.run, now=now.run, drift=found, notes=tuple(_notes(then, now)))


def missing(then: Experiment, now: Experiment) -> list[str]:
    """The names of configurations that only the later one has: they can't be compared."""
    names = {each.name for each in then.configurations}
    return [each.name for each in now.configurations if each.name not in names]


def document(found: OverTime) -> dict[str, object]:
    """The JSON of `compare --json`, in the words of docs/commands.md."""
    judged = as_json(found.drift.analysis)
    return {
        "format": 1,
        "then": found.then,
        "now": found.now,
        "differs": found.drift.differs,
        "says": found.drift.says,
        "notes": list(found.notes),
        **{name: judged[name] for name in ("analysis", "configurations", "comparisons")},
    }


def _called(then: datetime, now: datetime) -> tuple[str, str]:
    """Two times as short as tells them apart."""
    here = [each.astimezone() for each in (then, now)]
    for form in ("%d %b", "%d %b %H:%M", "%d %b %H:%M:%S"):
        first, second = (each.strftime(form) for each in here)
        if first != second and here[0].year == here[1].year:
            return first, second
    return f"{here[0]:%Y-%m-%d %H:%M}, then", f"{here[1]:%Y-%m-%d %H:%M}, now"


def _notes(then: Snapshot, now: Snapshot) -> Sequence[str]:
    told = []
    if asks(then.experiment) != asks(now.experiment):
        told.append(
            "The two runs asked something else: messages, settings, models or addresses differ. "
            "So a difference is no drift of the model alone."
        )
    for each, when in ((then, "earlier"), (now, "later")):
        lost = len(each.slots) - each.done
        if lost:
            told.append(f"The {when} run has no answer to {lost:,} of {len(each.slots):,} calls.")
    return told


def asks(experiment: Experiment) -> Experiment:
    """What an experiment asks: two that ask the same are equal, however often and named."""
    columns = tuple(replace(each, name=str(n)) for n, each in enumerate(experiment.configurations))
    return replace(
        experiment,
        name="",
        repeats=1,
        configurations=columns,
        checks=(),
        declared=replace(experiment.declared, stop=None),
    )

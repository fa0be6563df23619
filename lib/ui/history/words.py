"""What a run's line says. Pure, and no text of a user or a model where Markdown is read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from lib.domain.experiment import Experiment
from lib.store.history import Entry

MOST_MODELS = 3


def asked(experiment: Experiment) -> str:
    """Who was asked under how many configurations: names of endpoints and models, as they are."""
    columns = experiment.configurations
    models = Counter(f"{each.endpoint.name}: {each.model}" for each in columns)
    named = [name for name, _ in models.most_common(MOST_MODELS)]
    if more := len(models) - len(named):
        named.append(f"{more} more")
    s = "s" * (len(columns) != 1)
    return f"{len(columns)} configuration{s} × {experiment.repeats:,} of {', '.join(named)}"


def counted(entry: Entry) -> str:
    """What became of its calls, in the lab's own words."""
    summary = entry.summary
    told = [f"{summary.samples:,} of {summary.planned:,} answered"]
    if reasons := _counts(entry.finish_reasons):
        told.append(reasons)
    if errors := _counts(entry.errors):
        told.append(f"without an answer: {errors}")
    return ", ".join(told)


def when(moment: datetime) -> str:
    """A day and a time, here."""
    return f"{moment.astimezone():%d %b %Y %H:%M}"


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {count:,}" for name, count in counts.items())

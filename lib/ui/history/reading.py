"""What the page reads beside the list: each run once for all visitors and clicks."""

from __future__ import annotations

import json

import streamlit as st

from lib.domain.cost import Cost
from lib.domain.errors import LabError
from lib.domain.experiment import Experiment
from lib.domain.experiment_file import parse
from lib.engine.costing import amount
from lib.engine.loading import load
from lib.engine.progress import Snapshot
from lib.results import over_time
from lib.results.over_time import OverTime
from lib.store.history import Entry
from lib.ui import resources

MOST_PRICED = 5_000
"""Planned samples up to which a run is priced in the list: each of its answers is read for that."""


def experiment(entry: Entry) -> Experiment | None:
    """What a run asked; `None` if this version can't read it."""
    try:
        return parse(json.loads(entry.document))
    except (LabError, ValueError):
        return None


def cost(entry: Entry) -> str:
    """What a run has cost, in a word or three."""
    if entry.summary.planned > MOST_PRICED:
        return "cost: see Compare"
    try:
        return f"cost {amount(_cost(*_looks(entry)))}".replace("cost free", "free")
    except LabError:
        return "cost not known"


def snapshot(entry: Entry) -> Snapshot:
    """A run with all its samples."""
    return _snapshot(*_looks(entry))


def compared(then: Entry, now: Entry) -> OverTime:
    """Two runs of one experiment. Raises `LabError` if one of them can't be read, or goes on."""
    return _compared(_looks(then), _looks(now), then, now)


def _looks(entry: Entry) -> tuple[str, tuple[object, ...]]:
    """A run, and what changes when something comes to it."""
    summary = entry.summary
    counts = (summary.planned, summary.samples, summary.failed, entry.attempts, summary.state)
    return summary.id, counts


@st.cache_resource(max_entries=500, show_spinner=False)
def _cost(run: str, looks: tuple[object, ...]) -> Cost:
    del looks
    return load(resources.engine().store, run).snapshot().cost


@st.cache_resource(max_entries=4, show_spinner="Reading the samples …")
def _snapshot(run: str, looks: tuple[object, ...]) -> Snapshot:
    del looks
    return load(resources.engine().store, run).snapshot()


@st.cache_resource(max_entries=8, show_spinner="Comparing the two runs …")
def _compared(
    then: tuple[str, tuple[object, ...]],
    now: tuple[str, tuple[object, ...]],
    _then: Entry,
    _now: Entry,
) -> OverTime:
    del then, now
    times = (_then.summary.created_at, _now.summary.created_at)
    return over_time.compared(snapshot(_then), snapshot(_now), times=times)

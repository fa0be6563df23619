"""A run and its rows, read once for all visitors and all their clicks."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from lib.domain.errors import InputError
from lib.engine.progress import Snapshot
from lib.ui import resources
from lib.ui.responses import rows as making
from lib.ui.responses.rows import Row


def snapshot(run: str) -> Snapshot | None:
    """The run as it is now, or `None` if there is none.

    The engine reads a run that has no end yet anew each time, half a second for ten thousand
    samples: a process elsewhere may have tried, and failed, in between. Here that can wait until
    something has come of it: a new answer or a final failure changes the summary, which is read
    each time.

    Raises:
        StoreError: if it can't be read.
    """
    try:
        summary = resources.engine().store.find(run)
    except InputError:  # there is none
        return None
    if summary.state == "running":
        return resources.engine().snapshot(run)
    counts = (summary.planned, summary.samples, summary.failed, summary.extended_after_results)
    return _at_rest(summary.id, (summary.state, *counts))


@st.cache_resource(max_entries=4, show_spinner="Reading the samples …")
def _at_rest(run: str, looks: tuple[object, ...]) -> Snapshot | None:
    del looks  # part of the key: a run that looks otherwise is read anew
    return resources.engine().snapshot(run)


def rows(snapshot: Snapshot) -> Sequence[Row]:
    """The run's samples and failed calls as rows."""
    return _rows(
        (
            snapshot.run,
            snapshot.state,
            snapshot.done,
            len(snapshot.failures),
            sum(snapshot.retries.values()),
        ),
        snapshot,
    )


@st.cache_resource(max_entries=4, show_spinner="Reading the samples …")
def _rows(key: tuple[object, ...], _snapshot: Snapshot) -> Sequence[Row]:
    del key
    return making.rows(_snapshot)

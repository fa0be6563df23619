"""The lower half of Compare: what was found, side by side."""

from __future__ import annotations

import time
from collections import Counter

import streamlit as st

from lib.analysis import summary
from lib.analysis.summary import Analysis
from lib.engine.progress import Snapshot
from lib.results.grouping import groups
from lib.ui import inert
from lib.ui.compare import cards, figures, response, tables

PATIENCE = 5
"""While a run goes on, its analysis takes at most a fifth of the time."""


def draw(snapshot: Snapshot) -> None:
    """Draw the results of a run at rest."""
    found = _analysis(snapshot)
    if not snapshot.samples:
        st.info("No call has brought an answer, so there is nothing to compare.")
        tables.outcomes(found)
    else:
        _headline(found)
        figures.draw(found, snapshot.run)
        cards.draw(found, snapshot)
        tables.draw(found, snapshot)
    response.draw_open(snapshot)


def live(snapshot: Snapshot) -> None:
    """Draw what complete rounds say while a run goes on: no verdict, no interaction."""
    found = _so_far(snapshot)
    rounds = max((each.samples for each in found.configurations), default=0)
    st.caption(
        f"So far, over {rounds} complete rounds: short answers arrive first, so unfinished rounds "
        "would mislead."
        if rounds
        else "The first answers are on their way."
    )
    left, right = st.columns(2, gap="medium")  # from the start, so that nothing jumps
    with left:
        st.markdown("**Why answers ended**")
        figures.show(figures.why_ended(found), "live.finish")
    with right:
        st.markdown("**How often two calls agree**")
        figures.show(figures.compared(found, "collision_probability"), "live.forest")


def _headline(found: Analysis) -> None:
    with st.container(border=True, key="compare.headline"):
        inert.text(summary.headline(found))
        for warning in found.warnings:
            inert.text(warning)


@st.cache_resource(max_entries=8, show_spinner="Analysing …")
def _analysed(key: tuple[object, ...], _snapshot: Snapshot) -> Analysis:
    del key
    return summary.analyse(
        groups(_snapshot),
        checks=_snapshot.experiment.checks,
        n_changed_after_results=_snapshot.n_changed_after_results,
    )


def _analysis(snapshot: Snapshot) -> Analysis:
    errors = Counter(error.code for error in snapshot.failures.values())
    key = (
        snapshot.run,
        snapshot.state,
        snapshot.done,
        len(snapshot.slots),
        tuple(sorted(errors.items())),
        tuple(configuration.name for configuration in snapshot.experiment.configurations),
        snapshot.n_changed_after_results,
    )
    return _analysed(key, snapshot)


def _so_far(snapshot: Snapshot) -> Analysis:
    """The analysis of a running run, made anew only when it costs little beside the run itself."""
    kept: tuple[str, float, float, Analysis] | None = st.session_state.get("state.so_far")
    now = time.monotonic()
    if kept is not None and kept[0] == snapshot.run and now - kept[1] < PATIENCE * kept[2]:
        return kept[3]
    found = summary.analyse(groups(snapshot), final=False)
    st.session_state["state.so_far"] = (snapshot.run, now, time.monotonic() - now, found)
    return found

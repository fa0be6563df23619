"""The lower half of Compare: what was asked, and what was found, side by side."""

from __future__ import annotations

import time
from collections import Counter

import streamlit as st

from lib.analysis import summary
from lib.analysis.summary import Analysis
from lib.charts.theme import DESK, Look
from lib.engine.progress import Snapshot
from lib.results.analysing import Analysing
from lib.results.grouping import groups
from lib.ui import inert
from lib.ui.compare import (
    answer_groups,
    asked,
    cards,
    effects,
    figures,
    how_many_more,
    ladder,
    tables,
    word_by_word,
)

PATIENCE = 5
"""While a run goes on, its analysis takes at most a fifth of the time."""
AT_ONCE_S, AT_ONCE_SAMPLES = 0.5, 2_000
"""So long a page waits for the comparisons of so few samples: mostly they are done by then. It is
drawn without them where they take longer."""
POLL_S = 0.5


def draw(snapshot: Snapshot, look: Look = DESK) -> None:
    """Draw the results of a run at rest.

    Args:
        snapshot: the run.
        look: how large its charts are.
    """
    asked.draw(snapshot)
    going_on = _analysing(snapshot)
    found = going_on.described
    if not snapshot.samples:
        st.info("No call has brought an answer, so there is nothing to compare.")
        tables.outcomes(found)
        return
    whole = going_on.whole(within_s=AT_ONCE_S if snapshot.done <= AT_ONCE_SAMPLES else 0.0)
    if whole is None:
        _wait(snapshot)
    else:
        _headline(whole)
    experiment = snapshot.experiment
    with st.container(key="compare.trend"):
        if whole is not None:
            ladder.draw(whole, snapshot.run, look)
    with st.container(key="compare.figures"):
        effects.draw(experiment)
        figures.draw(found, snapshot.run, experiment.checks, look)
        answer_groups.draw(found, experiment.declared.answer, snapshot.run, look)
    cards.draw(found, snapshot)
    word_by_word.draw(found, snapshot.run)
    with st.container(key="compare.more_calls"):
        if whole is not None:
            how_many_more.draw(whole, experiment, snapshot.run)
    tables.draw(found if whole is None else whole, snapshot)


def live(snapshot: Snapshot, look: Look = DESK) -> None:
    """Draw what complete rounds say while a run goes on: no verdict, no interaction."""
    asked.draw(snapshot)
    found = _so_far(snapshot)
    rounds = max((each.samples for each in found.configurations), default=0)
    st.caption(
        f"So far, over {rounds} complete round{'s' * (rounds != 1)}: short answers arrive first, "
        "so unfinished rounds would mislead."
        if rounds
        else "The first answers are on their way."
    )
    effects.draw(snapshot.experiment)
    left, right = st.columns(2, gap="medium")  # from the start, so that nothing jumps
    with left:
        st.markdown("**Why answers ended**")
        figures.show(figures.why_ended(found, look), "live.finish")
    with right:
        st.markdown("**How often two calls agree**")
        figures.show(figures.compared(found, "collision_probability", look), "live.forest")


def _headline(found: Analysis) -> None:
    with st.container(border=True, key="compare.headline"):
        inert.text(summary.headline(found))
        for warning in found.warnings:
            inert.text(warning)


@st.fragment(run_every=POLL_S)
def _wait(snapshot: Snapshot) -> None:
    """Say how far the comparisons are, where the finding will stand."""
    going_on = _analysing(snapshot)
    if going_on.whole() is not None:
        st.rerun()
    else:
        done, pairs = going_on.done, going_on.pairs
        with st.container(border=True, key="compare.headline"):
            st.progress(
                done / pairs,
                f"Testing whether configurations differ: {done:,} of {pairs:,} pairs. The charts "
                "and answers below are complete.",
            )


@st.cache_resource(max_entries=8, show_spinner="Counting answers …")
def _made(key: tuple[object, ...], _snapshot: Snapshot) -> Analysing:
    del key
    return Analysing(
        groups(_snapshot),
        checks=_snapshot.experiment.checks,
        declared=_snapshot.experiment.declared,
        n_changed_after_results=_snapshot.n_changed_after_results,
    )


def _analysing(snapshot: Snapshot) -> Analysing:
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
    return _made(key, snapshot)


def _so_far(snapshot: Snapshot) -> Analysis:
    """The analysis of a running run, made anew only when it costs little beside the run itself."""
    kept: tuple[str, float, float, Analysis] | None = st.session_state.get("state.so_far")
    now = time.monotonic()
    if kept is not None and kept[0] == snapshot.run and now - kept[1] < PATIENCE * kept[2]:
        return kept[3]
    declared = snapshot.experiment.declared
    found = summary.analyse(groups(snapshot), declared=declared, final=False)
    st.session_state["state.so_far"] = (snapshot.run, now, time.monotonic() - now, found)
    return found

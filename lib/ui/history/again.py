"""A run's experiment used again: as it was, with more calls, or as a draft."""

from __future__ import annotations

import streamlit as st

from lib.domain.errors import LabError
from lib.domain.experiment import MOST_REPEATS, Experiment
from lib.domain.experiment_file import document
from lib.store.history import Entry
from lib.ui import credentials, inert, resources, state
from lib.ui.compare import trust

COMPARE = "pages/compare.py"


def draw(entry: Entry, experiment: Experiment) -> None:
    """Draw the buttons, and below them why one of them did nothing."""
    run = entry.summary.id
    vouched = all(trust.is_trusted(each.endpoint) for each in experiment.configurations)
    mine = entry.summary.imported_at is None and vouched
    trouble = ""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        if st.button(
            "Duplicate into Compare",
            icon=":material/content_copy:",
            key=f"history.duplicate.{run}",
            help="Puts its messages and settings into the editor; nothing is asked yet.",
        ):
            state.draft().replace(document(experiment))
            state.look_at(None)
            st.switch_page(COMPARE, query_params={"draft": state.draft().id})
        if st.button(
            "Run again",
            icon=":material/replay:",
            key=f"history.again.{run}",
            disabled=not mine,
            help="A new run of the same experiment, every call asked anew."
            if mine
            else "It names addresses that nobody here has vouched for: duplicate it into Compare.",
        ):
            trouble = _again(experiment)
        if entry.summary.imported_at is None and entry.summary.state != "running":
            with st.popover("More calls", icon=":material/add:", disabled=not mine):
                trouble = _extend(entry) or trouble
    with st.container():
        if trouble:
            st.error("Nothing was sent.", icon=":material/error:")
            inert.text(trouble)


def _again(experiment: Experiment) -> str:
    """Start it and go there. Returns why it can't be started."""
    keys = credentials.keys_of({each.endpoint for each in experiment.configurations})
    try:
        run = resources.engine().start(experiment, keys=keys)
    except LabError as error:
        return str(error)
    state.look_at(run)
    st.switch_page(COMPARE, query_params={"run": run})


def _extend(entry: Entry) -> str:
    """Ask how many more, and go on with it. Returns why that can't be."""
    now = entry.summary.repeats
    wanted = st.number_input(
        "Calls of each configuration in all",
        min_value=now,
        max_value=MOST_REPEATS,
        value=min(now + 20, MOST_REPEATS),
        step=10,
        key=f"history.repeats.{entry.summary.id}",
        help=f"It has {now:,} now. Only the missing are asked for, and verdicts say that N was "
        "raised after results were seen.",
    )
    if not st.button("Ask for them", key=f"history.extend.{entry.summary.id}", type="primary"):
        return ""
    run = entry.summary.id
    try:
        snapshot = resources.engine().snapshot(run)
        endpoints = (
            {each.endpoint for each in snapshot.experiment.configurations} if snapshot else ()
        )
        resources.engine().resume(
            run, keys=credentials.keys_of(endpoints), repeats=int(wanted), retry_failed=False
        )
    except LabError as error:
        return str(error)
    state.look_at(run)
    st.switch_page(COMPARE, query_params={"run": run})

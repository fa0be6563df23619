"""A word where the results are of another experiment than the one in the editor."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from lib.domain.errors import StoreError
from lib.domain.experiment import Experiment
from lib.domain.experiment_file import document
from lib.ui import resources, state
from lib.ui.state import Draft


def draw(draft: Draft, edited: Experiment | None, run: str | None) -> None:
    """Say that the draft has changed since this run, and offer what it asked."""
    try:
        snapshot = resources.engine().snapshot(run) if run else None
    except StoreError:
        return  # the page says so where it shows the run
    if snapshot is None or (edited is not None and asks_the_same(edited, snapshot.experiment)):
        return
    with st.container(horizontal=True, vertical_alignment="center", key="compare.as_run"):
        st.caption(
            ":material/difference: These results are of the experiment as it was run; the draft "
            "above has changed since.",
            width="content",
        )
        if st.button(
            "Load what was run",
            icon=":material/settings_backup_restore:",
            key="compare.load_run",
            help="Puts the messages and settings of this run into the editor. Undo brings back "
            "what is there now.",
        ):
            draft.replace(document(snapshot.experiment))
            st.session_state["state.editing"] = state.run_id()
            st.rerun()


def asks_the_same(edited: Experiment, run: Experiment) -> bool:
    """Whether results of `run` are results of `edited`: names and N may differ. Pure."""
    return _asked(edited) == _asked(run)


def _asked(experiment: Experiment) -> Experiment:
    return replace(experiment, name="", repeats=1)

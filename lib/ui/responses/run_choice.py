"""Which run is looked at: a choice of the newest, where none is open."""

from __future__ import annotations

import streamlit as st

from lib.domain.errors import LabError
from lib.store.reading import RunSummary
from lib.ui import inert, resources, state

MOST_RUNS = 20


def draw() -> None:
    """Draw the newest runs to choose from; if there are none, the way to make one."""
    try:
        runs = resources.engine().store.runs(limit=MOST_RUNS)
    except LabError as error:
        st.error("The runs can't be read.", icon=":material/error:")
        inert.text(str(error))
        return
    if not runs:
        st.info(
            "Nothing has been asked yet. Run something on Compare: every response is kept, and can "
            "be looked into here.",
            icon=":material/data_object:",
        )
        st.page_link("pages/compare.py", label="Go to Compare", icon=":material/compare:")
        return
    st.caption("Choose a run. It is opened on Compare, too.")
    for run in runs:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                "Open",
                key=f"responses.open.{run.id}",
                on_click=state.look_at,
                args=(run.id,),
                type="tertiary",
            )
            inert.text(_words(run), most=140)


def _words(run: RunSummary) -> str:
    return (
        f"{run.created_at.astimezone():%d %b %H:%M}   {run.samples:,} of {run.planned:,}   "
        f"{run.state}   {run.name}"
    )

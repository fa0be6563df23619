"""Deleting a run for good: asked twice, and then no part of it is left in the file."""

from __future__ import annotations

import streamlit as st

from lib.domain.errors import LabError
from lib.store.history import Entry
from lib.ui import inert, resources, state
from lib.ui.history import words


def draw(entry: Entry) -> None:
    """Draw the button that asks."""
    running = entry.summary.state == "running"
    if st.button(
        "Delete …",
        icon=":material/delete:",
        key=f"history.delete.{entry.summary.id}",
        disabled=running,
        help="It goes on: stop it first." if running else None,
    ):
        _ask(entry)


@st.dialog("Delete this run for good?")
def _ask(entry: Entry) -> None:
    inert.text(entry.summary.name, most=200)
    st.caption(f"{words.when(entry.summary.created_at)}, {words.counted(entry)}")
    st.write(
        "Every request and response of it goes, with its notes and tags. Their text is overwritten "
        "in the store's file. A draft with the same messages, and files that you have saved, stay."
    )
    with st.container(horizontal=True):
        if st.button("Delete", type="primary", icon=":material/delete:", key="history.delete.yes"):
            _delete(entry.summary.id)
        if st.button("Keep it", key="history.delete.no"):
            st.rerun()


def _delete(run: str) -> None:
    try:
        with st.spinner("Deleting, and rewriting the file …"):
            resources.engine().store.delete_run(run)
    except LabError as error:
        inert.text(str(error))
        return
    st.session_state.pop("history.open", None)
    if state.run_id() == run:
        state.look_at(None)
    st.rerun()

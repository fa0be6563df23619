"""A run in the list: what it was, how to go on with it, and more where it is asked for."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from lib.domain.experiment import Experiment
from lib.store.history import Entry
from lib.store.reading import RunState
from lib.ui import inert, state
from lib.ui.history import across, again, deleting, noting, passing_on, reading, words
from lib.ui.responses import opening

COMPARE = "pages/compare.py"
_OPEN = "history.open"

_COLOURS: dict[RunState, Literal["green", "blue", "orange", "gray"]] = {
    "finished": "green",
    "running": "blue",
    "interrupted": "orange",
    "incomplete": "orange",
    "stopped": "gray",
}


def draw(entry: Entry) -> None:
    """Draw one run."""
    run, experiment = entry.summary.id, reading.experiment(entry)
    open_ = st.session_state.get(_OPEN) == run
    with st.container(border=True, key=f"history.run.{run}", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            with st.container(width="stretch", gap="xsmall"):
                _heading(entry, experiment)
            with st.container(horizontal=True, width="content", gap="small"):
                _buttons(run, open_=open_)
        with st.container():
            if open_:
                _more(entry, experiment)


def _buttons(run: str, *, open_: bool) -> None:
    if st.button("Open", icon=":material/open_in_full:", key=f"history.compare.{run}"):
        state.look_at(run)
        st.switch_page(COMPARE, query_params={"run": run})
    if st.button("Responses", icon=":material/data_object:", key=f"history.responses.{run}"):
        opening.show(run)
    st.button(
        "Less" if open_ else "More",
        icon=":material/expand_less:" if open_ else ":material/expand_more:",
        key=f"history.more.{run}",
        on_click=_toggle,
        args=(run,),
        type="tertiary",
    )


def _toggle(run: str) -> None:
    st.session_state[_OPEN] = None if st.session_state.get(_OPEN) == run else run


def _heading(entry: Entry, experiment: Experiment | None) -> None:
    summary = entry.summary
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        inert.text(summary.name, most=100)
        st.badge(summary.state, color=_COLOURS[summary.state])
        if summary.imported_at is not None:
            st.badge("imported", icon=":material/file_open:", color="violet")
        if summary.extended_after_results:
            st.badge("N raised after results", color="gray")
    if experiment is not None:
        inert.text(words.asked(experiment), most=200)
    told = [words.when(summary.created_at), words.counted(entry), reading.cost(entry)]
    st.caption(" · ".join(told).replace("$", "\\$"))
    if entry.note.tags or entry.note.text:
        tags = " ".join(f"#{tag}" for tag in entry.note.tags)
        inert.text("   ".join(filter(None, (tags, entry.note.text.split("\n")[0]))), most=160)


def _more(entry: Entry, experiment: Experiment | None) -> None:
    if experiment is not None:
        again.draw(entry, experiment)
    noting.draw(entry)
    passing_on.draw(entry)
    across.draw(entry)
    deleting.draw(entry)

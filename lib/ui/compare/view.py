"""The Compare page: what it draws in each of its states."""

from __future__ import annotations

import streamlit as st

from lib.charts.theme import Look
from lib.domain.errors import StoreError
from lib.engine.progress import Snapshot
from lib.ui import inert, projector, resources, state, trouble
from lib.ui.compare import editor, progress, results

POLL_S = 0.5


def render() -> None:
    """Draw the editor, and below it the run that is looked at, if there is one."""
    draft = state.draft()  # reads the address, and so knows whether its link is whole
    with st.container():
        if draft.fresh and (why := st.session_state.get("state.bad_link")):
            st.warning("The link can't be opened, so this is the first example instead.")
            inert.text(why)
    editor.draw()
    trouble.draw(state.STARTING, "The run was not started. Nothing was sent.")
    run = state.run_id()
    snapshot = _snapshot(run) if run else None
    if run is None:
        _nothing_yet()
    elif snapshot is None:
        st.warning("There is no such run here. It may have been deleted, or be another store's.")
        st.button("Close", on_click=state.look_at, args=(None,))
    elif snapshot.running:
        _live(run)
    else:
        progress.ended(snapshot)
        results.draw(snapshot, _look())


@st.fragment(run_every=POLL_S)
def _live(run: str) -> None:
    """Redraw a running run from snapshots; hand over to the page when it has ended."""
    snapshot = _snapshot(run)
    if snapshot is None or not snapshot.running:
        st.rerun()
    else:
        progress.running(snapshot)
        results.live(snapshot, _look())


def _look() -> Look:
    return Look(projector.scale())


def _snapshot(run: str) -> Snapshot | None:
    try:
        return resources.engine().snapshot(run)
    except StoreError as error:
        st.error("The run can't be read.", icon=":material/error:")
        inert.text(str(error))
        st.stop()


def _nothing_yet() -> None:
    if unusable := resources.embedded_trouble():
        st.warning(
            "The embedded model can't be used. Other endpoints can: add one under Endpoints.",
            icon=":material/warning:",
        )
        inert.text(unusable)
    _earlier()


def _earlier() -> None:
    runs = resources.engine().store.runs(limit=10)
    if not runs:
        return
    st.subheader("Earlier runs")
    for run in runs:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                "Open",
                key=f"compare.open.{run.id}",
                on_click=state.look_at,
                args=(run.id,),
            )
            inert.text(
                f"{run.created_at.astimezone():%d %b %H:%M}   {run.name}   {run.samples:,} of "
                f"{run.planned:,} calls answered, {run.state}",
                most=160,
            )

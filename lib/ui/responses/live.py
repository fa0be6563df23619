"""How far a run is: counts, and while it goes on a way to look at what has come since."""

from __future__ import annotations

import streamlit as st

from lib.domain.errors import StoreError
from lib.engine.progress import Snapshot
from lib.ui import inert, resources

POLL_S = 2.0


def counted(snapshot: Snapshot) -> str:
    """What became of the planned calls, in numbers."""
    planned, answered = len(snapshot.slots), snapshot.done
    failed = len(snapshot.failures)
    words = [f"{answered:,} of {planned:,} planned calls answered"]
    if failed:
        words.append(f"{failed:,} without an answer")
    if rest := planned - answered - failed:
        words.append(f"{rest:,} {'still to come' if snapshot.running else 'never made'}")
    return f"{', '.join(words)}."


def draw(snapshot: Snapshot) -> None:
    """Say that the run goes on, and what has come since the list was made.

    The list stays as it is until the visitor asks for more: rows that move away under the pointer
    can't be clicked.
    """
    _since(snapshot.run, snapshot.done + len(snapshot.failures))


@st.fragment(run_every=POLL_S)
def _since(run: str, shown: int) -> None:
    try:
        snapshot = resources.engine().snapshot(run)
    except StoreError as error:  # it is tried again with the next look
        st.error("How far the run is can't be read.", icon=":material/error:")
        inert.text(str(error))
        return
    if snapshot is None or not snapshot.running:
        st.rerun()
        return
    new = snapshot.done + len(snapshot.failures) - shown
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"The run goes on: {counted(snapshot)}", width="content")
        if st.button(
            f"Show {new:,} more" if new > 0 else "Nothing new yet",
            icon=":material/refresh:",
            key="responses.refresh",
            disabled=new <= 0,
        ):
            st.rerun()

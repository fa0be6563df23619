"""A call under way: what has arrived of it, that it has no finish reason yet, and Stop."""

from __future__ import annotations

import streamlit as st

from lib.conversation.turns import Call
from lib.engine.progress import Snapshot
from lib.providers.stream_pieces import pieces
from lib.ui import inert, resources
from lib.ui.conversation import runs

POLL_S = 0.3
MOST_GROWING = 3


@st.fragment(run_every=POLL_S)
def draw(run: str, purpose: str) -> None:
    """Redraw a call under way; hand over to the page when it has ended."""
    found = runs.snapshot(run)
    if found is None or not found.running:
        st.rerun()
    else:
        _progress(found, purpose)


def _progress(found: Snapshot, purpose: str) -> None:
    planned = len(found.slots)
    what = "A summary of the earlier turns" if purpose == "summary" else "The answer"
    many = "" if planned == 1 else f" {found.done:,} of {planned:,} are there."
    with st.container(border=True):
        st.progress(found.done / planned, f"{what} is being made.{many}")
        for body in found.arriving[:MOST_GROWING]:
            so_far = pieces(body)
            if so_far:
                inert.text("".join(each.text for each in so_far))
        st.caption(_reason(found), width="content")
        if found.paused_s:
            st.caption(f"The endpoint asks to wait {found.paused_s:.0f} s.")
        for warning in found.warnings:
            inert.text(warning)
        for failure in list(found.failures.values())[:1]:
            inert.text(f"A try failed and is made again: {failure}")
        st.button(
            "Stop",
            icon=":material/stop:",
            key="conversation.stop",
            on_click=resources.engine().stop,
            args=(found.run,),
            disabled=found.state == "stopping",
            help="What arrives within five seconds is kept.",
        )


def _reason(found: Snapshot) -> str:
    """Why there is no finish reason: with what has arrived, where that can be seen."""
    growing = [pieces(body) for body in found.arriving]
    if not any(growing):
        return "`finish_reason: null`: nothing has arrived yet"
    many = sum(map(len, growing))
    return f"`finish_reason: null`: {many:,} pieces have arrived, and it goes on"


def under_way(calls: tuple[Call, ...]) -> list[Call]:
    """The calls that are being made now."""
    return [
        each
        for each in calls
        if not each.settled and (found := runs.snapshot(each.run)) is not None and found.running
    ]

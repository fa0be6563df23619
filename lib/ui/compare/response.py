"""One sample whole, in a dialog over the comparison."""

from __future__ import annotations

import streamlit as st

from lib.engine.progress import Snapshot
from lib.ui import inert
from lib.ui.responses import opening
from lib.ui.sample import whole

_OPEN = "state.open_sample"


def open_sample(slot_id: int) -> None:
    """Show this sample when the page is drawn next."""
    st.session_state[_OPEN] = slot_id


def draw_open(snapshot: Snapshot) -> None:
    """Show the sample that was asked for, if one was."""
    slot_id = st.session_state.pop(_OPEN, None)
    slots = {slot.id: slot for slot in snapshot.slots}
    if slot_id in slots:
        _dialog(
            snapshot, [slot.id for slot in snapshot.slots if slot.id in _shown(snapshot)], slot_id
        )


def _shown(snapshot: Snapshot) -> set[int]:
    return {*snapshot.samples, *snapshot.failures}


@st.dialog("Request and response", width="large")
def _dialog(snapshot: Snapshot, order: list[int], first: int) -> None:
    number = {slot.id: slot.number for slot in snapshot.slots}
    same = [each for each in order if number[each] == number[first]]
    at = st.session_state.setdefault(f"state.dialog.{first}", same.index(first))
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Previous", icon=":material/chevron_left:", shortcut="k", disabled=at == 0):
            at -= 1
        if st.button(
            "Next", icon=":material/chevron_right:", shortcut="j", disabled=at >= len(same) - 1
        ):
            at += 1
        st.session_state[f"state.dialog.{first}"] = at
        slot = next(slot for slot in snapshot.slots if slot.id == same[at])
        inert.text(f"Sample {slot.name}, {slot.configuration.name}", most=120)
        st.space("stretch")
        if st.button(
            "All responses",
            icon=":material/data_object:",
            type="tertiary",
            help="Opens this sample on the Responses page, among all samples of the run.",
        ):
            opening.show(snapshot.run, sample=slot.name)
    one = whole.load(snapshot, slot)
    if one is not None:
        whole.draw(one, key="state.dialog.whole")

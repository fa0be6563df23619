"""A note on a sample: written where the sample is shown, kept in the store when it changes."""

from __future__ import annotations

import streamlit as st

from lib.domain.errors import LabError
from lib.store.sample_notes import MOST_CHARACTERS
from lib.ui import inert, resources, trouble


def edit(slot_id: int) -> None:
    """Draw the note on a sample, to be changed."""
    key = f"sample.note.{slot_id}"
    if key not in st.session_state:
        try:
            st.session_state[key] = resources.engine().store.note(slot_id)
        except LabError as error:
            inert.text(f"Notes can't be read. {error}")
            return
    st.text_area(
        "Note",
        key=key,
        height=68,
        max_chars=MOST_CHARACTERS,
        on_change=_keep,
        args=(slot_id, key),
        placeholder="What do you make of it? Kept with the run.",
    )
    if why := trouble.said(key):
        inert.text(f"The note was not kept. {why}")


def _keep(slot_id: int, key: str) -> None:
    with trouble.kept(key):
        resources.engine().store.write_note(slot_id, st.session_state[key] or "")

"""A note on a run, and its tags: kept as soon as the field is left."""

from __future__ import annotations

import streamlit as st

from lib.store.history import Entry
from lib.store.run_notes import RunNote
from lib.store.sample_notes import MOST_CHARACTERS
from lib.ui import inert, resources, trouble


def draw(entry: Entry) -> None:
    """Draw both fields."""
    run = entry.summary.id
    note_key, tags_key = f"history.note.{run}", f"history.tags.{run}"
    left, right = st.columns([2, 1], gap="medium")
    with left:
        st.text_area(
            "Note",
            entry.note.text,
            key=note_key,
            height=80,
            max_chars=MOST_CHARACTERS,
            on_change=_keep,
            args=(run,),
            placeholder="What was it for?",
        )
    with right:
        st.text_input(
            "Tags",
            ", ".join(entry.note.tags),
            key=tags_key,
            on_change=_keep,
            args=(run,),
            placeholder="baseline, before update",
            help="Parted by commas. The list can be narrowed to one.",
        )
    with st.container():
        if why := trouble.said(f"history.note.{run}"):
            inert.text(f"Not kept. {why}")


def _keep(run: str) -> None:
    note = st.session_state[f"history.note.{run}"] or ""
    tags = (st.session_state[f"history.tags.{run}"] or "").split(",")
    with trouble.kept(f"history.note.{run}"):
        resources.engine().store.write_run_note(run, RunNote(inert.visible(note), tuple(tags)))

"""The empty page: what it is for, and examples that show it in a minute."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import streamlit as st

from lib.ui import resources
from lib.ui.conversation import examples, kept, lanes
from lib.ui.conversation.kept import Open


def draw(opened: Open) -> None:
    """Draw it."""
    st.info(
        "A model remembers nothing. It seems to, because every call sends the earlier turns again. "
        "Say something below and look at what is sent, or take an example.",
        icon=":material/forum:",
    )
    free = resources.embedded_trouble() is None
    grid = st.grid(2, min_column_width=240, border=True)
    with grid.cell():
        st.markdown("**Does it remember my dog?**")
        st.caption(
            "Two turns, with the history and without: what is the dog called? Four calls to the "
            "model on this machine."
        )
        if st.button(
            "Show it",
            type="primary",
            icon=":material/play_arrow:",
            key="conversation.example.memory",
            disabled=not free,
        ):
            opened.later(partial(_memory, opened))
    with grid.cell():
        st.markdown("**A conversation that overflows**")
        st.caption(
            "Long turns, written beforehand, fill the context window. Ask one more question: see "
            "what is refused, and what each way to manage context leaves out."
        )
        if st.button(
            "Open it",
            icon=":material/expand:",
            key="conversation.example.overflow",
        ):
            opened.later(_overflow)


def _memory(opened: Open) -> None:
    opened.put(replace(opened.options, asking=examples.asking()))
    lanes.begin(opened, examples.MEMORY_TURNS, examples.MEMORY_WAYS, examples.MEMORY_PREFILL)


def _overflow() -> None:
    kept.begin(examples.overflowing())

"""Earlier conversations: how each begins, and a way back to it."""

from __future__ import annotations

import streamlit as st

from lib.ui import inert
from lib.ui.conversation import kept
from lib.ui.conversation.kept import Open

MOST = 12


def draw(opened: Open) -> None:
    """Draw the menu. Its files are read only while it is open."""
    place = st.popover(
        "Earlier",
        icon=":material/history:",
        key="conversation.earlier",
        type="tertiary",
        on_change="rerun",
    )
    if not place.open:
        return
    with place:
        others = [each for each in kept.earlier(MOST + 1) if each[0] != opened.id][:MOST]
        if not others:
            st.caption("There are no others yet.")
        for id_, beginning in others:
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                if st.button("Open", key=f"conversation.earlier.{id_}"):
                    kept.go_on_with(id_)
                    st.rerun()
                inert.text(" ".join(beginning.split()), most=70)

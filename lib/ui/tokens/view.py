"""The Tokens page: a heading, a choice of views, and the view that was chosen."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from lib.ui.tokens import along, answer, lab, tree
from lib.ui.tokens.context import TURN_TO

VIEWS: dict[str, Callable[[], None]] = {
    "Next token": lab.draw,
    "One answer": answer.draw,
    "Where answers part": tree.draw,
    "Along the answers": along.draw,
}
"""By what they are called."""
FIRST = "Next token"


def render() -> None:
    """Draw the view that is chosen."""
    st.header("Tokens")
    wanted = st.session_state.pop(TURN_TO, None)
    if wanted in VIEWS or "tokens.view" not in st.session_state:
        st.session_state["tokens.view"] = wanted or FIRST
    chosen = st.segmented_control(
        "View",
        list(VIEWS),
        required=True,
        key="tokens.view",
        label_visibility="collapsed",
        persist_state="session",
    )
    VIEWS[chosen or FIRST]()
    if lab.settle():
        st.rerun()

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
ABOUT = {
    "Next token": "A model writes one token at a time: a word, a part of one, or a mark. See how "
    "likely each token is to come next, and what sampling settings make of that.",
    "One answer": "One answer, token by token: how likely each was, and what else could have come.",
    "Where answers part": "Answers to the same question begin alike and then part. See where, and "
    "how many go which way.",
    "Along the answers": "All configurations of a run together: how soon their answers part, and "
    "how open the next token is at each place.",
}
"""What a newcomer sees there."""


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
    st.caption(ABOUT[chosen or FIRST])
    VIEWS[chosen or FIRST]()
    if lab.settle():
        st.rerun()

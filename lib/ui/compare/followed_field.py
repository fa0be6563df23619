"""A text field that the lab may write anew, while somebody types in the field beside it."""

from __future__ import annotations

from typing import Any

import streamlit as st


def draw(place: Any, label: str, says: str, *, key: str, **options: Any) -> str:
    """Draw it; returns what it says now.

    A field that is made anew takes the keyboard away. So this one stays, and what the lab says is
    put in when it has changed, and only then: what somebody typed is not written over.
    """
    written = f"{key}.written"
    if key not in st.session_state or st.session_state.get(written) != says:
        st.session_state[key] = st.session_state[written] = says
    typed: str | None = place.text_input(label, key=key, max_chars=200, **options)
    return typed or ""

"""The view for a projector: large type, the editor folded, results first. `?projector=1` asks it.

It is a choice of this visitor, not of the server's settings: so the size is set on the page, and
everything else follows, as Streamlit measures in `rem`.
"""

from __future__ import annotations

import streamlit as st

PARAMETER = "projector"
SCALE = 1.375
"""How much larger than usual: 22 px for what has 16 else."""

_KEY = "state.projector"


def on() -> bool:
    """Whether this visitor wants the projector's view."""
    if _KEY not in st.session_state:
        st.session_state[_KEY] = st.query_params.get(PARAMETER) == "1"
    return bool(st.session_state[_KEY])


def scale() -> float:
    """By how much charts are to enlarge their text."""
    return SCALE if on() else 1.0


def apply() -> None:
    """Size the page, and keep the address in line: the links of the bar drop its parameters."""
    if on():
        if st.query_params.get(PARAMETER) != "1":
            st.query_params[PARAMETER] = "1"
        st.html("<style>:root { font-size: 22px !important; }</style>")
    elif PARAMETER in st.query_params:
        del st.query_params[PARAMETER]


def switch() -> None:
    """Draw the menu that turns it on and off."""
    with st.popover("View", icon=":material/visibility:"):
        wanted = st.toggle(
            "Projector",
            value=on(),
            key="projector.switch",
            help="Large type, the editor folded, results first. Also with ?projector=1 in the "
            "address.",
        )
    if wanted != on():
        st.session_state[_KEY] = wanted
        st.rerun()  # the whole page, also where this is drawn in a part of it

"""The shell around every page: its settings and the navigation."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from lib.ui import projector

_LOGO = Path(__file__).with_name("logo.svg")
_READY = "shell.ready"


def main() -> None:
    """Set the page up, show the navigation, and run the page that is asked for."""
    st.session_state[_READY] = True
    # Before the navigation: it would make a page's icon the tab's, and fetch that from Google.
    st.set_page_config(page_icon="🎲", layout="wide")
    page = st.navigation(
        [
            st.Page("pages/compare.py", title="Compare", icon=":material/compare:", default=True),
            st.Page("pages/responses.py", title="Responses", icon=":material/data_object:"),
            st.Page("pages/tokens.py", title="Tokens", icon=":material/toll:"),
            st.Page("pages/conversation.py", title="Conversation", icon=":material/forum:"),
            st.Page("pages/history.py", title="History", icon=":material/history:"),
            st.Page("pages/endpoints.py", title="Endpoints", icon=":material/dns:"),
        ],
        position="top",
    )
    st.set_page_config(page_title=f"{page.title} · Sampling Lab")
    st.logo(str(_LOGO), size="large")
    page.run()


def ensure() -> None:
    """What every page begins with: the shell, if it was reached without it, and the view's size.

    Until a process has seen `st.navigation` once, Streamlit runs a page's file alone when its
    address is opened directly: without settings, title and navigation.
    """
    if _READY not in st.session_state:
        main()
        st.stop()
    projector.apply()

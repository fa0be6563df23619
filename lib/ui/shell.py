"""The shell around every page: its settings and the navigation."""

from __future__ import annotations

import streamlit as st

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
        ],
        position="top",
    )
    st.set_page_config(page_title=f"{page.title} · Sampling Lab")
    page.run()


def ensure() -> None:
    """Start the shell if a page was reached without it.

    Until a process has seen `st.navigation` once, Streamlit runs a page's file alone when its
    address is opened directly: without settings, title and navigation.
    """
    if _READY not in st.session_state:
        main()
        st.stop()

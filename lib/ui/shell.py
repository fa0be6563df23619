"""The shell around every page: its settings and the navigation."""

from __future__ import annotations

import streamlit as st

_READY = "shell.ready"


def main() -> None:
    """Set the page up, show the navigation, and run the page that is asked for."""
    st.session_state[_READY] = True
    st.set_page_config(page_title="Compare · Sampling Lab", page_icon="🎲", layout="wide")
    st.navigation(
        [st.Page("pages/compare.py", title="Compare", icon=":material/compare:", default=True)],
        position="top",
    ).run()


def ensure() -> None:
    """Start the shell if a page was reached without it.

    Until a process has seen `st.navigation` once, Streamlit runs a page's file alone when its
    address is opened directly: without settings, title and navigation.
    """
    if _READY not in st.session_state:
        main()
        st.stop()

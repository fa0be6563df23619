"""Why what was asked for was not done: said beside it until it is asked for again.

Not once alone: a redraw that another one breaks off would have said it to nobody.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from lib.domain.errors import LabError
from lib.ui import inert


@contextmanager
def kept(name: str) -> Iterator[None]:
    """Forget what was said, and keep a `LabError` from inside, which ends there, to be said.

    Args:
        name: of what is asked for.
    """
    forget(name)
    try:
        yield
    except LabError as error:
        st.session_state[_key(name)] = str(error)


def forget(name: str) -> None:
    """Say nothing of it any more."""
    st.session_state.pop(_key(name), None)


def said(name: str) -> str:
    """Why it was not done last time; `""` if it was."""
    return str(st.session_state.get(_key(name), ""))


def draw(name: str, says: str) -> None:
    """Draw what was not done, and why, if it wasn't. In a place of its own: fields below stay."""
    with st.container():
        if why := said(name):
            st.error(says, icon=":material/error:")
            inert.text(why)


def _key(name: str) -> str:
    return f"trouble.{name}"

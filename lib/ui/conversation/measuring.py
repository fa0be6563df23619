"""Measure a part of the system message: with it against without it, as an experiment on Compare."""

from __future__ import annotations

from functools import partial

import streamlit as st

from lib.conversation import experiments
from lib.conversation.document import Options
from lib.conversation.memory import select
from lib.conversation.sending import pieces
from lib.conversation.turns import Turn
from lib.domain.message import Message
from lib.ui import state
from lib.ui.compare import system_parts
from lib.ui.conversation.kept import Open

PAGE = "pages/compare.py"
REPEATS = 20
_WANTED = "conversation.to_compare"
_FIRST = "Hello. What can you do for me?"


def buttons(opened: Open) -> None:
    """Draw a button for each part that is on and says something."""
    parts = opened.parts or {}
    there = [
        name
        for name in system_parts.PARTS
        if name in parts and system_parts.assembled({name: parts[name]})
    ]
    with st.container(horizontal=True, gap="small"):
        for name in there:
            title = system_parts.PARTS[name][0]
            st.button(
                f"Measure {title.lower()}",
                icon=":material/labs:",
                key=opened.key(f"measure.{name}"),
                type="tertiary",
                on_click=opened.later,
                args=(partial(_measure, opened, name),),
                help=f"Opens Compare with this conversation as it is, with {title.lower()} against "
                "without. Nothing is sent before you press Run there.",
            )


def _measure(opened: Open, name: str) -> None:
    title = system_parts.PARTS[name][0]
    parts = opened.parts or {}
    without = {other: each for other, each in parts.items() if other != name}
    branch = opened.branch
    asked = {
        f"with {title.lower()}": _array(branch, opened.options, system_parts.assembled(parts)),
        f"without {title.lower()}": _array(branch, opened.options, system_parts.assembled(without)),
    }
    to_compare(
        experiments.draft(
            opened.options.asking,
            asked,
            name=f"What the {title.lower()} does",
            repeats=REPEATS,
        )
    )


def _array(branch: tuple[Turn, ...], options: Options, system: str) -> tuple[Message, ...]:
    """The branch up to its last user's turn, under a system message."""
    asked = branch[: _last_user(branch) + 1]
    kept = select(asked, options.memory, fits=lambda _: True)
    found = tuple(each.message for each in pieces(kept, system=system))
    return found if asked else (*found, Message("user", _FIRST))


def _last_user(branch: tuple[Turn, ...]) -> int:
    return max((i for i, each in enumerate(branch) if each.role == "user"), default=-1)


def to_compare(document: dict[str, object]) -> None:
    """Put an experiment into the editor of Compare, and turn there when the page has been drawn."""
    state.draft().replace(document)
    state.look_at(None)
    st.session_state[_WANTED] = True


def follow() -> None:
    """Turn to Compare, if that was asked for. Not in a callback: there the pages aren't known."""
    if st.session_state.pop(_WANTED, False):
        st.switch_page(PAGE, query_params={"draft": state.draft().id})

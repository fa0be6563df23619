"""What can be done with a turn: edit, delete, branch, ask again, look at its response."""

from __future__ import annotations

from functools import partial

import streamlit as st

from lib.conversation.turns import Turn
from lib.ui.conversation import asking
from lib.ui.conversation.kept import Open
from lib.ui.responses import opening

RESAMPLED = 5
_CLOSING = "conversation.menu.closing"


def menu(opened: Open, turn: Turn) -> None:
    """Draw the menu of a turn."""
    place = st.popover(
        "Change",
        icon=":material/more_horiz:",
        type="tertiary",
        key=menu_key(turn),
        on_change="rerun",  # its widgets are drawn only while it is open: a turn has many
    )
    if place.open:
        with place:
            _edit_text(opened, turn)
            _place(opened, turn)
            _again(opened, turn)
            _response(turn)


def menu_key(turn: Turn) -> str:
    """The key of a turn's menu: whether it is open stands under it."""
    return f"conversation.menu.{turn.id}"


def _edit_text(opened: Open, turn: Turn) -> None:
    key = opened.key(f"turn.{turn.id}")
    text = st.text_area("Text of this turn", value=turn.text, key=f"{key}.text", height=120)
    if st.button(
        "Keep the change",
        icon=":material/edit:",
        key=f"{key}.edit",
        help="From now on this is what is sent. The turns after it stay as they are: they were "
        "answers to the earlier text. The response in the store is not changed.",
    ):
        opened.later(partial(_edit, opened, turn, text or ""))


def _place(opened: Open, turn: Turn) -> None:
    key = opened.key(f"turn.{turn.id}")
    with st.container(horizontal=True, gap="small"):
        if st.button(
            "Branch from here",
            icon=":material/fork_right:",
            key=f"{key}.branch",
            help="The next message comes after this turn. What comes after it now stays, as "
            "another branch.",
        ):
            opened.later(partial(_turn_to, opened, turn))
        if st.button(
            "Delete",
            icon=":material/delete:",
            key=f"{key}.delete",
            help="Takes this turn out of the conversation. Undo brings it back.",
        ):
            opened.later(partial(_delete, opened, turn))


def _response(turn: Turn) -> None:
    if turn.run is not None and st.button(
        "Open in Responses",
        icon=":material/data_object:",
        key=f"conversation.response.{turn.id}",
        help="The whole request and response of this turn.",
    ):
        opening.show(turn.run, sample=turn.sample)


def _again(opened: Open, turn: Turn) -> None:
    at = turn.id if turn.role == "user" else turn.parent
    if at is None:
        return
    key = opened.key(f"turn.{turn.id}")
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        repeats = st.number_input(
            "Answers",
            value=RESAMPLED,
            min_value=1,
            max_value=100,
            step=1,
            key=f"{key}.repeats",
            width=110,
        )
        if st.button(
            "Ask again here",
            icon=":material/casino:",
            key=f"{key}.again",
            help="Sends the messages up to here so many times, and you choose which answer to "
            "carry on with. The answer that is there stays, as another branch.",
        ):
            opened.later(partial(_resample, opened, turn, at, int(repeats)))


def _edit(opened: Open, turn: Turn, text: str) -> None:
    _close(turn)
    opened.change_turns(lambda now: now.edit(turn.id, text))


def _delete(opened: Open, turn: Turn) -> None:
    _close(turn)
    opened.change_turns(lambda now: now.delete(turn.id))


def _turn_to(opened: Open, turn: Turn) -> None:
    _close(turn)
    opened.turn_to(turn.id)


def _resample(opened: Open, turn: Turn, at: int, repeats: int) -> None:
    _close(turn)
    opened.turn_to(at)
    asking.ask(opened, at, repeats=repeats, prefill=turn.prefill)


def _close(turn: Turn) -> None:
    st.session_state[_CLOSING] = menu_key(turn)


def closed() -> None:
    """Close the menu in which something was chosen, before it is drawn again."""
    key = st.session_state.pop(_CLOSING, None)
    if key is not None:
        st.session_state[key] = False

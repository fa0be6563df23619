"""Moving, doubling and removing configurations, in the grid and in the form alike."""

from __future__ import annotations

from functools import partial
from typing import Any, Literal

import streamlit as st

from lib.ui import inert
from lib.ui.compare import naming
from lib.ui.state import Draft

Action = Literal["up", "down", "duplicate", "remove"]

_ACTIONS: tuple[tuple[Action, str, str], ...] = (
    ("up", ":material/arrow_upward:", "Move up"),
    ("down", ":material/arrow_downward:", "Move down"),
    ("duplicate", ":material/content_copy:", "Duplicate"),
    ("remove", ":material/delete:", "Remove. Undo brings it back."),
)
_SHORT: dict[Action, str] = {"up": "Up", "down": "Down", "duplicate": "Copy", "remove": "Remove"}
_CHOSEN = "state.arranged"
"""The place of the one that was moved last: the menu stays with it."""


def menu(draft: Draft, configurations: list[dict[str, Any]]) -> None:
    """Draw the menu of the grid: choose a configuration, and what to do with it."""
    with st.popover("Arrange", icon=":material/swap_vert:", disabled=not configurations):
        index = (
            None
            if not configurations
            else st.selectbox(
                "Configuration",
                range(len(configurations)),
                format_func=lambda each: inert.shortened(
                    str(configurations[each].get("name") or f"Configuration {each + 1}"), 60
                ),
                index=min(int(st.session_state.get(_CHOSEN, 0)), len(configurations) - 1),
                key=draft.key("arrange"),
            )
        )
        if index is not None:
            with st.container(horizontal=True, gap="small"):
                for action, icon, helps in _ACTIONS:
                    if st.button(
                        helps.split(".")[0],
                        icon=icon,
                        key=draft.key(f"arrange.{action}"),
                        disabled=not _possible(action, index, len(configurations)),
                    ):
                        draft.later(partial(_change, draft, index, action))


def buttons(draft: Draft, index: int) -> None:
    """Draw the same as small buttons beside a configuration of the form."""
    count = len(draft.base.get("configurations", []))
    for action, icon, helps in _ACTIONS:
        if st.button(
            f"{_SHORT[action]} {index + 1}",  # all of it is what a screen reader has
            icon=icon,
            key=draft.column_key(f"form.{index}.{action}"),
            type="tertiary",
            help=f"{helps} (configuration {index + 1})",
            disabled=not _possible(action, index, count),
        ):
            draft.later(partial(_change, draft, index, action))


def add(draft: Draft) -> None:
    """Add a copy of the last configuration."""
    kept = list(draft.document.get("configurations", []))
    copy = _copy(kept[-1], kept) if kept else {"name": "Configuration 1", "endpoint": "local"}
    _put(draft, [*kept, copy])


def _possible(action: Action, index: int, count: int) -> bool:
    return not (action == "up" and index == 0) and not (action == "down" and index >= count - 1)


def _change(draft: Draft, index: int, action: Action) -> None:
    kept = list(draft.document.get("configurations", []))
    if index >= len(kept):
        return  # it was removed in the grid just now
    one = kept.pop(index)
    chosen = index
    if action == "up":
        chosen = index - 1
        kept.insert(chosen, one)
    elif action == "down":
        chosen = index + 1
        kept.insert(chosen, one)
    elif action == "duplicate":
        kept[index:index] = [one, _copy(one, [*kept, one])]
    if kept:
        st.session_state[_CHOSEN] = min(chosen, len(kept) - 1)
    _put(draft, kept)


def _put(draft: Draft, configurations: list[dict[str, Any]]) -> None:
    before = draft.document.get("configurations", [])
    name = naming.experiment_name(str(draft.document.get("name", "")), before, configurations)
    draft.replace({**draft.document, "name": name, "configurations": configurations})


def _copy(one: dict[str, Any], others: list[dict[str, Any]]) -> dict[str, Any]:
    taken = {str(each.get("name", "")) for each in others}
    return {**one, "name": naming.another(str(one.get("name") or "Configuration"), taken)}

"""The turns of a conversation, editable: the experiment's own, or those of one configuration."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from lib.ui.state import Draft

Turn = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """Where messages stand in a draft."""

    draft: Draft
    key: Callable[[str], str]
    """Of a widget in it."""
    now: Callable[[], list[Turn]]
    """The messages, with the system message, as they are on the screen now."""
    put: Callable[[list[Turn]], None]
    """Puts others in their place; Undo takes it back."""
    label: Callable[[str], str] = str
    """What a field is called here."""


def split(messages: list[Turn]) -> tuple[Turn | None, list[Turn]]:
    """The system message, if there is one, and the turns after it."""
    first = messages[0]["role"] if messages else None
    return (messages[0], messages[1:]) if first in {"system", "developer"} else (None, messages)


def edit(place: Place, turns: list[Turn]) -> list[Turn]:
    """Draw the turns, and buttons that move, remove and add them; returns them as they are now."""
    edited = [
        _turn(place, index, turn, last=index == len(turns) - 1, only=len(turns) == 1)
        for index, turn in enumerate(turns)
    ]
    with st.container(horizontal=True, gap="small"):
        for role in ("user", "assistant"):
            if st.button(
                f"Add {role} turn",
                icon=":material/add:",
                key=place.key(f"add.{role}"),
                type="tertiary",
            ):
                place.draft.later(partial(_add, place, role))
    return edited


def _turn(place: Place, index: int, turn: Turn, *, last: bool, only: bool) -> Turn:
    name = str(turn["role"]).capitalize()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall"):
        content = st.text_area(
            place.label(name if only else f"{name}, turn {index + 1}"),
            value=turn["content"],
            key=place.key(f"turn.{index}"),
            height=96,
        )
        if not only:
            _buttons(place, index, last=last)
    return {"role": turn["role"], "content": content or ""}


def _buttons(place: Place, index: int, *, last: bool) -> None:
    with st.container(width="content", gap=None):
        for action, icon, helps, disabled in (
            ("up", ":material/arrow_upward:", "Move this turn up", index == 0),
            ("down", ":material/arrow_downward:", "Move this turn down", last),
            ("remove", ":material/delete:", "Remove this turn. Undo brings it back.", False),
        ):
            if st.button(
                f"{action.capitalize()} {index + 1}",  # all of it is what a screen reader has
                icon=icon,
                key=place.key(f"turn.{index}.{action}"),
                help=helps,
                type="tertiary",
                disabled=disabled,
            ):
                place.draft.later(partial(_change, place, index, action))


def _change(place: Place, index: int, action: str) -> None:
    system, turns = split(list(place.now()))
    turn = turns.pop(index)
    if action == "up":
        turns.insert(index - 1, turn)
    elif action == "down":
        turns.insert(index + 1, turn)
    place.put([*([system] if system else []), *turns])


def _add(place: Place, role: str) -> None:
    place.put([*place.now(), {"role": role, "content": ""}])

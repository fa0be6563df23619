"""The messages: system, user and assistant turns, and a prefill."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from lib.ui.compare import system_parts
from lib.ui.state import Draft

_SYSTEM_HELP = (
    "Standing instructions that come before the conversation. Left empty, no system message is "
    "sent: not even the one that the embedded model's own template would add."
)
_PREFILL_HELP = (
    "The beginning of the answer. A model that takes a prefill goes on from here, so it fixes the "
    "format and skips the preamble. Some servers answer it as a turn of its own; OpenAI's do."
)

Turn = dict[str, Any]


def edit(draft: Draft) -> dict[str, Any]:
    """Draw the editor of the draft's messages; returns `messages` and `prefill` as they are now."""
    system, turns = split(draft.base.get("messages", []))
    said = _system(draft, system)
    messages = [
        _turn(draft, index, turn, last=index == len(turns) - 1, only=len(turns) == 1)
        for index, turn in enumerate(turns)
    ]
    if said:
        messages.insert(0, {"role": system["role"] if system else "system", "content": said})
    _add_buttons(draft)
    prefill = st.text_area(
        "Assistant prefill (optional)",
        value=draft.base.get("prefill", ""),
        key=draft.key("prefill"),
        height=68,
        help=_PREFILL_HELP,
        placeholder="The answer starts from nothing",
    )
    return {"messages": messages, "prefill": prefill or ""}


def split(messages: list[Turn]) -> tuple[Turn | None, list[Turn]]:
    """The system message, if there is one, and the turns after it."""
    first = messages[0]["role"] if messages else None
    return (messages[0], messages[1:]) if first in {"system", "developer"} else (None, messages)


def _system(draft: Draft, system: Turn | None) -> str:
    in_parts = st.toggle(
        "System message in parts",
        value=draft.parts is not None,
        key=draft.key("system.in_parts"),
        help="Persona, scope, format, background and safety rails, each of which can be switched "
        "off: run both, and see what a part does.",
    )
    if in_parts:
        if draft.parts is None:
            now = split(draft.document.get("messages", []))[0]  # not as it was first drawn
            draft.parts = system_parts.taken_apart(now["content"] if now else "")
        return system_parts.edit(draft)
    if draft.parts is not None:
        whole = system_parts.assembled(draft.parts)
        draft.later(lambda: _as_one_text(draft, whole))
        return whole
    said = st.text_area(
        "System",
        value=system["content"] if system else "",
        key=draft.key("system"),
        height=68,
        help=_SYSTEM_HELP,
        placeholder="No system message",
    )
    return said or ""


def _as_one_text(draft: Draft, whole: str) -> None:
    draft.parts = None
    kept = split(draft.document.get("messages", []))[1]
    first = [{"role": "system", "content": whole}] if whole else []
    draft.replace({**draft.document, "messages": [*first, *kept]})


def _turn(draft: Draft, index: int, turn: Turn, *, last: bool, only: bool) -> Turn:
    name = str(turn["role"]).capitalize()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall"):
        content = st.text_area(
            name if only else f"{name}, turn {index + 1}",
            value=turn["content"],
            key=draft.key(f"turn.{index}"),
            height=96,
        )
        if not only:
            _turn_buttons(draft, index, last=last)
    return {"role": turn["role"], "content": content or ""}


def _turn_buttons(draft: Draft, index: int, *, last: bool) -> None:
    with st.container(width="content", gap=None):
        for action, icon, helps, disabled in (
            ("up", ":material/arrow_upward:", "Move this turn up", index == 0),
            ("down", ":material/arrow_downward:", "Move this turn down", last),
            ("remove", ":material/delete:", "Remove this turn. Undo brings it back.", False),
        ):
            if st.button(
                "",
                icon=icon,
                key=draft.key(f"turn.{index}.{action}"),
                help=helps,
                type="tertiary",
                disabled=disabled,
            ):
                draft.later(partial(_change, draft, index, action))


def _change(draft: Draft, index: int, action: str) -> None:
    system, turns = split(list(draft.document.get("messages", [])))
    turn = turns.pop(index)
    if action == "up":
        turns.insert(index - 1, turn)
    elif action == "down":
        turns.insert(index + 1, turn)
    draft.replace({**draft.document, "messages": [*([system] if system else []), *turns]})


def _add_buttons(draft: Draft) -> None:
    with st.container(horizontal=True, gap="small"):
        for role in ("user", "assistant"):
            if st.button(
                f"Add {role} turn",
                icon=":material/add:",
                key=draft.key(f"add.{role}"),
                type="tertiary",
            ):
                draft.later(partial(_add, draft, role))


def _add(draft: Draft, role: str) -> None:
    messages = draft.document.get("messages", [])
    draft.replace({**draft.document, "messages": [*messages, {"role": role, "content": ""}]})

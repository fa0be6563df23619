"""The messages: system, user and assistant turns, and a prefill."""

from __future__ import annotations

from typing import Any

import streamlit as st

from lib.ui.state import Draft

_SYSTEM_HELP = (
    "Standing instructions that come before the conversation. Left empty, no system message is "
    "sent: not even the one that the embedded model's own template would add."
)
_PREFILL_HELP = (
    "The beginning of the answer. A model that takes a prefill goes on from here, so it fixes the "
    "format and skips the preamble. Some servers answer it as a turn of its own; OpenAI's do."
)


def edit(draft: Draft) -> dict[str, Any]:
    """Draw the editor of the draft's messages; returns `messages` and `prefill` as they are now."""
    turns = [dict(turn) for turn in draft.base.get("messages", [])]
    system = turns.pop(0) if turns and turns[0]["role"] in {"system", "developer"} else None
    said = st.text_area(
        "System",
        value=system["content"] if system else "",
        key=draft.key("system"),
        height=68,
        help=_SYSTEM_HELP,
        placeholder="No system message",
    )
    messages = [
        _turn(draft, index, turn, removable=len(turns) > 1) for index, turn in enumerate(turns)
    ]
    if said:
        messages.insert(0, {"role": system["role"] if system else "system", "content": said})
    _add_buttons(draft, messages)
    prefill = st.text_area(
        "Assistant prefill (optional)",
        value=draft.base.get("prefill", ""),
        key=draft.key("prefill"),
        height=68,
        help=_PREFILL_HELP,
        placeholder="The answer starts from nothing",
    )
    return {"messages": messages, "prefill": prefill or ""}


def _turn(draft: Draft, index: int, turn: dict[str, Any], *, removable: bool) -> dict[str, Any]:
    name = "User" if turn["role"] == "user" else "Assistant"
    with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall"):
        content = st.text_area(
            f"{name}, turn {index + 1}" if removable else name,
            value=turn["content"],
            key=draft.key(f"turn.{index}"),
            height=96,
        )
        if removable and st.button(
            "",
            icon=":material/delete:",
            key=draft.key(f"turn.{index}.remove"),
            help=f"Remove turn {index + 1}. Undo brings it back.",
            type="tertiary",
        ):
            _without(draft, index)
    return {"role": turn["role"], "content": content or ""}


def _without(draft: Draft, index: int) -> None:
    turns = draft.document.get("messages", [])
    first = 1 if turns and turns[0]["role"] in {"system", "developer"} else 0
    kept = [turn for place, turn in enumerate(turns) if place != first + index]
    draft.replace({**draft.document, "messages": kept})
    st.rerun()


def _add_buttons(draft: Draft, messages: list[dict[str, Any]]) -> None:
    with st.container(horizontal=True, gap="small"):
        for role in ("user", "assistant"):
            if st.button(
                f"Add {role} turn",
                icon=":material/add:",
                key=draft.key(f"add.{role}"),
                type="tertiary",
            ):
                added = {"role": role, "content": ""}
                draft.replace({**draft.document, "messages": [*messages, added]})
                st.rerun()

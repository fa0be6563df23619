"""The messages: system, user and assistant turns, and a prefill."""

from __future__ import annotations

from typing import Any

import streamlit as st

from lib.ui import inert
from lib.ui.compare import endpoints, prefills, system_parts, turns
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
    system, rest = turns.split(draft.base.get("messages", []))
    with st.container():
        said = _system(draft, system)
    messages = turns.edit(place(draft), rest)
    if said:
        messages.insert(0, {"role": system["role"] if system else "system", "content": said})
    prefill = st.text_area(
        "Assistant prefill (optional)",
        value=draft.base.get("prefill", ""),
        key=draft.key("prefill"),
        height=68,
        help=_PREFILL_HELP,
        placeholder="The answer starts from nothing",
    )
    with st.container():
        _told(draft, prefill)
    return {"messages": messages, "prefill": prefill or ""}


def _told(draft: Draft, prefill: str | None) -> None:
    if prefill:
        known = endpoints.named(draft.document)
        asked = [
            (known[name], str(each.get("model") or ""))
            for each in draft.document.get("configurations", [])
            if (name := str(each.get("endpoint"))) in known
        ]
        inert.text("\n".join(prefills.told(asked)))


def place(draft: Draft) -> turns.Place:
    """Of the messages that all configurations share."""
    return turns.Place(
        draft=draft,
        key=draft.key,
        now=lambda: list(draft.document.get("messages", [])),
        put=lambda messages: draft.replace({**draft.document, "messages": messages}),
    )


def _system(draft: Draft, system: turns.Turn | None) -> str:
    in_parts = st.toggle(
        "System message in parts",
        value=draft.parts is not None,
        key=draft.key("system.in_parts"),
        help="Persona, scope, format, background and safety rails, each of which can be switched "
        "off: run both, and see what a part does.",
    )
    if in_parts:
        if draft.parts is None:
            now = turns.split(draft.document.get("messages", []))[0]  # not as it was first drawn
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
    kept = turns.split(draft.document.get("messages", []))[1]
    first = [{"role": "system", "content": whole}] if whole else []
    draft.replace({**draft.document, "messages": [*first, *kept]})

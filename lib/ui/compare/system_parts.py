"""The system message in parts: each can be switched off, so that its effect can be measured."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import streamlit as st

from lib.ui import inert


class InParts(Protocol):
    """What has a system message in parts: a draft, a conversation."""

    parts: dict[str, dict[str, Any]] | None

    def key(self, name: str, /) -> str:
        """The key of a widget that edits it."""
        ...


PARTS = {
    "persona": ("Persona", "Who it is", "You are a patient science teacher."),
    "scope": ("Scope", "What it does, and what not", "Answer questions about the sea only."),
    "format": ("Format", "How answers look", "Answer in one sentence."),
    "background": ("Background", "What it should know", "The readers are twelve years old."),
    "safety": ("Safety rails", "What it must not do", "If you don't know, say so."),
}
"""Name, meaning and an example of each part, in the order in which they are put together."""


def assembled(parts: Mapping[str, Mapping[str, Any]]) -> str:
    """The system message that the switched-on parts make: one paragraph each."""
    texts = (
        str(parts[name].get("text", "")).strip()
        for name in PARTS
        if name in parts and parts[name].get("on")
    )
    return "\n\n".join(text for text in texts if text)


def taken_apart(text: str) -> dict[str, dict[str, Any]]:
    """The parts to begin with: a text that is there already becomes the persona."""
    return {name: {"on": True, "text": text if name == "persona" else ""} for name in PARTS}


def edit(draft: InParts) -> str:
    """Draw the parts, editable; returns the system message that they make."""
    parts = draft.parts or taken_apart("")
    now = {}
    for name, (title, meaning, example) in PARTS.items():
        part = parts.get(name, {"on": True, "text": ""})
        on = st.toggle(
            title,
            value=bool(part.get("on")),
            key=draft.key(f"part.{name}.on"),
            help=f"{meaning}. Switched off, it is kept here and not sent.",
        )
        text = st.text_area(
            f"{title} text",
            value=str(part.get("text", "")),
            key=draft.key(f"part.{name}.text"),
            height=68,
            label_visibility="collapsed",
            placeholder=f"{meaning}, such as: {example}",
            disabled=not on,
        )
        now[name] = {"on": on, "text": text or ""}
    draft.parts = now
    whole = assembled(now)
    st.caption("The system message that is sent")
    inert.block(whole or "(none)")
    return whole

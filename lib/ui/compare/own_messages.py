"""Messages or a prefill of one configuration alone."""

from __future__ import annotations

from typing import Any

import streamlit as st

from lib.ui.compare import turns
from lib.ui.state import Draft

_KINDS = {
    "shared": "as in all",
    "prefill": "own prefill",
    "messages": "own messages",
}


def kind(configuration: dict[str, Any]) -> str:
    """What a configuration has of its own."""
    if configuration.get("messages") is not None:
        return "messages"
    return "shared" if configuration.get("prefill") is None else "prefill"


def edit(draft: Draft, base: dict[str, Any], index: int) -> dict[str, Any]:
    """Draw the choice, and what belongs to it; returns the keys that the configuration gets."""
    place = _place(draft, index)
    chosen = st.segmented_control(
        "Messages",
        list(_KINDS),
        default=kind(base),
        required=True,
        format_func=_KINDS.__getitem__,
        key=place.key("kind"),
        help="A configuration may have its own messages or its own prefill, so that they are "
        "compared as settings are.",
    )
    if chosen == "shared":
        return {}
    own = {"messages": _messages(place, base)} if chosen == "messages" else {}
    prefill = st.text_area(
        "Its prefill", base.get("prefill") or "", key=place.key("prefill"), height=68
    )
    # Empty, it takes the shared prefill away; messages of its own have none of those anyway.
    return {**own, "prefill": prefill or ""} if prefill or chosen == "prefill" else own


def _messages(place: turns.Place, base: dict[str, Any]) -> list[turns.Turn]:
    """They begin as a copy of those that all share."""
    kept = base.get("messages") or place.draft.document.get("messages", [])
    system, rest = turns.split(kept)
    said = st.text_area(
        place.label("System"),
        value=system["content"] if system else "",
        key=place.key("system"),
        height=68,
        placeholder="No system message",
    )
    first = {"role": system["role"] if system else "system", "content": said}
    return [*([first] if said else []), *turns.edit(place, rest)]


def _place(draft: Draft, index: int) -> turns.Place:
    def columns() -> list[dict[str, Any]]:
        return list(draft.document.get("configurations", []))

    def put(messages: list[turns.Turn]) -> None:
        changed = columns()
        changed[index] = {**changed[index], "messages": messages}
        draft.replace({**draft.document, "configurations": changed})

    return turns.Place(
        draft=draft,
        key=lambda name: draft.column_key(f"form.{index}.own.{name}"),
        now=lambda: list(columns()[index].get("messages") or []),
        put=put,
        label=lambda name: f"Its {name.lower()}",
    )

"""Messages or a prefill of one configuration alone."""

from __future__ import annotations

import json
from typing import Any

import streamlit as st

from lib.domain.errors import InputError
from lib.domain.experiment_file import parse
from lib.ui import inert
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


def edit(draft: Draft, base: dict[str, Any], key: str) -> dict[str, Any]:
    """Draw the choice, and what belongs to it; returns the keys that the configuration gets."""
    chosen = st.segmented_control(
        "Messages",
        list(_KINDS),
        default=kind(base),
        required=True,
        format_func=_KINDS.__getitem__,
        key=f"{key}.kind",
        help="A configuration may have its own messages or its own prefill, so that they are "
        "compared as settings are.",
    )
    if chosen == "prefill":
        prefill = st.text_area(
            "Its prefill", base.get("prefill") or "", key=f"{key}.prefill", height=68
        )
        return {"prefill": prefill or ""}
    if chosen == "messages":
        return _messages(draft, base, key)
    return {}


def _messages(draft: Draft, base: dict[str, Any], key: str) -> dict[str, Any]:
    """As lines `role: content`: short to write, and a system message is one of them."""
    kept = base.get("messages") or draft.document.get("messages", [])
    text = st.text_area(
        "Its messages, one a line",
        "\n".join(f"{turn['role']}: {json.dumps(turn['content'])[1:-1]}" for turn in kept),
        key=f"{key}.messages",
        height=120,
        help="Each line is a role and its text, such as: user: Name a fruit. A line break inside "
        "a text is written \\n.",
    )
    turns = [_turn(line) for line in (text or "").splitlines() if line.strip()]
    try:
        parse({"messages": turns})
    except InputError as error:
        inert.text(str(error))
    prefill = {} if base.get("prefill") is None else {"prefill": base["prefill"]}
    return {"messages": turns, **prefill}


def _turn(line: str) -> dict[str, str]:
    role, _, content = line.partition(":")
    try:
        content = json.loads(f'"{content.strip()}"')
    except ValueError:
        content = content.strip()  # quotes that were typed as they are
    return {"role": role.strip(), "content": content}

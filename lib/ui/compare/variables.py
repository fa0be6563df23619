"""Template variables: what `{{name}}` in the messages stands for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import streamlit as st

from lib.domain.message import unfilled
from lib.ui.state import Draft


def named_in(texts: Iterable[str]) -> list[str]:
    """The variables that the texts use, in order of appearance."""
    return list(dict.fromkeys(name for text in texts for name in unfilled(text, {})))


def edit(draft: Draft, asked: dict[str, Any]) -> dict[str, str]:
    """Draw a field for each variable that the messages use; returns their values.

    Values of variables that are used no more are kept, as they may come back.
    """
    kept: dict[str, str] = dict(draft.document.get("variables", {}))
    texts = [str(message["content"]) for message in asked["messages"]] + [str(asked["prefill"])]
    own = [
        str(message["content"])
        for column in draft.document.get("configurations", [])
        for message in column.get("messages", [])
    ]
    names = named_in([*texts, *own])
    if not names:
        return kept
    st.caption("Variables, filled into `{{…}}`")
    grid = st.grid("auto", min_column_width=180)
    for name in names:
        kept[name] = (
            grid.text_input(
                name,
                value=str(draft.base.get("variables", {}).get(name, "")),
                key=draft.key(f"variable.{name}"),
            )
            or ""
        )
    return {name: value for name, value in kept.items() if value}  # an empty one is told

"""The sweep builder: one or two settings, each with a list or a range of values."""

from __future__ import annotations

from typing import Any

import streamlit as st

from lib.domain.errors import InputError
from lib.domain.experiment_file import document, parse
from lib.ui import inert
from lib.ui.compare import columns, ranges
from lib.ui.state import Draft

SWEPT = (*columns.SETTINGS, "model")


def draw(draft: Draft, edited: list[dict[str, Any]]) -> None:
    """Draw the builder in a popover. It replaces the configurations by the grid that it makes."""
    with st.popover("Sweep", icon=":material/grid_on:", type="tertiary"):
        st.caption(
            "Every combination becomes a configuration, laid over the first one that is there now."
        )
        first = _axis("First setting", "temperature", "0, 0.7, 1.3", draft, 1)
        second = _axis("Second setting", None, "", draft, 2)
        if not st.button("Make these configurations", key=draft.key("sweep.make")):
            return
        try:
            draft.replace(_swept(draft.document, edited, [first, second]))
        except InputError as error:
            inert.text(str(error))
        else:
            st.rerun()


def _axis(
    label: str, chosen: str | None, said: str, draft: Draft, number: int
) -> tuple[str | None, str]:
    with st.container(horizontal=True):
        setting = st.selectbox(
            label,
            SWEPT,
            index=None if chosen is None else SWEPT.index(chosen),
            placeholder="none",
            key=draft.key(f"sweep.{number}.setting"),
            width=180,
        )
        text = st.text_input(
            f"Values of the {label.split()[0].lower()} one",
            value=said,
            key=draft.key(f"sweep.{number}.values"),
            placeholder="0 to 2 step 0.5",
            width=220,
        )
    return setting, text or ""


def _swept(
    whole: dict[str, Any], edited: list[dict[str, Any]], axes: list[tuple[str | None, str]]
) -> dict[str, Any]:
    """The document with its first configuration swept, checked and expanded."""
    chosen = {setting: ranges.values(setting, text) for setting, text in axes if setting}
    if not chosen:
        raise InputError("Choose at least one setting.")
    base = {
        name: value
        for name, value in (edited[0] if edited else {}).items()
        if name not in chosen and name != "name"
    }
    # Its messages belong to a configuration of its own; as there is one alone, it is named by
    # what is swept.
    swept = {**whole, "configurations": [{"name": "", **base}], "sweep": chosen}
    return document(parse({key: value for key, value in swept.items() if value != ""}))

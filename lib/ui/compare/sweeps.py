"""The sweep builder: one or two settings, each with a list or a range of values."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from lib.domain.errors import InputError
from lib.domain.experiment_file import document, parse
from lib.ui import inert
from lib.ui.compare import columns, naming, ranges
from lib.ui.state import Draft

SWEPT = (*columns.SETTINGS, "model")


def draw(draft: Draft) -> None:
    """Draw the builder in a popover. It replaces the configurations by the grid that it makes."""
    # Its key goes with the version, and so it is closed once it has made something.
    menu = st.popover("Sweep", icon=":material/grid_on:", key=draft.key("sweep"), on_change="rerun")
    with menu:
        st.caption(
            "Every combination becomes a configuration, laid over the first one that is there now."
        )
        first = _axis("First setting", "temperature", "0, 0.7, 1.3", 1)
        second = _axis("Second setting", None, "", 2)
        if not st.button("Make these configurations", key=draft.key("sweep.make")):
            return
        try:
            chosen = _values([first, second])
        except InputError as error:
            inert.text(str(error))
        else:
            draft.later(partial(_sweep, draft, chosen))


def _axis(label: str, chosen: str | None, said: str, number: int) -> tuple[str | None, str]:
    with st.container(horizontal=True):
        setting = st.selectbox(
            label,
            SWEPT,
            index=None if chosen is None else SWEPT.index(chosen),
            placeholder="none",
            key=f"compare.sweep.{number}.setting",
            persist_state="session",  # what was typed is there when the menu is opened again
            width=180,
        )
        text = st.text_input(
            f"Values of the {label.split()[0].lower()} one",
            value=said,
            key=f"compare.sweep.{number}.values",
            persist_state="session",
            placeholder="0 to 2 step 0.5",
            width=220,
        )
    return setting, text or ""


def _values(axes: list[tuple[str | None, str]]) -> dict[str, list[Any]]:
    chosen = {setting: ranges.values(setting, text) for setting, text in axes if setting}
    if not chosen:
        raise InputError("Choose at least one setting.")
    return chosen


def _sweep(draft: Draft, chosen: dict[str, list[Any]]) -> None:
    """Put every combination in place of the configurations, laid over the first one."""
    kept = draft.document.get("configurations", [])
    base = {
        name: value
        for name, value in (kept[0] if kept else {}).items()
        if name not in chosen and name != "name"
    }
    # As there is one base alone, its configurations are named by what is swept.
    swept = {**draft.document, "configurations": [{"name": "", **base}], "sweep": chosen}
    name = str(draft.document.get("name", ""))
    if not name or naming.is_made(name, kept):  # nobody gave it a name
        swept["name"] = f"Sweep of {' and '.join(chosen)}"
    draft.replace(document(parse({key: value for key, value in swept.items() if value != ""})))

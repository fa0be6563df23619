"""The configurations as a form, field by field: for phones, and for screen readers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from lib.domain.configuration import Endpoint
from lib.ui.compare import (
    arranging,
    columns,
    endpoints,
    followed_field,
    own_messages,
    setting_reference,
    taken,
)
from lib.ui.state import Draft

_STEPS = {"temperature": 0.1, "top_p": 0.05, "min_p": 0.05}
_EMPTY_SAYS = frozenset({"name", "prefill"})
"""Here an empty text means something."""


def draw(draft: Draft, names: Sequence[str], shown: Sequence[str]) -> list[dict[str, Any]]:
    """Draw all configurations, called by these names; returns them as they are now."""
    bases = draft.base.get("configurations", [])
    known = endpoints.named(draft.document)
    return [
        _one(draft, index, {**base, "name": name}, shown, known)
        for index, (base, name) in enumerate(zip(bases, names, strict=True))
    ]


def _one(
    draft: Draft,
    index: int,
    base: dict[str, Any],
    shown: Sequence[str],
    known: Mapping[str, Endpoint],
) -> dict[str, Any]:
    edited = {
        key: value
        for key, value in base.items()
        if key not in {"name", *shown, "endpoint", "model", "prefill", "messages"}
    }

    def key(name: str) -> str:
        return draft.column_key(f"form.{index}.{name}")

    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            name = followed_field.draw(st, "Name", base["name"], key=key("name"))
            arranging.buttons(draft, index)
        grid = st.grid("auto", min_column_width=140)
        edited["name"] = name
        # First, as it decides about the rest.
        place = base.get("endpoint", "local")
        chosen = grid.selectbox(
            "endpoint",
            list(known),
            index=list(known).index(place) if place in known else None,
            key=key("endpoint"),
            help=setting_reference.DOES["endpoint"],
        )
        edited["endpoint"] = chosen
        asked = known.get(chosen or "")
        edited["model"] = _model(grid, base.get("model", ""), key("model"), asked)
        one = taken.taking(asked, edited["model"] or "")
        now = {**edited, **_now(base, shown, key)}
        for setting in shown:
            if setting not in now and one.refuses(setting, now):
                _closed(grid, setting, key(setting), one)
                continue
            value = _field(grid, setting, _first(base, setting, key), key(setting), one)
            if value is not None and value != []:
                edited[setting] = value
        with st.container():
            _told(shown, edited, one)
        edited |= own_messages.edit(draft, base, index)
    return {
        field: value
        for field, value in edited.items()
        if field in _EMPTY_SAYS or value not in (None, "")
    }


def _now(
    base: Mapping[str, Any], shown: Sequence[str], key: Callable[[str], str]
) -> dict[str, Any]:
    """The settings as their fields have them, those that are drawn further below too."""
    said = {name: st.session_state.get(key(name), _first(base, name, key)) for name in shown}
    return {name: value for name, value in said.items() if value not in (None, "", [])}


def _first(base: Mapping[str, Any], setting: str, key: Callable[[str], str]) -> Any:
    """What a field says when it comes: nothing, if it was emptied and greyed before."""
    return None if f"{key(setting)}.closed" in st.session_state else base.get(setting)


def _told(shown: Sequence[str], edited: Mapping[str, Any], one: taken.Taking) -> None:
    """What is set and not taken: its field stays open, so that it can be cleared."""
    for setting in shown:
        if setting in edited and one.refuses(setting, edited):
            st.caption(f":material/block: `{setting}`: {one.why(setting)}")


def _model(grid: Any, value: str, key: str, endpoint: Endpoint | None) -> str | None:
    """A text, or a choice where the endpoint has told its models: any other name may be typed."""
    told = endpoints.models_of(endpoint)
    helps = setting_reference.DOES["model"]
    if not told:
        typed: str | None = grid.text_input("model", value, key=key, help=helps)
        return typed
    options = list(dict.fromkeys([*([value] if value else []), *told]))
    chosen: str | None = grid.selectbox(
        "model",
        options,
        index=0 if value else None,
        key=f"{key}.choice",
        help=helps,
        accept_new_options=True,
    )
    return chosen


def _closed(grid: Any, setting: str, key: str, one: taken.Taking) -> None:
    """A greyed field. It has a key of its own: a disabled widget falls back to an earlier value."""
    grid.text_input(
        setting,
        key=f"{key}.closed",
        help=f"Not taken here. {one.why(setting)}",
        placeholder="not taken",
        disabled=True,
    )


def _field(grid: Any, setting: str, value: Any, key: str, one: taken.Taking) -> Any:
    shown = {"key": key, "help": taken.tooltip(setting, one), "placeholder": "default"}
    if setting == "stop":
        text = grid.text_input(setting, columns.stop_text(value) or "", **shown)
        return columns.stop_list(text or "")
    if setting == "service_tier":
        return grid.text_input(setting, value or "", **shown) or None
    # Not as the widget's own default: a number or choice that has one can't be cleared.
    words = taken.choices(setting, [{setting: value}], [one]) if setting in columns.CHOICES else []
    if value is not None and key not in st.session_state and (not words or value in words):
        st.session_state[key] = _typed(setting, value)
    if setting in columns.CHOICES:
        return grid.selectbox(setting, words, index=None, **shown)
    if setting in columns.WHOLE:
        whole = grid.number_input(setting, value=None, step=1, **shown)
        return None if whole is None else int(whole)
    step = _STEPS.get(setting, 0.1)
    return grid.number_input(setting, value=None, step=step, format="%g", **shown)


def _typed(setting: str, value: Any) -> Any:
    """A value as its widget wants it."""
    if setting in columns.WHOLE:
        return int(value)
    return value if setting in columns.CHOICES else float(value)

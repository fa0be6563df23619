"""The configurations: a grid, or the same as a form for phones and screen readers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from lib.domain.experiment import MOST_CONFIGURATIONS
from lib.ui import inert
from lib.ui.compare import columns, own_messages, sweeps
from lib.ui.state import Draft

HELP = {
    "name": "What the column is called. Left empty, it gets a number.",
    "temperature": "Divides the logits before the softmax. 0 always takes the likeliest token; "
    "1 is the model's own distribution. Empty: the provider's default.",
    "top_p": "Draws from the smallest set of tokens whose probabilities reach this sum. "
    "Empty: the provider's default.",
    "max_tokens": "Ends the answer after this many tokens, with finish reason `length`.",
    "stop": "Ends the answer before this would appear. Several: parted by ` | `. "
    "`\\n` is a line break.",
    "logprobs": "Asks for log probabilities with this many alternatives at each position. "
    "They make the first-token chart exact.",
    "seed": "One seed for all calls, so that they are one draw asked for often. Empty on the "
    "embedded model: each call gets a seed of its own, which is stored.",
    "top_k": "Draws from this many of the likeliest tokens. Not every endpoint has it.",
    "min_p": "Drops tokens less likely than this share of the likeliest one's probability. "
    "Not every endpoint has it.",
    "presence_penalty": "Lowers the logit of every token that has appeared, once. The embedded "
    "model counts the prompt's tokens too.",
    "frequency_penalty": "Lowers the logit of a token for each time that it has appeared. The "
    "embedded model counts the prompt's tokens too.",
    "endpoint": "Who is asked.",
    "model": "Which of its models.",
}
"""A sentence for each setting, where it is edited."""

_STEPS = {"temperature": 0.1, "top_p": 0.05, "min_p": 0.05}
_FINE = 0.0001
"""In the grid the step is also the precision: a coarser one would cut what is typed."""


def edit(draft: Draft, endpoints: Sequence[str]) -> list[dict[str, Any]]:
    """Draw the configurations, editable; returns them as they are now."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("**Configurations**", width="stretch")
        everything = st.toggle(
            "All settings",
            key="compare.all_settings",
            persist_state="session",
            help="Off: only the settings that are in use, and the three that are used most.",
        )
        view = _view(draft)
    bases = draft.base.get("configurations", [])
    shown = columns.SETTINGS if everything else columns.in_use(bases)
    if view == "Form":
        edited = [_form(draft, index, base, endpoints, shown) for index, base in enumerate(bases)]
    else:
        edited = columns.configurations(_grid(draft, bases, endpoints, shown), bases)
        _differing(edited)
    _buttons(draft, edited)
    _note(edited)
    _unseen(edited)
    return edited


def _view(draft: Draft) -> str:
    chosen = st.segmented_control(
        "Configurations as",
        ["Grid", "Form"],
        default="Grid",
        required=True,
        key="compare.view",
        label_visibility="collapsed",
        persist_state="session",
        on_change=draft.refresh,
    )
    return chosen or "Grid"


def _grid(
    draft: Draft,
    bases: Sequence[dict[str, Any]],
    endpoints: Sequence[str],
    shown: Sequence[str],
) -> pd.DataFrame:
    config: dict[str, Any] = {
        "name": st.column_config.TextColumn("name", help=HELP["name"], pinned=True, width=150),
        "stop": st.column_config.TextColumn("stop", help=HELP["stop"], width=90),
        "model": st.column_config.TextColumn("model", help=HELP["model"]),
        "endpoint": st.column_config.SelectboxColumn(
            "endpoint", help=HELP["endpoint"], options=list(endpoints)
        ),
        **{
            name: st.column_config.NumberColumn(
                name, help=HELP[name], step=_FINE, format="%g", width=118
            )
            for name in columns.FLOATS
        },
        **{
            name: st.column_config.NumberColumn(name, help=HELP[name], step=1, width=112)
            for name in columns.WHOLE
        },
    }
    return st.data_editor(
        columns.frame(bases),
        key=draft.key("grid"),
        num_rows="dynamic",
        hide_index=True,
        column_order=("name", *shown, "endpoint", "model"),
        column_config=config,
        placeholder="default",
        alt=f"{len(bases)} configurations, a row each. The form shows the same, field by field.",
    )


def _differing(edited: Sequence[dict[str, Any]]) -> None:
    for each in edited:
        if (what := own_messages.kind(each)) != "shared":
            inert.text(f"{each['name'] or 'A configuration'} differs: it has its own {what}.")


def _unseen(edited: Sequence[dict[str, Any]]) -> None:
    """Settings that have no column are sent all the same: they are told."""
    seen = {*columns.ORDER, "messages", "prefill"}
    for each in edited:
        if unseen := {name: value for name, value in each.items() if name not in seen}:
            said = ", ".join(f"{name} = {value}" for name, value in unseen.items())
            inert.text(f"{each['name'] or 'A configuration'} also sends {said}", most=300)


def _note(edited: Sequence[dict[str, Any]]) -> None:
    varied = {
        name
        for name in ("temperature", "top_p")
        if len({repr(each.get(name)) for each in edited}) > 1
    }
    if len(varied) == 2:
        st.caption(
            ":material/info: temperature and top_p both differ. Temperature reshapes the "
            "distribution that top_p then cuts, so their effects can't be told apart pair by pair: "
            "compare configurations that differ in one of them."
        )


def _form(
    draft: Draft,
    index: int,
    base: dict[str, Any],
    endpoints: Sequence[str],
    shown: Sequence[str],
) -> dict[str, Any]:
    edited = {
        key: value
        for key, value in base.items()
        if key not in {"name", *shown, "endpoint", "model", "prefill", "messages"}
    }

    def key(name: str) -> str:
        return draft.key(f"form.{index}.{name}")

    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            name = st.text_input("Name", base.get("name", ""), key=key("name"), max_chars=200)
            _form_buttons(draft, index)
        grid = st.grid("auto", min_column_width=140)
        edited["name"] = name or ""
        for setting in shown:
            value = _field(grid, setting, base.get(setting), key(setting))
            if value is not None and value != []:
                edited[setting] = value
        place = base.get("endpoint", "local")
        edited["endpoint"] = grid.selectbox(
            "endpoint",
            endpoints,
            index=list(endpoints).index(place) if place in endpoints else None,
            key=key("endpoint"),
            help=HELP["endpoint"],
        )
        edited["model"] = grid.text_input(
            "model", base.get("model", ""), key=key("model"), help=HELP["model"]
        )
        edited |= own_messages.edit(draft, base, key("own"))
    empty = {"name", "prefill"}  # here an empty text means something
    return {
        field: value for field, value in edited.items() if field in empty or value not in (None, "")
    }


def _field(grid: Any, setting: str, value: Any, key: str) -> Any:
    shown = {"key": key, "help": HELP[setting], "placeholder": "default"}
    if setting == "stop":
        text = grid.text_input(setting, columns.stop_text(value) or "", **shown)
        return columns.stop_list(text or "")
    if setting in columns.WHOLE:
        whole = grid.number_input(
            setting, value=None if value is None else int(value), step=1, **shown
        )
        return None if whole is None else int(whole)
    return grid.number_input(
        setting,
        value=None if value is None else float(value),
        step=_STEPS.get(setting, 0.1),
        format="%g",
        **shown,
    )


def _form_buttons(draft: Draft, index: int) -> None:
    last = index == len(draft.base.get("configurations", [])) - 1
    for action, icon, helps, disabled in (
        ("up", ":material/arrow_upward:", "Move up", index == 0),
        ("down", ":material/arrow_downward:", "Move down", last),
        ("duplicate", ":material/content_copy:", "Duplicate", False),
        ("remove", ":material/delete:", "Remove. Undo brings it back.", False),
    ):
        if st.button(
            "",
            icon=icon,
            key=draft.key(f"form.{index}.{action}"),
            type="tertiary",
            help=f"{helps} (configuration {index + 1})",
            disabled=disabled,
        ):
            draft.later(partial(_change, draft, index, action))


def _change(draft: Draft, index: int, action: str) -> None:
    kept = list(draft.document.get("configurations", []))
    one = kept.pop(index)
    if action == "up":
        kept.insert(index - 1, one)
    elif action == "down":
        kept.insert(index + 1, one)
    elif action == "duplicate":
        kept[index:index] = [one, {**one, "name": ""}]
    draft.replace({**draft.document, "configurations": kept})


def _buttons(draft: Draft, edited: list[dict[str, Any]]) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if st.button(
            "Add configuration",
            icon=":material/add:",
            key=draft.key("add"),
            type="tertiary",
            help="A copy of the last one. In the grid, rows are removed by their box on the left.",
            disabled=len(edited) >= MOST_CONFIGURATIONS,
        ):
            draft.later(partial(_add, draft))
        sweeps.draw(draft)
        if st.button(
            "Undo",
            icon=":material/undo:",
            key=draft.key("undo"),
            type="tertiary",
            disabled=not draft.undo,
            help="Take back the last example, sweep, addition or removal.",
        ):
            draft.later(draft.take_back)


def _add(draft: Draft) -> None:
    kept = list(draft.document.get("configurations", []))
    copy = {**(kept[-1] if kept else {}), "name": ""}
    draft.replace({**draft.document, "configurations": [*kept, copy]})

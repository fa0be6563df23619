"""The configurations: a grid, or the same as a form for phones and screen readers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from lib.domain.experiment import MOST_CONFIGURATIONS
from lib.ui.compare import columns
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


def edit(draft: Draft, endpoints: Sequence[str]) -> list[dict[str, Any]]:
    """Draw the configurations, editable; returns them as they are now."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("**Configurations**", width="stretch")
        view = _view(draft)
    bases = draft.base.get("configurations", [])
    if view == "Form":
        edited = [_form(draft, index, base, endpoints) for index, base in enumerate(bases)]
    else:
        edited = columns.configurations(_grid(draft, bases, endpoints), bases)
    _buttons(draft, edited)
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


def _grid(draft: Draft, bases: Sequence[dict[str, Any]], endpoints: Sequence[str]) -> pd.DataFrame:
    table = columns.frame(bases)
    config: dict[str, Any] = {
        "name": st.column_config.TextColumn("name", help=HELP["name"], pinned=True, width=130),
        "stop": st.column_config.TextColumn("stop", help=HELP["stop"], width=80),
        "model": st.column_config.TextColumn("model", help=HELP["model"]),
        "endpoint": st.column_config.SelectboxColumn(
            "endpoint", help=HELP["endpoint"], options=list(endpoints)
        ),
        **{
            name: st.column_config.NumberColumn(
                name, help=HELP[name], step=_STEPS.get(name, 0.1), format="%g", width=118
            )
            for name in columns.FLOATS
        },
        **{
            name: st.column_config.NumberColumn(name, help=HELP[name], step=1, width=112)
            for name in columns.WHOLE
        },
    }
    edited = st.data_editor(
        table,
        key=draft.key("grid"),
        num_rows="dynamic",
        hide_index=True,
        column_order=columns.ORDER,
        column_config=config,
        placeholder="default",
        alt=f"{len(bases)} configurations, a row each. The form shows the same, field by field.",
    )
    return edited


def _form(
    draft: Draft, index: int, base: dict[str, Any], endpoints: Sequence[str]
) -> dict[str, Any]:
    edited = {key: value for key, value in base.items() if key not in columns.ORDER}

    def key(name: str) -> str:
        return draft.key(f"form.{index}.{name}")

    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            name = st.text_input("Name", base.get("name", ""), key=key("name"), max_chars=200)
            if st.button(
                "",
                icon=":material/delete:",
                key=key("remove"),
                type="tertiary",
                help=f"Remove configuration {index + 1}. Undo brings it back.",
            ):
                _remove(draft, index)
        grid = st.grid("auto", min_column_width=140)
        edited["name"] = name or ""
        for setting in columns.SETTINGS:
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
    return {key_: value for key_, value in edited.items() if value not in (None, "")} | {
        "name": edited["name"]
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


def _remove(draft: Draft, index: int) -> None:
    kept = list(draft.document.get("configurations", []))
    del kept[index : index + 1]
    draft.replace({**draft.document, "configurations": kept})
    st.rerun()


def _buttons(draft: Draft, edited: list[dict[str, Any]]) -> None:
    with st.container(horizontal=True, gap="small"):
        if st.button(
            "Add configuration",
            icon=":material/add:",
            key=draft.key("add"),
            type="tertiary",
            help="A copy of the last one.",
            disabled=len(edited) >= MOST_CONFIGURATIONS,
        ):
            copy = {**(edited[-1] if edited else {}), "name": ""}
            draft.replace({**draft.document, "configurations": [*edited, copy]})
            st.rerun()
        if st.button(
            "Undo",
            icon=":material/undo:",
            key=draft.key("undo"),
            type="tertiary",
            disabled=not draft.undo,
            help="Take back the last example, addition or removal.",
        ):
            draft.take_back()
            st.rerun()

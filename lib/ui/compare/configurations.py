"""The configurations: a grid, or the same as a form for phones and screen readers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from lib.domain.configuration import Endpoint
from lib.domain.experiment import MOST_CONFIGURATIONS
from lib.ui import inert
from lib.ui.compare import (
    arranging,
    columns,
    endpoints,
    form,
    naming,
    own_messages,
    setting_reference,
    sweeps,
    taken,
)
from lib.ui.sample.plain_table import plain_table
from lib.ui.state import Draft

_FINE = 0.0001
"""In the grid the step is also the precision: a coarser one would cut what is typed."""


def edit(draft: Draft) -> list[dict[str, Any]]:
    """Draw the configurations, editable; returns them as they are now."""
    # All on the left: the grid's own toolbar appears over the right end of this line.
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("**Configurations**", width="content")
        view = _view(draft)
        everything = st.toggle(
            "All settings",
            key="compare.all_settings",
            persist_state="session",
            on_change=draft.refresh_columns,  # another set of columns is another grid
            help="Off: only the settings that are in use, and the three that are used most.",
        )
    bases = draft.base.get("configurations", [])
    now = draft.document.get("configurations", bases)
    known = endpoints.named(draft.document)
    asked = taken.all_of(now, known)
    wanted = columns.SETTINGS if everything else taken.in_use(now, asked)
    left_out = taken.left_out(wanted, now, asked)
    shown = tuple(name for name in wanted if name not in left_out)
    if view == "Form":
        edited = form.draw(draft, names(draft), wanted)
        left_out, shown = (), wanted  # its fields are greyed instead
    else:
        edited = columns.configurations(_grid(draft, now, shown), bases)
        if taken.left_out(wanted, edited, taken.all_of(edited, known)) != left_out:
            draft.redraw()
    edited = _kept_up(draft, edited)
    with st.container():
        if view == "Grid":
            _differing(edited)
        _not_taken(wanted, left_out, taken.all_of(edited, known))
    _buttons(draft, edited)
    with st.container():
        _note(edited)
        _unseen(edited)
    _reference(draft, edited, shown)
    return edited


def _not_taken(
    settings: Sequence[str], left_out: Sequence[str], asked: Sequence[taken.Taking]
) -> None:
    """Which settings have no column or a greyed field, and why."""
    said = taken.told(settings, asked)
    if left_out:
        said.insert(0, f"Left out, as no model here takes them: {', '.join(left_out)}.")
    if said:
        st.caption(f":material/block: {' '.join(said)}")


def _kept_up(draft: Draft, edited: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same with names that follow the settings; what is drawn above says them soon."""
    bases = draft.base.get("configurations", [])
    shown = names(draft)
    own = [each["name"] != name for each, name in zip(edited, shown, strict=True)]
    followed = naming.named(
        [
            each if typed else {**each, "name": base.get("name", "")}
            for each, base, typed in zip(edited, bases, own, strict=True)
        ],
        bases,
    )
    if not all(each["name"] for each in edited):
        draft.later(draft.refresh_columns)  # it was emptied: a cell would stay so
    elif [each["name"] for each in followed] != [each["name"] for each in edited]:
        draft.names = [
            name if typed else each["name"]
            for each, name, typed in zip(followed, shown, own, strict=True)
        ]
        draft.redraw()
    return followed


def names(draft: Draft) -> list[str]:
    """What the lab calls the configurations; somebody may have typed another name over it."""
    if draft.names is not None:
        return draft.names
    return [str(each.get("name", "")) for each in draft.base.get("configurations", [])]


def _view(draft: Draft) -> str:
    chosen = st.segmented_control(
        "Configurations as",
        ["Grid", "Form"],
        default="Grid",
        required=True,
        key="compare.view",
        label_visibility="collapsed",
        persist_state="session",
        on_change=draft.refresh_columns,
    )
    return chosen or "Grid"


def _grid(draft: Draft, now: Sequence[dict[str, Any]], shown: Sequence[str]) -> pd.DataFrame:
    known = endpoints.named(draft.document)
    asked = taken.all_of(now, known)
    same = bool(asked) and all(each == asked[0] for each in asked)
    only = asked[0] if same else taken.taking(_only(now, known), "")
    helps = {name: taken.tooltip(name, only) for name in columns.SETTINGS}
    config: dict[str, Any] = {
        "name": st.column_config.TextColumn(
            "name",
            help="What the column is called. A name that says a setting follows it.",
            pinned=True,
            width=columns.name_width(now),
        ),
        "stop": st.column_config.TextColumn("stop", help=helps["stop"], width=90),
        "model": st.column_config.TextColumn("model", help=setting_reference.DOES["model"]),
        "endpoint": st.column_config.SelectboxColumn(
            "endpoint", help=setting_reference.DOES["endpoint"], options=list(known)
        ),
        **{
            name: st.column_config.NumberColumn(
                name, help=helps[name], step=_FINE, format="%g", width=114
            )
            for name in columns.FLOATS
        },
        **{
            name: st.column_config.NumberColumn(name, help=helps[name], step=1, width=112)
            for name in columns.WHOLE
        },
        **{
            name: st.column_config.SelectboxColumn(
                name, help=helps[name], options=taken.choices(name, now, asked)
            )
            for name in columns.CHOICES
        },
        "service_tier": st.column_config.TextColumn("service_tier", help=helps["service_tier"]),
    }
    return st.data_editor(
        columns.frame(draft.base.get("configurations", []), names(draft)),
        key=draft.column_key("grid"),
        num_rows="fixed",  # else a name that follows would make it anew, and take the cell away
        hide_index=True,
        column_order=("name", *shown, "endpoint", "model"),
        column_config=config,
        placeholder="default",
        alt=f"{len(now)} configurations, a row each. The form shows the same, field by field.",
    )


def _only(configurations: Sequence[dict[str, Any]], known: dict[str, Endpoint]) -> Endpoint | None:
    asked = _asked(configurations, known)
    return asked[0] if len(asked) == 1 else None


def _asked(configurations: Sequence[dict[str, Any]], known: dict[str, Endpoint]) -> list[Endpoint]:
    names = dict.fromkeys(str(each.get("endpoint", "local")) for each in configurations)
    return [known[name] for name in names if name in known]


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
    pairs = {(repr(each.get("temperature")), repr(each.get("top_p"))) for each in edited}
    grid = len({first for first, _ in pairs}) * len({second for _, second in pairs})
    if len(varied) == 2 and len(pairs) < grid:  # in a full grid each has neighbours to compare
        st.caption(
            ":material/info: temperature and top_p both differ. Temperature reshapes the "
            "distribution that top_p then cuts, so their effects can't be told apart pair by pair: "
            "compare configurations that differ in one of them."
        )


def _reference(draft: Draft, edited: Sequence[dict[str, Any]], shown: Sequence[str]) -> None:
    """What the settings mean: in the grid, a heading's help alone would hide it from keyboards."""
    asked = _asked(edited, endpoints.named(draft.document))
    with st.expander("What the settings mean", icon=":material/help:", key="compare.reference"):
        plain_table(
            setting_reference.headings(asked),
            setting_reference.rows(shown, asked),
            key="compare.reference.table",
            alt="Each setting with its range, its unit, what it does, and for each endpoint the "
            "name that it is sent under and what happens if it is left empty.",
            code=[True],
            widths=[14, 10, 11, 30, *[35] * len(asked)],
        )


def _buttons(draft: Draft, edited: list[dict[str, Any]]) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if st.button(
            "Add configuration",
            icon=":material/add:",
            key=draft.key("add"),
            help="A copy of the last one.",
            disabled=len(edited) >= MOST_CONFIGURATIONS,
        ):
            draft.later(partial(arranging.add, draft))
        arranging.menu(draft, edited)
        sweeps.draw(draft)
        if st.button(
            "Undo",
            icon=":material/undo:",
            key=draft.key("undo"),
            disabled=not draft.undo,
            help="Take back the last example, sweep, addition, move or removal.",
        ):
            draft.later(draft.take_back)

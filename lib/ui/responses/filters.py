"""The filters over the list. They stay as they are set while other pages are looked at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, cast

import streamlit as st

from lib.domain.vocabulary import FINISH_REASONS, FinishReason
from lib.engine.progress import Snapshot
from lib.ui import inert
from lib.ui.responses.criteria import ORDERS, Criteria, Order, Picked
from lib.ui.responses.rows import Row

_EMPTY: dict[str, Any] = {
    "contains": "",
    "configurations": [],
    "outcomes": [],
    "finish_reasons": [],
    "noted": False,
    "distinct": False,
    "order": "configuration",
    "picked": None,
}
"""Of each filter, as its widget has it. What was picked elsewhere has none: it can be taken off."""


def key(run: str, name: str) -> str:
    """The key of a filter's widget. Each run has its own: numbers and names are only its own."""
    return f"responses.{run}.{name}"


def current(run: str) -> Criteria:
    """The filters as they are set now, whether or not they have been drawn."""
    said = {name: st.session_state.get(key(run, name), empty) for name, empty in _EMPTY.items()}
    return _criteria(said)


def put(run: str, criteria: Criteria) -> None:
    """Set all filters. Only before they are drawn, so in a callback or on another page."""
    said: dict[str, Any] = {
        "contains": criteria.contains,
        "configurations": sorted(criteria.configurations),
        "outcomes": sorted(criteria.outcomes),
        "finish_reasons": sorted(criteria.finish_reasons),
        "noted": criteria.noted,
        "distinct": criteria.distinct,
        "order": criteria.order,
        "picked": criteria.picked,
    }
    for name, value in said.items():
        st.session_state[key(run, name)] = value


def clear(run: str) -> None:
    """Let all rows through. The order stays."""
    put(run, Criteria(order=current(run).order))


def draw(snapshot: Snapshot, rows: Sequence[Row]) -> Criteria:
    """Draw the filters; returns what they say."""
    run = snapshot.run
    picked = st.session_state.get(key(run, "picked"))
    if picked is not None:
        _picked(run, picked)
    grid = st.grid("auto", min_column_width=170)
    said: dict[str, Any] = {
        "picked": picked,
        "contains": grid.text_input(
            "Text contains",
            key=key(run, "contains"),
            placeholder="any text",
            persist_state="session",
            help="Plain text, capital or small letters alike. Of a call that failed: the sentence "
            "that says why.",
        ),
        "configurations": _several(
            grid,
            "Configuration",
            range(1, len(snapshot.experiment.configurations) + 1),
            key=key(run, "configurations"),
            name=lambda number: configuration_name(snapshot, number),
        ),
        "outcomes": _several(
            grid,
            "Outcome",
            dict.fromkeys(row.outcome for row in rows),
            key=key(run, "outcomes"),
            help="What kind of answer it is: ok, empty, filtered, refused, tool_call. Of a call "
            "without an answer: its error.",
        ),
        "finish_reasons": _several(
            grid,
            "Finish reason",
            [each for each in FINISH_REASONS if any(row.finish_reason == each for row in rows)],
            key=key(run, "finish_reasons"),
            help="Why the model stopped, in the lab's words.",
        ),
        "order": grid.selectbox(
            "Order",
            list(ORDERS),
            format_func=lambda order: ORDERS[order],
            key=key(run, "order"),
            persist_state="session",
        ),
    }
    with grid.cell(), st.container(gap="xsmall"):
        said["distinct"] = st.toggle(
            "Distinct only",
            key=key(run, "distinct"),
            persist_state="session",
            help="One row for each distinct output of a configuration, with its count. White space "
            "doesn't count as a difference.",
        )
        said["noted"] = st.toggle("With a note", key=key(run, "noted"), persist_state="session")
    return _criteria(said)


def _picked(run: str, picked: Picked) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(":material/filter_alt:", width="content")
        inert.text(f"Only {picked.told}", most=160)
        st.button(
            "Show the others, too",
            key=f"responses.unpick.{run}",
            icon=":material/close:",
            type="tertiary",
            on_click=_unpick,
            args=(run,),
        )


def _unpick(run: str) -> None:
    st.session_state[key(run, "picked")] = None
    st.session_state[key(run, "configurations")] = []  # set with it: the others are others', too


def configuration_name(snapshot: Snapshot, number: int) -> str:
    """A configuration's number and name, on one line: the number is the C of C.R."""
    name = snapshot.experiment.configurations[number - 1].name
    return f"{number}: {inert.shortened(inert.visible(name).replace(chr(10), ' '), 60)}"


def _several(
    grid: Any,
    label: str,
    options: Iterable[Any],
    *,
    key: str,
    name: Any = str,
    help: str | None = None,
) -> list[Any]:
    chosen: list[Any] = grid.multiselect(
        label,
        list(options),
        format_func=name,
        key=key,
        placeholder="all",
        persist_state="session",
        help=help,
    )
    return chosen


def _criteria(said: dict[str, Any]) -> Criteria:
    order = said["order"]
    return Criteria(
        contains=said["contains"] or "",
        configurations=frozenset(said["configurations"]),
        outcomes=frozenset(said["outcomes"]),
        finish_reasons=cast("frozenset[FinishReason]", frozenset(said["finish_reasons"])),
        noted=bool(said["noted"]),
        distinct=bool(said["distinct"]),
        order=cast("Order", order) if order in ORDERS else "configuration",
        picked=said["picked"],
    )

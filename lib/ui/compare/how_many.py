"""How many calls? A panel beside the number of calls, before a run. After one: `how_many_more`."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from lib.analysis.planning import (
    Resolution,
    for_difference,
    for_half_width,
    resolutions,
)
from lib.domain.declared import Declared

Of = Literal["agreement", "share"]
_NAMES: dict[Of, str] = {
    "agreement": "How often two calls agree",
    "share": "A share of the answers",
}
_POWER = 0.8
_SHARE_TABLE = {
    "never_seen_below": "Never seen: at most",
    "share_half_width": "A share is known to ±",
    "share_difference": "Shares told apart from",
}
_AGREEMENT_TABLE = {
    "agreement_half_width": "Agreement is known to ±",
    "agreement_difference": "Agreements told apart from",
    "all_equal_above": "All the same: agreement at least",
}


def draw(declared: Declared, *, key: str = "compare.how_many") -> None:
    """Draw the panel: what is asked for with sliders, and a table to choose from.

    Args:
        declared: with the experiment: its alpha holds here too.
        key: of its widgets.
    """
    of: Of = st.segmented_control(
        "Planned for",
        list(_NAMES),
        default="agreement",
        format_func=lambda name: _NAMES[name],
        key=f"{key}.of",
        required=True,
    )
    at = st.slider(
        "Expected value",
        0.0,
        1.0,
        0.5,
        0.05,
        key=f"{key}.at",
        help="Of the configuration where it is higher. 0.5 where nothing is known.",
    )
    apart = st.slider(
        "Difference to be found",
        0.02,
        1.0,
        0.2,
        0.01,
        key=f"{key}.apart",
        help="Smaller ones may be missed. It is found in 80 % of runs.",
    )
    for sentence in answers(of, at=at, apart=apart, alpha=declared.alpha):
        st.write(sentence)
    st.dataframe(
        rows(_table(declared.alpha), of), hide_index=True, key=f"{key}.table", height="content"
    )
    st.caption(
        f"Intervals at {100 * (1 - declared.alpha):g} %, one pair of configurations, values around "
        "0.5. For agreement at worst: one answer is frequent and all others are rare."
    )


def answers(of: Of, *, at: float, apart: float, alpha: float) -> list[str]:
    """How many calls find the difference, and how many give it an interval half as wide. Pure."""
    other = at - apart if at >= apart else min(1.0, at + apart)
    told = [for_half_width(apart / 2, of=of, at=at, alpha=alpha).says]
    if other != at:
        told.insert(0, for_difference(at, other, of=of, power=_POWER, alpha=alpha).says)
    return told


def rows(table: tuple[Resolution, ...], of: Of) -> list[dict[str, object]]:
    """A row for each number of calls, with rounded numbers. Pure."""
    columns = _SHARE_TABLE if of == "share" else _AGREEMENT_TABLE
    return [
        {"Calls of each": row.calls}
        | {title: _rounded(getattr(row, name)) for name, title in columns.items()}
        for row in table
    ]


def _rounded(value: float | None) -> str:
    return "none" if value is None else f"{value:.2f}" if value >= 0.01 else f"{value:.4f}"


@st.cache_data(show_spinner=False, max_entries=8)
def _table(alpha: float) -> tuple[Resolution, ...]:
    """A second's work, and the same for everybody."""
    return resolutions(power=_POWER, alpha=alpha)

"""A chart on the Tokens page, with its words and its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from lib.charts.chart import Chart

_CLICKS = "tokens.clicks"


def show(chart: Chart, key: str, *, clicked: bool = False) -> list[Any]:
    """Draw a chart and its numbers.

    Args:
        chart: what is drawn.
        key: its name.
        clicked: whether its marks can be clicked.

    Returns:
        The `customdata` of the mark that was clicked just now; else empty. A click is told once.
    """
    found: list[Any] = []
    if clicked:
        # Each click makes another chart of it: under its old key it would still be selected.
        clicks: dict[str, int] = st.session_state.setdefault(_CLICKS, {})
        selection: Any = st.plotly_chart(
            chart.figure,
            key=f"tokens.chart.{key}.{clicks.get(key, 0)}",
            alt=chart.alt,
            config=config(key),
            on_select="rerun",
            selection_mode="points",
        )
        points = selection["selection"]["points"] if selection else []
        if points and (data := points[0].get("customdata")) is not None:
            clicks[key] = clicks.get(key, 0) + 1
            found = list(data)
    else:
        st.plotly_chart(chart.figure, key=f"tokens.chart.{key}", alt=chart.alt, config=config(key))
    numbers(chart.table, alt=chart.alt)
    return found


def config(name: str) -> dict[str, object]:
    """Of a chart with a button that saves it as a picture of this name."""
    return {
        "displaylogo": False,
        "modeBarButtons": [["toImage"]],
        "toImageButtonOptions": {
            "format": "svg",
            "filename": f"sampling-lab-tokens-{name}",
            "scale": 2,
        },
    }


def numbers(rows: Sequence[dict[str, object]], *, alt: str) -> None:
    """The same as a table, which can be downloaded."""
    with st.expander("Numbers behind the chart", type="compact"):
        st.dataframe(rows, hide_index=True, alt=alt)

"""A sweep of one setting as one finding: the trend in words with its test, and its chart."""

from __future__ import annotations

import streamlit as st

from lib.analysis.summary import Analysis
from lib.charts.theme import DESK, Look
from lib.charts.trend import trend
from lib.ui import inert
from lib.ui.compare import figures


def draw(found: Analysis, run: str, look: Look = DESK) -> None:
    """Draw the trend along a ladder; nothing where configurations are none.

    Args:
        found: with its comparisons.
        run: whose samples a click shows.
        look: how large the chart is.
    """
    along = found.trend
    if along is None:
        return
    st.markdown(f"**Along {along.setting}: how often two calls agree**")
    left, right = st.columns([3, 2], gap="medium")
    with left:
        agreement = {
            each.name: each.metrics["collision_probability"] for each in found.configurations
        }
        chart = trend(along, agreement, look=look)
        figures.show(
            chart,
            "trend",
            clicked=(found, run),
            reads="1: always the same answer. 0: never the same twice. "
            + "The dashed line is what was tested." * (along.line is not None),
        )
    with right:
        inert.text(along.says)
        if along.p is not None:
            over = " It can rise or fall by more than 1, which agreement itself can't."
            st.caption(
                "One test for the whole ladder, beside those of its pairs. A line is a summary: "
                "between its ends agreement can do anything, and the points show what."
                + over
                * (abs(along.change or 0) > 1)
            )
            st.caption(f"Test: {along.method}.")

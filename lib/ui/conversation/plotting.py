"""A chart on the Conversation page, with its words and its numbers."""

from __future__ import annotations

import streamlit as st

from lib.charts.chart import Chart


def show(chart: Chart, key: str) -> None:
    """Draw a chart and its numbers.

    Args:
        chart: what is drawn.
        key: its name.
    """
    st.plotly_chart(
        chart.figure,
        key=f"conversation.chart.{key}",
        alt=chart.alt,
        config={
            "displaylogo": False,
            "modeBarButtons": [["toImage"]],
            "toImageButtonOptions": {
                "format": "svg",
                "filename": f"sampling-lab-conversation-{key}",
                "scale": 2,
            },
        },
    )
    with st.expander("Numbers behind the chart", type="compact", key=f"conversation.n.{key}"):
        st.dataframe(chart.table, hide_index=True, alt=chart.alt)

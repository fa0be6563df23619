"""The charts of a comparison, each with its words and its numbers."""

from __future__ import annotations

from typing import Any

import streamlit as st

from lib.analysis.grid import grid
from lib.analysis.summary import Analysis
from lib.charts import first_token as first_token_chart
from lib.charts.chart import Chart
from lib.charts.finish_reasons import finish_reasons
from lib.charts.forest import forest
from lib.charts.heat_map import heat_map
from lib.charts.lengths import lengths
from lib.domain.vocabulary import Estimate
from lib.ui import inert
from lib.ui.responses import opening

MOST_PANELS = 12
_CLICKS = "state.chart_clicks"

METRICS = {
    "collision_probability": ("Agreement", "Probability that two calls agree", True),
    "effective_outputs": ("Effective outputs", "Effective number of outputs", False),
    "mean_similarity": ("Similarity", "Mean similarity of two outputs", True),
    "unseen_mass": ("New next time", "Probability that the next output is new", True),
    "median": ("Latency", "Median latency of a call, in seconds", False),
}
"""What the second chart can show: on its switch, on its axis, and whether it ends at 1."""


def draw(found: Analysis, run: str) -> None:
    """Draw all charts of a run at rest; a click on a bar or point leads to its samples."""
    left, right = st.columns(2, gap="medium")
    with left:
        with st.container(height=40, border=False, vertical_alignment="center"):
            st.markdown("**Why answers ended**")
        show(why_ended(found), "finish", run=run)
    with right:
        metric = _metric()
        show(compared(found, metric), "forest", run=run)
    _grid(found, metric, run)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _first_tokens(found)
    with right:
        st.markdown("**Length of answers**")
        show(lengths([each.group for each in found.configurations]), "lengths")


def _metric() -> str:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("**Compared**", width="content")
        chosen = st.segmented_control(
            "Compared by",
            list(METRICS),
            default="collision_probability",
            required=True,
            format_func=lambda name: METRICS[name][0],
            key="compare.metric",
            label_visibility="collapsed",
            persist_state="session",
        )
    return chosen or "collision_probability"


def why_ended(found: Analysis) -> Chart:
    """Finish reasons of all configurations."""
    return finish_reasons({each.name: each.finish_reasons for each in found.configurations})


def compared(found: Analysis, metric: str) -> Chart:
    """One metric of all configurations."""
    _, words, unit = METRICS[metric]
    return forest(_estimates(found, metric), metric=words, unit=unit)


def _estimates(found: Analysis, metric: str) -> dict[str, Estimate]:
    return {each.name: {**each.metrics, **each.latency_s}[metric] for each in found.configurations}


def _grid(found: Analysis, metric: str, run: str) -> None:
    """A sweep over two settings gets a heat map as well."""
    swept = grid([each.group.settings for each in found.configurations])
    if swept is None:
        return
    name, words, unit = METRICS[metric]
    st.markdown(f"**{name} over {swept.down} and {swept.across}**")
    estimates = list(_estimates(found, metric).values())
    show(heat_map(swept, estimates, metric=words, unit=unit), "heat", run=run)


def _first_tokens(found: Analysis) -> None:
    tokens = {each.name: each.first_token for each in found.configurations[:MOST_PANELS]}
    known = [each for each in tokens.values() if each is not None]
    if not known:
        return
    words = all(each.kind == "first_word" for each in known)
    st.markdown("**First word of answers**" if words else "**First token of answers**")
    show(first_token_chart.first_token(tokens), "tokens")
    for note in dict.fromkeys(note for each in known for note in each.notes):
        inert.text(note)


def show(chart: Chart, key: str, *, run: str | None = None) -> None:
    """Draw a chart with its words and its numbers.

    Args:
        chart: its marks' `customdata` begins with a configuration's number.
        key: its name.
        run: whose samples a click shows; `None`: nothing can be clicked.
    """
    config = {
        "displaylogo": False,
        "toImageButtonOptions": {
            "format": st.session_state.get("compare.picture") or "svg",
            "filename": f"sampling-lab-{key}",
            "scale": 2,
        },
    }
    clicks = st.session_state.get(_CLICKS, 0)
    if run is None:
        st.plotly_chart(chart.figure, key=f"compare.chart.{key}", alt=chart.alt, config=config)
    else:
        clicked = st.plotly_chart(
            chart.figure,
            key=f"compare.chart.{key}.{clicks}",
            alt=chart.alt,
            config=config,
            on_select="rerun",
            selection_mode="points",
        )
        _follow(clicked, run, clicks)
    with st.expander("Numbers behind the chart", type="compact"):
        st.dataframe(chart.table, hide_index=True, alt=chart.alt)


def _follow(clicked: Any, run: str, clicks: int) -> None:
    """Show the samples behind the mark that was clicked."""
    points = clicked["selection"]["points"] if clicked else []
    if not points or not (data := points[0].get("customdata")):
        return
    # Under its old key the chart would still be selected when the visitor comes back.
    st.session_state[_CLICKS] = clicks + 1
    number, *reasons = data
    opening.show(run, configurations=[int(number)], finish_reasons=reasons)

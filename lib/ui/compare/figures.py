"""The charts of a comparison, each with its words and its numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from lib.analysis.first_token import FirstTokens
from lib.analysis.grid import grid
from lib.analysis.summary import Analysis
from lib.charts.chart import Chart
from lib.charts.cost import cost
from lib.charts.finish_reasons import finish_reasons
from lib.charts.first_token import first_tokens, marks
from lib.charts.forest import forest
from lib.charts.heat_map import heat_map
from lib.charts.latency import latency
from lib.charts.length_ranges import length_ranges
from lib.charts.lengths import lengths
from lib.charts.theme import DESK, Look
from lib.charts.usage import usage
from lib.domain.checks import Check
from lib.ui import inert
from lib.ui.compare import clicks, compared_by, numbers
from lib.ui.compare.compared_by import Metric

MOST_PANELS = 12
"""Of first tokens. As many curves of lengths can be told apart, too."""
_HEADING_PX = 44
"""Of the line above a chart, with or without a switch: charts beside each other begin level."""

TOOK = {"latency": "Time", "usage": "Tokens", "cost": "Cost"}
"""What the last chart can show, and what that is called in its list."""


def draw(found: Analysis, run: str, checks: Sequence[Check] = (), look: Look = DESK) -> None:
    """Draw all charts of a run at rest; a click on a bar or point leads to its samples."""
    known = compared_by.metrics(checks)
    left, right = st.columns(2, gap="medium")
    with left:
        _heading("Why answers ended", look)
        show(why_ended(found, look), "finish", clicked=(found, run))
    with right:
        words = {name: metric.label for name, metric in known.items()}
        if st.session_state.get("compare.metric") not in words:
            st.session_state.pop("compare.metric", None)  # a check of another run
        name = _heading("Compared by", look, words, key="compare.metric")
        chart = compared(found, name, look, checks)
        show(chart, "forest", clicked=(found, run), reads=known[name].reads)
    _grid(found, name, known[name], run, look)
    _first_tokens(found, run, look)
    left, right = st.columns(2, gap="medium")
    with left:
        _heading("Length of answers", look)
        drawn = lengths if len(found.configurations) <= MOST_PANELS else length_ranges
        chart = drawn([each.group for each in found.configurations], look=look)
        show(chart, "lengths", clicked=(found, run))
    with right:
        taken = _heading("What an answer took", look, TOOK, key="compare.took", width=160)
        show(took(found, taken, look), "took", clicked=(found, run))


def _heading(
    words: str,
    look: Look,
    switch: Mapping[str, str] | None = None,
    *,
    key: str = "",
    width: int = 240,
) -> str:
    """What the chart below shows, with a list to choose from if there is one; the choice."""
    with st.container(
        height=look.px(_HEADING_PX),
        border=False,
        horizontal=True,
        vertical_alignment="center",
        gap="small",
    ):
        st.markdown(f"**{words}**", width="content")
        if switch is None:
            return ""
        # Not a row of buttons: at half a page's width it would need two lines, or four.
        return st.selectbox(
            words,
            list(switch),
            format_func=lambda name: switch[name],
            key=key,
            label_visibility="collapsed",
            persist_state="session",
            width=look.px(width),
        )


def why_ended(found: Analysis, look: Look = DESK) -> Chart:
    """Finish reasons of all configurations."""
    return finish_reasons(
        {each.name: each.finish_reasons for each in found.configurations}, look=look
    )


def compared(found: Analysis, name: str, look: Look = DESK, checks: Sequence[Check] = ()) -> Chart:
    """One metric of all configurations, or the share of answers that pass a check."""
    metric = compared_by.metrics(checks)[name]
    return forest(
        compared_by.estimates(found, name),
        metric=metric.axis,
        unit=metric.unit,
        behind=None if metric.check is None else ("fails", metric.check),
        look=look,
    )


def took(found: Analysis, what: str, look: Look = DESK) -> Chart:
    """The time, the tokens or the money that answers took."""
    columns = found.configurations
    if what == "cost":
        return cost({each.name: each.group.cost for each in columns}, look=look)
    if what == "latency":
        return latency({each.name: each.latency_s for each in columns}, look=look)
    return usage(
        {each.name: each.usage for each in columns},
        {each.name: each.samples for each in columns},
        look=look,
    )


def _grid(found: Analysis, name: str, metric: Metric, run: str, look: Look) -> None:
    """A sweep over two settings gets a heat map as well."""
    swept = grid([each.group.settings for each in found.configurations])
    if swept is None:
        return
    what = metric.label if metric.check is None else "Share of answers that pass the check,"
    st.markdown(f"**{what} over {swept.down} and {swept.across}**")
    chart = heat_map(
        swept,
        list(compared_by.estimates(found, name).values()),
        metric=metric.axis,
        behind=None if metric.check is None else ("fails", metric.check),
        look=look,
    )
    show(chart, "heat", clicked=(found, run), reads=metric.reads)


def _first_tokens(found: Analysis, run: str, look: Look) -> None:
    tables = {each.name: each.first_token for each in found.configurations[:MOST_PANELS]}
    known = {name: table for name, table in tables.items() if table is not None}
    if not known:
        return
    words = all(each.kind == "first_word" for each in known.values())
    st.markdown("**First word of answers**" if words else "**First token of answers**")
    st.caption(marks(tables))
    for note in _notes(known):
        inert.text(note)
    charts = first_tokens(tables, look=look)
    panels = st.grid(min(_across(len(charts)), 4), min_column_width=280)
    for place, chart in enumerate(charts.values()):
        with panels.cell():
            plot(chart, f"tokens.{place}", clicked=(found, run))
    if len(found.configurations) > MOST_PANELS:
        st.caption(f"The first {MOST_PANELS} of {len(found.configurations)} configurations.")
    numbers.draw(
        [row for chart in charts.values() for row in chart.table],
        alt="First tokens of each configuration: drawn, reported and expected.",
    )


def _across(panels: int) -> int:
    """As many beside each other as fill every row, if four or three do."""
    return next((across for across in (4, 3) if panels % across == 0), min(panels, 4))


def _notes(tables: Mapping[str, FirstTokens]) -> list[str]:
    """What must be told beside the numbers, with whom it is about where that isn't all."""
    names: dict[str, list[str]] = {}
    for name, table in tables.items():
        for note in table.notes:
            names.setdefault(note, []).append(name)
    return [
        note if len(of) == len(tables) else f"{', '.join(f'“{name}”' for name in of)}: {note}"
        for note, of in names.items()
    ]


def show(
    chart: Chart, key: str, *, clicked: tuple[Analysis, str] | None = None, reads: str = ""
) -> None:
    """Draw a chart with its words and its numbers.

    Args:
        chart: what is drawn.
        key: its name.
        clicked: the analysis and the run whose samples a click shows; `None`: nothing can be
            clicked.
        reads: what the ends of its scale mean, in plain words.
    """
    plot(chart, key, clicked=clicked)
    if reads:
        st.caption(reads)
    numbers.draw(chart.table, alt=chart.alt)


def plot(chart: Chart, key: str, *, clicked: tuple[Analysis, str] | None = None) -> None:
    """The same without its numbers."""
    config = {
        "displaylogo": False,
        "modeBarButtons": [["toImage"]],
        "toImageButtonOptions": {
            "format": st.session_state.get("compare.picture") or "svg",
            "filename": f"sampling-lab-{key}",
            "scale": 2,
        },
    }
    if clicked is None:
        st.plotly_chart(chart.figure, key=f"compare.chart.{key}", alt=chart.alt, config=config)
        return
    selection: Any = st.plotly_chart(
        chart.figure,
        key=f"compare.chart.{key}.{clicks.made()}",
        alt=chart.alt,
        config=config,
        on_select="rerun",
        selection_mode="points",
    )
    clicks.follow(selection, chart, *clicked)

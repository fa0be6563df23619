"""How charts look: one colour and symbol for a configuration everywhere, fixed ones for reasons.

Nothing here knows whether the page is light or dark: backgrounds are transparent, and greys are
mid-tones that can be read on both. Colour is never alone: symbols and hatching say the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from lib.charts.inert import label, wrapped
from lib.domain.vocabulary import FinishReason

# Okabe and Ito's palette, told apart by people with any kind of colour vision.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00")
SYMBOLS = (
    "circle",
    "square",
    "diamond",
    "cross",
    "triangle-up",
    "x",
    "star",
)
"""Seven to six colours: no two of the first 42 configurations look the same."""

INK = "#7F858D"
"""Of text, axes and intervals: 3.7 to 1 or more on white and on black."""
GRID = "rgba(127, 133, 141, 0.25)"
HATCH = "rgba(255, 255, 255, 0.7)"
PAPER, DARK = "#FFFFFF", "#222222"

REASONS: dict[FinishReason, tuple[str, str]] = {
    "stop": ("#009E73", ""),
    "stop_sequence": ("#56B4E9", "-"),
    "length": ("#E69F00", "/"),
    "content_filter": ("#CC79A7", "."),
    "refusal": ("#A05195", "."),
    "tool_calls": ("#0072B2", "|"),
    "context_window": ("#B8860B", "\\"),
    "pause": ("#8DA0CB", "+"),
    "error": ("#D55E00", "x"),
    "unknown": ("#8A8A8A", "+"),
}
"""Colour and hatch of each finish reason."""

FONT_PX, TITLE_PX = 14, 14
ROW_PX, FRAME_PX, LEGEND_PX = 40, 90, 34
NAME_CHARACTERS, NAME_LINES = 24, 2
PANEL_CHARACTERS = 20
TITLE_ROOM_PX = 90
"""Between panels: the axis of one, the title of the next."""


def colour(index: int) -> str:
    """Of the configuration with this place in its experiment, from 0."""
    return COLOURS[index % len(COLOURS)]


def symbol(index: int) -> str:
    """The same for its marker."""
    return SYMBOLS[index % len(SYMBOLS)]


def opposite(shade: str) -> str:
    """The outline of a mark that is white or dark."""
    return DARK if shade == PAPER else PAPER


def figure(*, height: int, legend: bool = False) -> go.Figure:
    """An empty figure in the lab's style.

    Args:
        height: in pixels, given so that the page doesn't jump when the chart arrives.
        legend: whether there is room for one above.
    """
    return styled(go.Figure(), height=height, legend=legend)


def styled(figure: go.Figure, *, height: int, legend: bool = False) -> go.Figure:
    """The same for a figure that has subplots already."""
    figure.update_layout(
        template=None,  # the default one adds 6 kB to every chart
        height=height,
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"size": FONT_PX, "color": INK},
        margin={"l": 8, "r": 24, "t": LEGEND_PX + 10 if legend else 10, "b": 50, "pad": 4},
        showlegend=legend,
        legend={
            "orientation": "h",
            "yanchor": "bottom",
            "y": 1.0,
            "x": 0,
            "traceorder": "normal",
            "font": {"size": FONT_PX, "color": INK},
        },
        hoverlabel={"font": {"size": FONT_PX}},
        bargap=0.25,
    )
    return figure


def panels(titles: Sequence[str], *, across: int, panel_px: int) -> go.Figure:
    """A figure with one panel for each title (of `inert.label`), sharing the rows of an axis.

    Args:
        titles: one a panel.
        across: panels beside each other.
        panel_px: height of a panel with its title and its axis.
    """
    down = ceil(len(titles) / across)
    inner = down * panel_px
    figure = make_subplots(
        rows=down,
        cols=across,
        shared_yaxes=True,
        horizontal_spacing=0.08,
        vertical_spacing=0 if down == 1 else min(1 / (down - 1), TITLE_ROOM_PX / inner),
        subplot_titles=list(titles),
    )
    styled(figure, height=inner + LEGEND_PX + TITLE_ROOM_PX, legend=True)
    figure.update_layout(
        margin={"t": LEGEND_PX + TITLE_ROOM_PX - 24},
        legend={"y": 1 + (TITLE_ROOM_PX - 30) / inner},
    )
    figure.update_annotations(font={"size": FONT_PX, "color": INK})
    return figure


def axis(title: str | None = None, /, **more: object) -> dict[str, object]:
    """An axis with fonts of its own: a page's theme changes only those that aren't set."""
    style: dict[str, object] = {
        "tickfont": {"size": FONT_PX, "color": INK},
        "gridcolor": GRID,
        "linecolor": GRID,
        "zeroline": False,
        "automargin": True,
    }
    if title is not None:
        font = {"size": TITLE_PX, "color": INK}
        style["title"] = {"text": title, "font": font, "standoff": 14}
    return style | more


def name_label(name: str) -> str:
    """A configuration's name as the label of a row."""
    return wrapped(name, width=NAME_CHARACTERS, lines=NAME_LINES)


def legend_label(name: str) -> str:
    """The same on one line, for a legend."""
    return label(name, most=NAME_CHARACTERS * NAME_LINES)


def panel_title(name: str, *, told: str) -> str:
    """The same as the title of a panel, with something that the lab says of it."""
    return f"{wrapped(name, width=PANEL_CHARACTERS)}<br>{told}"


def names_axis(labels: Sequence[str], **more: object) -> dict[str, object]:
    """An axis with a row for each label (of `inert.label`), the first on top.

    Rows are numbers and names only their labels: names that are the same once shortened keep
    rows of their own, and a name can't be taken for a number or a date.
    """
    return axis(
        tickmode="array",
        tickvals=list(range(len(labels))),
        ticktext=list(labels),
        range=[max(1, len(labels)) - 0.5, -0.5],
        showgrid=False,
        **more,
    )

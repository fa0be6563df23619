"""How charts look: one colour and symbol for a configuration everywhere, fixed ones for reasons.

Nothing here knows whether the page is light or dark: backgrounds are transparent, and greys are
mid-tones that can be read on both. Colour is never alone: symbols and hatching say the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

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

NAME_CHARACTERS, NAME_LINES = 24, 2
_FONT_PX, _ROW_PX = 14, 40
TOP_PX, _BOTTOM_PX = 62, 50
"""Above a chart's axes: a row for the camera, which a phone always shows, and one for a legend. The
same for all charts, so that rows of two beside each other are level."""


def colour(index: int) -> str:
    """Of the configuration with this place in its experiment, from 0."""
    return COLOURS[index % len(COLOURS)]


def symbol(index: int) -> str:
    """The same for its marker."""
    return SYMBOLS[index % len(SYMBOLS)]


def opposite(shade: str) -> str:
    """The outline of a mark that is white or dark."""
    return DARK if shade == PAPER else PAPER


@dataclass(frozen=True, slots=True)
class Look:
    """How large a chart's text and marks are. Every chart takes one."""

    scale: float = 1.0
    """1 is for a desk. A projector wants more: it is read from the back of a room."""

    def px(self, size: float) -> int:
        """A size in pixels at scale 1, at this one."""
        return round(size * self.scale)

    @property
    def font(self) -> dict[str, object]:
        """Of every text in a chart, given everywhere: a page's theme changes what isn't set."""
        return {"size": self.px(_FONT_PX), "color": INK}

    def height(self, rows: int) -> int:
        """In pixels, of a chart with so many rows between its axes."""
        return self.px(TOP_PX + _BOTTOM_PX + _ROW_PX * max(1, rows))

    def figure(
        self,
        *,
        height: int,
        legend: bool = False,
        margin: Mapping[str, int] | None = None,
        legend_y: float = 1.0,
        **layout: object,
    ) -> go.Figure:
        """An empty figure in the lab's style. Made whole: each later update costs milliseconds.

        Args:
            height: in pixels, given so that the page doesn't jump when the chart arrives.
            legend: whether it has one, above.
            margin: in place of the usual one, side by side.
            legend_y: where the legend begins: 1 is the top of the axes.
            layout: whatever else of Plotly's layout.
        """
        usual = {
            "l": 8,
            "r": self.px(24),
            "t": self.px(TOP_PX),
            "b": self.px(_BOTTOM_PX),
            "pad": 4,
        }
        figure = go.Figure(
            layout={
                "height": height,
                "paper_bgcolor": "rgba(0,0,0,0)",
                "plot_bgcolor": "rgba(0,0,0,0)",
                "font": self.font,
                "margin": usual | dict(margin or {}),
                "dragmode": False,  # a finger that moves over a chart scrolls the page
                "showlegend": legend,
                "legend": {
                    "orientation": "h",
                    "yanchor": "bottom",
                    "y": legend_y,
                    "x": 0,
                    "traceorder": "normal",
                    "font": self.font,
                },
                "hoverlabel": {"font": {"size": self.px(_FONT_PX)}},
                "bargap": 0.25,
                **layout,
            }
        )
        figure.layout.template = None  # the default one adds 6 kB to every chart
        return figure

    def axis(self, title: str | None = None, /, **more: object) -> dict[str, object]:
        """An axis with fonts of its own."""
        style: dict[str, object] = {
            "tickfont": self.font,
            "gridcolor": GRID,
            "linecolor": GRID,
            "zeroline": False,
            "automargin": True,
        }
        if title is not None:
            style["title"] = {"text": title, "font": self.font, "standoff": self.px(14)}
        return style | more

    def names_axis(self, labels: Sequence[str], **more: object) -> dict[str, object]:
        """An axis with a row for each label (of `inert.label`), the first on top.

        Rows are numbers and names only their labels: names that are the same once shortened keep
        rows of their own, and a name can't be taken for a number or a date.
        """
        return self.axis(
            tickmode="array",
            tickvals=list(range(len(labels))),
            ticktext=list(labels),
            range=[max(1, len(labels)) - 0.5, -0.5],
            showgrid=False,
            **more,
        )


DESK = Look()


def name_label(name: str) -> str:
    """A configuration's name as the label of a row."""
    return wrapped(name, width=NAME_CHARACTERS, lines=NAME_LINES)


def legend_label(name: str) -> str:
    """The same on one line, for a legend or a title."""
    return label(name, most=NAME_CHARACTERS * NAME_LINES)

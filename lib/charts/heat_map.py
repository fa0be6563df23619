"""Heat map of a sweep over two settings: one metric, with its numbers in the cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from plotly.colors import sample_colorscale, unlabel_rgb

from lib.analysis.grid import Grid
from lib.charts import theme
from lib.charts.chart import Chart
from lib.charts.inert import label
from lib.charts.theme import DESK, Look
from lib.charts.words import estimate, number
from lib.domain.vocabulary import Estimate

_CELL_PX, _FRAME_PX = 64, 112
_COLOURS = "Cividis"
"""Seen alike with any kind of colour vision; dark is low."""


def heat_map(
    grid: Grid,
    estimates: Sequence[Estimate],
    *,
    metric: str,
    behind: tuple[str, object] | None = None,
    look: Look = DESK,
) -> Chart:
    """One metric over two settings; the colours span the values that there are.

    `customdata` of a cell is the configuration's number, from 1, and `behind` as a mark.

    Args:
        grid: which configuration stands where.
        estimates: one for each configuration, by its place. One without a value keeps its cell,
            empty.
        metric: what the numbers are.
        behind: kind and value of the samples that a cell leads to; `None`: all of them.
        look: how large it is.
    """
    marks = () if behind is None else (behind,)
    rest = ["mark", 0] if marks else []
    rows = [[estimates[place] for place in row] for row in grid.cells]
    across = [_value(value) for value in grid.across_values]
    down = [_value(value) for value in grid.down_values]
    known = [e.value for e in estimates if e.value is not None]
    low, high = (min(known), max(known)) if known else (0.0, 0.0)
    figure = look.figure(
        height=look.px(_FRAME_PX + _CELL_PX * len(grid.down_values)),
        annotations=[
            {"x": x, "y": y, **_text(e, low, high, look)}
            for y, row in enumerate(rows)
            for x, e in enumerate(row)
        ],
        xaxis=_axis(grid.across, across, look),
        yaxis=_axis(grid.down, down, look) | {"autorange": "reversed"},
    )
    figure.add_heatmap(
        x=list(range(len(across))),
        y=list(range(len(down))),
        z=[[e.value for e in row] for row in rows],
        hovertext=[
            [
                f"{grid.down} {label(y)}, {grid.across} {label(x)}: {label(estimate(e), most=200)}"
                for e, x in zip(row, across, strict=True)
            ]
            for row, y in zip(rows, down, strict=True)
        ],
        hoverinfo="text",
        customdata=[[[place + 1, *rest] for place in row] for row in grid.cells],
        colorscale=_COLOURS,
        zmin=low,
        zmax=high if high > low else low + 1,  # all alike: one colour
        showscale=high > low,
        colorbar=_range(low, high, look),
        xgap=2,
        ygap=2,
    )
    told = [
        f"{grid.down} {y}, {grid.across} {x}: {estimate(e)}."
        for row, y in zip(rows, down, strict=True)
        for e, x in zip(row, across, strict=True)
    ]
    table: list[dict[str, object]] = [
        {grid.down: y, grid.across: x, **asdict(e)}
        for row, y in zip(rows, grid.down_values, strict=True)
        for e, x in zip(row, grid.across_values, strict=True)
    ]
    span = f" Colours from {number(low)} to {number(high)}." if high > low else ""
    what = f"{metric}, by {grid.down} and {grid.across}.{span}"
    return Chart(figure, f"{what} {' '.join(told)}", table, marks)


def _range(low: float, high: float, look: Look) -> dict[str, object]:
    """The colours with the values at their ends, above the cells."""
    return {
        "orientation": "h",
        "x": 0,
        "xanchor": "left",
        "y": 1,
        "yanchor": "bottom",
        "len": 0.5,
        "ypad": 0,
        "thickness": look.px(12),
        "tickvals": [low, high],
        "ticktext": [number(low), number(high)],
        "tickfont": look.font,
        "outlinewidth": 0,
    }


def _text(e: Estimate, low: float, high: float, look: Look) -> dict[str, object]:
    """The text of a cell, light on dark and dark on light.

    As annotations: a heat map's own text has one colour for all its cells under a page's theme.
    """
    shade = theme.INK
    if e.value is not None:
        shade = readable_on(fill((e.value - low) / (high - low) if high > low else 0.0))
    font = look.font | {"color": shade}
    return {"text": _cell(e), "font": font, "showarrow": False}


def fill(share: float) -> tuple[float, float, float]:
    """Red, green and blue, from 0 to 255, at this share of the colours, from 0 to 1."""
    (sampled,) = sample_colorscale(_COLOURS, [share])
    red, green, blue = (float(part) for part in unlabel_rgb(sampled))
    return red, green, blue


def readable_on(shade: tuple[float, float, float]) -> str:
    """White or black, whichever has the higher contrast by WCAG 2.2."""
    light = luminance(shade)
    return "#FFFFFF" if 1.05 / (light + 0.05) > (light + 0.05) / 0.05 else "#000000"


def luminance(shade: tuple[float, float, float]) -> float:
    """Relative luminance by WCAG 2.2, from 0 to 1."""
    parts = [part / 255 for part in shade]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _axis(name: str, values: Sequence[str], look: Look) -> dict[str, object]:
    return {
        **look.axis(name),
        "tickmode": "array",
        "tickvals": list(range(len(values))),
        "ticktext": [label(value, most=20) for value in values],
        "showgrid": False,
        "zeroline": False,
    }


def _value(value: object) -> str:
    if value is None:
        return "not set"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _cell(e: Estimate) -> str:
    """The number, with its interval below it: a cell says no more than its calls allow."""
    if e.value is None:
        return "not known"
    if e.low is None or e.high is None:
        return f"{number(e.value)}<br>n = {e.n}"
    return f"{number(e.value)}<br>{number(e.low)} to {number(e.high)}"

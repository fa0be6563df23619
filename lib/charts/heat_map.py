"""Heat map of a sweep over two settings: one metric, with its numbers in the cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from lib.analysis.grid import Grid
from lib.charts import theme
from lib.charts.chart import Chart
from lib.charts.inert import label
from lib.charts.words import estimate
from lib.domain.vocabulary import Estimate

CELL_PX = 64


def heat_map(
    grid: Grid, estimates: Sequence[Estimate], *, metric: str, unit: bool = False
) -> Chart:
    """One metric over two settings.

    `customdata` of a cell is the configuration's number, from 1.

    Args:
        grid: which configuration stands where.
        estimates: one for each configuration, by its place. One without a value keeps its cell,
            empty.
        metric: what the numbers are.
        unit: whether they lie between 0 and 1, which the colours then span.
    """
    figure = theme.figure(height=theme.FRAME_PX + CELL_PX * len(grid.down_values))
    rows = [[estimates[place] for place in row] for row in grid.cells]
    across = [_value(value) for value in grid.across_values]
    down = [_value(value) for value in grid.down_values]
    figure.add_heatmap(
        x=list(range(len(across))),
        y=list(range(len(down))),
        z=[[e.value for e in row] for row in rows],
        text=[[_cell(e) for e in row] for row in rows],
        texttemplate="%{text}",
        textfont={"size": theme.FONT_PX},
        hovertext=[
            [
                f"{grid.down} {label(y)}, {grid.across} {label(x)}: {label(estimate(e), most=200)}"
                for e, x in zip(row, across, strict=True)
            ]
            for row, y in zip(rows, down, strict=True)
        ],
        hoverinfo="text",
        customdata=[[[place + 1] for place in row] for row in grid.cells],
        colorscale="Cividis",
        zmin=0,
        zmax=1 if unit else None,
        showscale=False,
        xgap=2,
        ygap=2,
    )
    figure.update_layout(
        xaxis=_axis(grid.across, across), yaxis=_axis(grid.down, down) | {"autorange": "reversed"}
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
    return Chart(figure, f"{metric}, by {grid.down} and {grid.across}. {' '.join(told)}", table)


def _axis(name: str, values: Sequence[str]) -> dict[str, object]:
    return {
        **theme.axis(name),
        "tickmode": "array",
        "tickvals": list(range(len(values))),
        "ticktext": [label(value, most=16) for value in values],
        "showgrid": False,
        "zeroline": False,
    }


def _value(value: object) -> str:
    if value is None:
        return "default"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _cell(e: Estimate) -> str:
    """The number, with its interval below it: a cell says no more than its calls allow."""
    if e.value is None:
        return "not known"
    if e.low is None or e.high is None:
        return f"{e.value:.2f}<br>n = {e.n}"
    return f"{e.value:.2f}<br>{e.low:.2f}–{e.high:.2f}"

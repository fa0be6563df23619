"""Agreement along a ladder of one setting: a point with its interval for each, and the line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from lib.analysis.trend import Trend
from lib.charts import points, theme
from lib.charts.chart import Chart
from lib.charts.inert import label
from lib.charts.theme import DESK, Look
from lib.charts.words import estimate, some
from lib.domain.vocabulary import Estimate

_HEIGHT_PX = 340
_MOST_TICKS = 8
"""Values that are written below the axis one by one; of more the axis chooses its own."""


def trend(found: Trend, estimates: Mapping[str, Estimate], *, look: Look = DESK) -> Chart:
    """How often two calls agree at each value of the setting, with the least-squares line.

    `customdata` of a point is its configuration's number, from 1.

    Args:
        found: the trend, its configurations by rising value.
        estimates: agreement by configuration name, all of the run and in its order, so that each
            keeps its colour.
        look: how large it is.
    """
    numbers = {name: number for number, name in enumerate(estimates)}
    figure = look.figure(
        height=look.px(_HEIGHT_PX),
        xaxis=look.axis(label(found.setting), **_ticks(found)),
        yaxis=look.axis("Two calls agree", range=[-0.03, 1.03]),
        margin={"l": look.px(24)},
    )
    if found.line is not None:
        figure.add_scatter(
            x=[found.x[0], found.x[-1]],
            y=list(found.line),
            mode="lines",
            line={"color": theme.INK, "width": look.px(2), "dash": "dash"},
            showlegend=False,
            hoverinfo="skip",
        )
    rungs = list(zip(found.configurations, found.values, found.x, strict=True))
    for name, value, x in rungs:
        e = estimates[name]
        if e.value is not None:
            figure.add_scatter(**_point(numbers[name], name, value, x, e, e.value, look))
    told = [f"{found.setting} {value}: {estimate(estimates[name])}." for name, value, _ in rungs]
    table: list[dict[str, object]] = [
        {found.setting: value, "configuration": name, **asdict(estimates[name])}
        for name, value, _ in rungs
    ]
    return Chart(figure, f"How often two calls agree, by {found.setting}. {some(told)}", table)


def _ticks(found: Trend) -> dict[str, object]:
    if len(found.x) > _MOST_TICKS:
        return {}
    return {
        "tickmode": "array",
        "tickvals": list(found.x),
        "ticktext": [label(value, most=16) for value in found.values],
    }


def _point(
    index: int, name: str, value: str, x: float, e: Estimate, y: float, look: Look
) -> dict[str, object]:
    return {
        "x": [x],
        "y": [y],
        "mode": "markers",
        "showlegend": False,
        "marker": {
            "color": theme.colour(index),
            "symbol": theme.symbol(index),
            "size": look.px(13),
            "line": {"width": 1, "color": theme.INK},
        },
        "error_y": points.interval(e, y, index, look),
        "cliponaxis": False,
        "customdata": [[index + 1]],
        "hovertext": f"{label(name)} ({label(value)}): {label(estimate(e), most=200)}",
        "hoverinfo": "text",
    }

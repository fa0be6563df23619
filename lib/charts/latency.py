"""How long a call takes: its median and its 95th percentile, for each configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from lib.charts import points, theme
from lib.charts.chart import Chart
from lib.charts.inert import label
from lib.charts.theme import DESK, Look
from lib.charts.words import estimate, quoted, some
from lib.domain.vocabulary import Estimate

_AT = {"median": -0.14, "p95": 0.14}
"""Of a row's height: one above the other, so that their intervals don't cover each other."""
_NAMES = {"median": "median", "p95": "95th percentile"}

Latencies = Mapping[str, Estimate]
"""`median` and `p95`, in seconds, as `analysis.latency` gives them."""


def latency(found: Mapping[str, Latencies], *, look: Look = DESK) -> Chart:
    """A filled mark for the median and an open one for the 95th percentile, with intervals.

    `customdata` of a mark is the configuration's number, from 1.

    Args:
        found: by configuration name, in order. What isn't known is told in words and in the table.
        look: how large it is.
    """
    figure = look.figure(
        height=look.height(len(found)),
        legend=True,
        xaxis=look.axis("Seconds of a call", rangemode="tozero"),
        yaxis=look.names_axis(
            [f"{theme.name_label(name)} (n = {e['median'].n})" for name, e in found.items()]
        ),
    )
    for quantile in _AT:
        for row, (name, estimates) in enumerate(found.items()):
            e = estimates[quantile]
            if e.value is not None:
                figure.add_scatter(**_point(row, name, quantile, e, e.value, look))
    for quantile in _AT:
        if any(estimates[quantile].value is not None for estimates in found.values()):
            figure.add_scatter(**_entry(quantile, look))
    told = [
        f"{quoted(name)}: median {estimate(e['median'])}; 95th percentile {estimate(e['p95'])}."
        for name, e in found.items()
    ]
    rows: list[dict[str, object]] = [
        {"configuration": name, "quantile": quantile, **asdict(e)}
        for name, estimates in found.items()
        for quantile, e in estimates.items()
    ]
    return Chart(figure, f"Seconds of a call. {some(told)}".strip(), rows)


def _point(
    row: int, name: str, quantile: str, e: Estimate, value: float, look: Look
) -> dict[str, object]:
    colour, symbol = theme.colour(row), theme.symbol(row)
    return {
        "x": [value],
        "y": [row + _AT[quantile]],
        "mode": "markers",
        "showlegend": False,
        "marker": {
            "color": colour,
            "symbol": symbol if quantile == "median" else f"{symbol}-open",
            "size": look.px(11),
            "line": {"width": 1 if quantile == "median" else 2, "color": _edge(quantile, colour)},
        },
        "error_x": points.interval(e, value, row, look, thickness=2, width=5),
        "cliponaxis": False,
        "customdata": [[row + 1]],
        "hovertext": f"{label(name)}: {_NAMES[quantile]} {label(estimate(e), most=200)}",
        "hoverinfo": "text",
    }


def _edge(quantile: str, colour: str) -> str:
    return theme.INK if quantile == "median" else colour


def _entry(quantile: str, look: Look) -> dict[str, object]:
    """An entry of the legend: it stands for a quantile, whatever the configuration."""
    return {
        "name": _NAMES[quantile],
        "x": [None],
        "y": [None],
        "mode": "markers",
        "marker": {
            "color": theme.INK,
            "symbol": "circle" if quantile == "median" else "circle-open",
            "size": look.px(11),
        },
    }

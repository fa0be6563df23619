"""Lines along the answers, by configuration: still together, entropy of draws, the model's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from lib.analysis.along import FEW, Place, Reported, Together
from lib.charts import theme
from lib.charts.chart import Chart
from lib.charts.inert import label
from lib.charts.theme import DESK, Look
from lib.charts.words import number, percent, quoted, some

MOST_STEPS = 300
"""Of the steps that are drawn and tabled."""
_HEIGHT_PX = 380


def still_together(
    found: Mapping[str, Sequence[Together]], *, unit: str, look: Look = DESK
) -> Chart:
    """How likely two answers have not parted yet, with intervals as bands.

    Args:
        found: by configuration name, all of the run, so that each keeps its colour. One without
            places is left out.
        unit: of a step: token or word.
        look: how large it is.
    """
    figure = _figure(unit, "probability that two are still together", look, unit_range=True)
    for index, (name, steps) in enumerate(found.items()):
        if not steps:
            continue
        known = [step for step in steps if step.low is not None and step.high is not None]
        x = [step.steps for step in known]
        figure.add_traces(
            [
                _band(
                    index,
                    x,
                    [step.low or 0.0 for step in known],
                    [step.high or 0.0 for step in known],
                ),
                _line(
                    index,
                    name,
                    [step.steps for step in steps],
                    [step.value for step in steps],
                    [
                        f"{label(name)}: after {_steps(step.steps, unit)} {percent(step.value)}, "
                        f"from {step.n:,} answers"
                        for step in steps
                    ],
                    look,
                ),
            ]
        )
    told = [f"{quoted(name)}: {_parted(steps, unit)}." for name, steps in found.items() if steps]
    table: list[dict[str, object]] = [
        {
            "configuration": name,
            f"{unit}s": step.steps,
            "together": step.value,
            "low": step.low,
            "high": step.high,
            "answers": step.n,
        }
        for name, steps in found.items()
        for step in steps
    ]
    return Chart(figure, f"Still together. {some(told)}", table)


def draws_entropy(found: Mapping[str, Sequence[Place]], *, unit: str, look: Look = DESK) -> Chart:
    """The entropy of the draws at each place, after the same beginning; grey where few are left.

    Args:
        found: by configuration name, all of the run, so that each keeps its colour. One without
            places is left out.
        unit: of a step: token or word.
        look: how large it is.
    """
    figure = _figure(unit, "entropy of the draws, nats", look)
    for index, (name, places) in enumerate(found.items()):
        if not places:
            continue
        shown = [each for each in places if each.at < MOST_STEPS and each.entropy is not None]
        line = _line(
            index,
            name,
            [each.at + 1 for each in shown],
            [each.entropy or 0.0 for each in shown],
            [
                f"{label(name)}: {unit} {each.at + 1:,}, {number(each.entropy or 0.0)} nats, "
                f"n = {each.n}"
                for each in shown
            ],
            look,
        )
        few = [each.n < FEW for each in shown]
        marker = {
            "symbol": [f"{theme.symbol(index)}-open" if f else theme.symbol(index) for f in few],
            "color": [theme.INK if f else theme.colour(index) for f in few],
            "size": look.px(8),
        }
        figure.add_trace({**line, "marker": marker})
    told = [
        f"{quoted(name)}: {_highest(places, unit)}." for name, places in found.items() if places
    ]
    table: list[dict[str, object]] = [
        {"configuration": name, unit: each.at + 1, "entropy": each.entropy, "n": each.n}
        for name, places in found.items()
        for each in places
        if each.at < MOST_STEPS
    ]
    return Chart(figure, f"Entropy of the draws after the same beginning. {some(told)}", table)


def models_entropy(found: Mapping[str, Sequence[Reported]], *, look: Look = DESK) -> Chart:
    """Bounds of the model's own entropy at each token, as bands: certain, not by chance.

    Args:
        found: by configuration name, all of the run, so that each keeps its colour. One without
            places is left out.
        look: how large it is.
    """
    figure = _figure("token", "the model's own entropy, nats", look)
    for index, (name, places) in enumerate(found.items()):
        if not places:
            continue
        x = [each.at + 1 for each in places]
        middle = [(each.low + each.high) / 2 for each in places]
        hover = [
            f"{label(name)}: token {each.at + 1:,}, {number(each.low)} to {number(each.high)} "
            f"nats, mean of {each.n:,} answers"
            for each in places
        ]
        low, high = [each.low for each in places], [each.high for each in places]
        figure.add_traces(
            [_band(index, x, low, high), _line(index, name, x, middle, hover, look, bare=True)]
        )
    told = [
        f"{quoted(name)}: at its first token between {number(places[0].low)} and "
        f"{number(places[0].high)} nats, over {places[0].n:,} answers."
        for name, places in found.items()
        if places
    ]
    table: list[dict[str, object]] = [
        {
            "configuration": name,
            "token": each.at + 1,
            "low": each.low,
            "high": each.high,
            "answers": each.n,
        }
        for name, places in found.items()
        for each in places
    ]
    return Chart(figure, f"The model's own entropy, as bounds. {some(told)}", table)


def _figure(unit: str, title: str, look: Look, *, unit_range: bool = False) -> go.Figure:
    scale: dict[str, object] = {"range": [-0.02, 1.02]} if unit_range else {"rangemode": "tozero"}
    return look.figure(
        height=look.px(_HEIGHT_PX),
        legend=True,
        xaxis=look.axis(f"{unit} of the answer", rangemode="tozero"),
        yaxis=look.axis(title, **scale),
        margin={"l": look.px(24)},
    )


def _line(
    index: int,
    name: str,
    x: Sequence[int],
    y: Sequence[float],
    hover: Sequence[str],
    look: Look,
    *,
    bare: bool = False,
) -> dict[str, object]:
    return {
        "type": "scatter",
        "mode": "lines" if bare else "lines+markers",
        "name": theme.legend_label(name),
        "legendgroup": str(index),
        "x": list(x),
        "y": list(y),
        "line": {
            "color": theme.colour(index),
            "width": look.px(2),
            "dash": "dot" if bare else "solid",
        },
        "marker": {"symbol": theme.symbol(index), "color": theme.colour(index), "size": look.px(6)},
        "hovertext": list(hover),
        "hoverinfo": "text",
    }


def _band(
    index: int, x: Sequence[int], low: Sequence[float], high: Sequence[float]
) -> dict[str, object]:
    """Between the ends of intervals, or of bounds: there and back again."""
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [*x, *reversed(x)],
        "y": [*high, *reversed(low)],
        "fill": "toself",
        "fillcolor": theme.colour(index),
        "opacity": 0.25,
        "line": {"width": 0},
        "legendgroup": str(index),
        "showlegend": False,
        "hoverinfo": "skip",
    }


def _parted(steps: Sequence[Together], unit: str) -> str:
    half = next((step for step in steps if step.value <= 0.5), None)
    n = f"from {steps[0].n:,} answers"
    if half is None:
        return f"after {_steps(steps[-1].steps, unit)} {percent(steps[-1].value)} are together, {n}"
    return f"half of all pairs have parted after {_steps(half.steps, unit)}, {n}"


def _steps(count: int, unit: str) -> str:
    return f"{count:,} {unit}{'s' * (count != 1)}"


def _highest(places: Sequence[Place], unit: str) -> str:
    known = [each for each in places if each.entropy is not None]
    if not known:
        return "too few answers"
    most = max(known, key=lambda each: each.entropy or 0.0)
    return f"highest at {unit} {most.at + 1:,}, {number(most.entropy or 0.0)} nats, n = {most.n:,}"

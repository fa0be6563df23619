"""How long the answers of many configurations are: a row each, where curves would be a tangle."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lib.analysis.groups import Group
from lib.charts import theme
from lib.charts.chart import Chart
from lib.charts.inert import label
from lib.charts.lengths import Lengths, measured, table, words
from lib.charts.theme import DESK, Look
from lib.charts.words import some


def length_ranges(groups: Sequence[Group], *, alpha: float = 0.05, look: Look = DESK) -> Chart:
    """The median of each configuration, its middle half as a bar, and a line to its extremes.

    `customdata` of a mark is the configuration's number, from 1.

    Args:
        groups: the configurations, in order. One without answers keeps its row.
        alpha: how often an interval of a median may miss, in the words and the table.
        look: how large it is.
    """
    unit, found = measured(groups, alpha=alpha)
    figure = look.figure(
        height=look.height(len(groups)),
        xaxis=look.axis(f"Length in {unit}: median, middle half, extremes", rangemode="tozero"),
        yaxis=look.names_axis(
            [f"{theme.name_label(name)} (n = {len(e.values)})" for name, e in found.items()]
        ),
    )
    for row, (name, each) in enumerate(found.items()):
        if each.values:
            figure.add_traces(_marks(row, name, each, unit, look))
    told = [words(name, each) for name, each in found.items()]
    return Chart(figure, f"Length in {unit}, median. {some(told)}".strip(), table(found, unit))


def _marks(row: int, name: str, each: Lengths, unit: str, look: Look) -> list[dict[str, object]]:
    low, lower, middle, upper, high = np.quantile(each.values, [0, 0.25, 0.5, 0.75, 1]).tolist()
    both: dict[str, object] = {
        "type": "scatter",
        "hovertext": f"{label(name)}: median {middle:,g} {unit}, half of them from {lower:,g} to "
        f"{upper:,g}, all from {low:,g} to {high:,g}",
        "hoverinfo": "text",
        "cliponaxis": False,
    }
    colour = theme.colour(row)
    line = {"color": colour, "width": look.px(2)}
    return [
        {**both, "x": [low, high], "y": [row, row], "mode": "lines", "line": line},
        {
            **both,
            "x": [middle],
            "y": [row],
            "mode": "markers",
            "marker": {
                "color": colour,
                "symbol": theme.symbol(row),
                "size": look.px(12),
                "line": {"width": 1, "color": theme.INK},
            },
            "error_x": {
                "type": "data",
                "symmetric": False,
                "array": [upper - middle],
                "arrayminus": [middle - lower],
                "color": colour,
                "thickness": look.px(7),
                "width": 0,
            },
            "customdata": [[row + 1]],
        },
    ]

"""What all calls of each configuration cost: as far as it is known, and why it isn't."""

from __future__ import annotations

from collections.abc import Mapping

from lib.charts import points, theme
from lib.charts.chart import Chart
from lib.charts.inert import label, plain_label
from lib.charts.theme import DESK, Look
from lib.charts.words import quoted, some
from lib.domain.cost import Cost, in_dollars


def cost(costs: Mapping[str, Cost], *, look: Look = DESK) -> Chart:
    """A bar of what is known to be spent, with a line up to the most that it can be.

    `customdata` of a bar is the configuration's number, from 1.

    Args:
        costs: of all attempts, by configuration name, in order.
        look: how large it is.
    """
    figure = look.figure(
        height=look.height(len(costs)),
        xaxis=look.axis(
            "Estimated cost of all calls, in USD", rangemode="tozero", exponentformat="none"
        ),
        yaxis=look.names_axis([theme.name_label(name) for name in costs]),
        annotations=[
            # Why it is not known: in the alt text.
            points.in_place_of(row, "free" if each.usd is not None else "not known", look)
            for row, each in enumerate(costs.values())
            if not each.at_least and not each.at_most
        ],
    )
    figure.add_bar(
        orientation="h",
        x=[float(each.at_least) for each in costs.values()],
        y=list(range(len(costs))),
        marker={
            "color": [theme.colour(row) for row in range(len(costs))],
            "line": {"width": 1, "color": theme.INK},
        },
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [
                float(each.at_most - each.at_least)
                if each.at_most is not None and each.usd is None
                else None
                for each in costs.values()
            ],
            "arrayminus": [0] * len(costs),
            "color": theme.INK,
            "thickness": look.px(2),
            "width": look.px(5),
        },
        customdata=[[number] for number in range(1, len(costs) + 1)],
        hovertext=[f"{label(name)}: {label(in_words(e), most=200)}" for name, e in costs.items()],
        hoverinfo="text",
    )
    told = [f"{quoted(name)}: {plain_label(in_words(e), most=200)}." for name, e in costs.items()]
    rows: list[dict[str, object]] = [
        {
            "configuration": name,
            "at_least_usd": float(e.at_least),
            "at_most_usd": None if e.at_most is None else float(e.at_most),
            "why": e.why,
        }
        for name, e in costs.items()
    ]
    return Chart(figure, f"Cost of all calls. {some(told)}".strip(), rows)


def in_words(cost: Cost) -> str:
    """What is known of a cost: itself, its ends, or why it isn't known."""
    if cost.usd is not None:
        return in_dollars(cost.usd) if cost.usd else "free"
    if cost.at_most is not None:
        return f"{in_dollars(cost.at_least)} to {in_dollars(cost.at_most)}"
    least = f"at least {in_dollars(cost.at_least)}; " if cost.at_least else ""
    return f"{least}not known, as {cost.why}"

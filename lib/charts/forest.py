"""Forest chart: a point with its interval for each configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from lib.charts import points, theme
from lib.charts.chart import Chart
from lib.charts.inert import label
from lib.charts.theme import DESK, Look
from lib.charts.words import estimate, quoted, some
from lib.domain.vocabulary import Estimate


def forest(
    estimates: Mapping[str, Estimate],
    *,
    metric: str,
    unit: bool = False,
    behind: tuple[str, object] | None = None,
    look: Look = DESK,
) -> Chart:
    """Compare one metric over configurations, in the order given.

    `customdata` of a point is the configuration's number, from 1, and `behind` as a mark.

    Args:
        estimates: by configuration name. One without a value keeps its row, and says why; where a
            limit is known nevertheless, that is drawn.
        metric: what the numbers are, as the title of their axis.
        unit: whether they lie between 0 and 1, all of which the axis then shows.
        behind: kind and value of the samples that a point leads to; `None`: all of them.
        look: how large it is.
    """
    marks = () if behind is None else (behind,)
    figure = look.figure(
        height=look.height(len(estimates)),
        xaxis=look.axis(
            label(metric, most=90),
            **({"range": [-0.02, 1.02]} if unit else {"rangemode": "tozero"}),
        ),
        yaxis=look.names_axis(
            [f"{theme.name_label(name)} (n = {e.n})" for name, e in estimates.items()]
        ),
    )
    for row, (name, e) in enumerate(estimates.items()):
        middle = e.value if e.value is not None else e.low if e.low is not None else e.high
        if middle is None:
            why = label(f"not known: {e.why}", most=90)
            figure.add_annotation(**points.in_place_of(row, why, look))
        else:
            figure.add_scatter(
                **_point(row, name, e, middle, look),
                customdata=[[row + 1, *(["mark", 0] if marks else [])]],
            )
    told = [f"{quoted(name)}: {estimate(e)}." for name, e in estimates.items()]
    table = [_row(name, e) for name, e in estimates.items()]
    return Chart(figure, f"{metric}. {some(told)}", table, marks)


def _point(row: int, name: str, e: Estimate, middle: float, look: Look) -> dict[str, object]:
    """A point with its interval; a limit alone, where only that is known, as a stroke."""
    return {
        "name": theme.legend_label(name),
        "x": [middle],
        "y": [row],
        "mode": "markers",
        "marker": {
            "color": theme.colour(row),
            "symbol": theme.symbol(row) if e.value is not None else "line-ns-open",
            "size": look.px(13),
            "line": {"width": 1, "color": theme.INK},
        },
        "error_x": points.interval(e, middle, row, look),
        "cliponaxis": False,  # a point at 0 or 1 is seen whole
        "hovertext": f"{label(name)}: {label(estimate(e), most=200)}",
        "hoverinfo": "text",
    }


def _row(name: str, e: Estimate) -> dict[str, object]:
    return {"configuration": name, **asdict(e)}

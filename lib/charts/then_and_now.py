"""Then and now: one metric of each configuration at two times, under each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from lib.charts import points, theme
from lib.charts.chart import Chart
from lib.charts.inert import label
from lib.charts.theme import DESK, Look
from lib.charts.words import estimate, quoted, some
from lib.domain.vocabulary import Estimate

Pair = tuple[str, Estimate, Estimate]
"""A configuration's name, and its estimates then and now."""


def then_and_now(
    pairs: Sequence[Pair], *, metric: str, called: tuple[str, str], look: Look = DESK
) -> Chart:
    """Two points with intervals for each configuration: then hollow, now filled.

    Args:
        pairs: one for each configuration, in order. What isn't known says why.
        metric: what the numbers are, as the title of their axis; between 0 and 1.
        called: what the two times are called.
        look: how large it is.
    """
    rows = [
        (place, name, when, e, bool(time))
        for place, (name, *both) in enumerate(pairs)
        for time, (when, e) in enumerate(zip(called, both, strict=True))
    ]
    figure = look.figure(
        height=look.height(len(rows)),
        xaxis=look.axis(label(metric, most=90), range=[-0.02, 1.02]),
        yaxis=look.names_axis(
            [f"{theme.name_label(name)}<br>{label(when)}" for _, name, when, _, _ in rows]
        ),
    )
    for row, (place, name, when, e, now) in enumerate(rows):
        middle = e.value
        if middle is None:
            why = label(f"not known: {e.why}", most=90)
            figure.add_annotation(**points.in_place_of(row, why, look))
            continue
        figure.add_scatter(
            x=[middle],
            y=[row],
            mode="markers",
            marker={
                "color": theme.colour(place),
                "symbol": theme.symbol(place) + ("" if now else "-open"),
                "size": look.px(13),
                "line": {"width": look.px(2 - now), "color": theme.INK if now else None},
            },
            error_x=points.interval(e, middle, place, look),
            cliponaxis=False,
            hovertext=f"{label(name)}, {label(when)}: {label(estimate(e), most=200)}",
            hoverinfo="text",
        )
    told = [f"{quoted(name)}, {when}: {estimate(e)}." for _, name, when, e, _ in rows]
    table: list[dict[str, object]] = [
        {"configuration": name, "time": when, **asdict(e)} for _, name, when, e, _ in rows
    ]
    return Chart(figure, f"{metric}. {some(told)}", table)

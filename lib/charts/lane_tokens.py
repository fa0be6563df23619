"""What each call sends, turn by turn, under several ways to manage context."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lib.charts import theme
from lib.charts.chart import Chart
from lib.charts.theme import DESK, Look
from lib.charts.words import quoted, some

_HEIGHT_PX = 320


def lane_tokens(
    tokens: Mapping[str, Sequence[int | None]],
    *,
    window: int | None = None,
    look: Look = DESK,
) -> Chart:
    """A line for each way, a point for each turn: the tokens that its call sent.

    Args:
        tokens: by name, in order, as reported; `None`: not reported, or not called.
        window: the context window, drawn as a line; `None`: not known, or not wanted.
        look: how large it is.
    """
    figure = look.figure(
        height=look.px(_HEIGHT_PX),
        legend=True,
        xaxis=look.axis("Turn", dtick=1),
        yaxis=look.axis("Tokens sent", rangemode="tozero"),
    )
    for place, (name, values) in enumerate(tokens.items()):
        figure.add_scatter(
            name=theme.legend_label(name),
            x=list(range(1, len(values) + 1)),
            y=list(values),
            mode="lines+markers",
            line={"color": theme.colour(place), "width": look.px(2)},
            marker={"symbol": theme.symbol(place), "size": look.px(9)},
        )
    if window is not None:
        figure.add_hline(
            y=window,
            line={"color": theme.INK, "dash": "dash", "width": look.px(2)},
            annotation={"text": f"context window: {window:,}", "font": look.font},
        )
    told = [f"{quoted(name)}: {_words(values)}." for name, values in tokens.items()]
    rows: list[dict[str, object]] = [
        {"turn": turn, **{name: values[turn - 1] for name, values in tokens.items()}}
        for turn in range(1, max(map(len, tokens.values()), default=0) + 1)
    ]
    return Chart(figure, f"Tokens sent, turn by turn. {some(told)}", rows)


def _words(values: Sequence[int | None]) -> str:
    return ", ".join("not known" if each is None else f"{each:,}" for each in values) or "none"

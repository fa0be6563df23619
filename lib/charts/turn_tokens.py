"""Tokens of each call of a conversation, stacked by where they come from."""

from __future__ import annotations

from collections.abc import Sequence

from lib.charts import theme
from lib.charts.chart import Chart
from lib.charts.theme import DESK, Look
from lib.charts.words import some
from lib.conversation.ledger import PARTS, Entry

_STYLES = {
    "system": ("system message", "#CC79A7", "."),
    "repeated": ("turns sent before", "#56B4E9", "/"),
    "new": ("sent for the first time", "#009E73", ""),
    "prefill": ("prefill", "#0072B2", "x"),
    "answer": ("answer", "#E69F00", ""),
}
"""Name, colour and hatch of each part."""
_HEIGHT_PX = 300


def turn_tokens(entries: Sequence[Entry], *, window: int | None = None, look: Look = DESK) -> Chart:
    """Stacked bars, one for each call.

    Args:
        entries: the calls of a branch, in order.
        window: the context window, drawn as a line; `None`: not known, or not wanted.
        look: how large it is.
    """
    names = [f"call {each.call}" for each in entries]
    figure = look.figure(
        height=look.px(_HEIGHT_PX),
        legend=True,
        barmode="stack",
        xaxis=look.axis(
            tickmode="array", tickvals=list(range(len(names))), ticktext=names, showgrid=False
        ),
        yaxis=look.axis("Tokens", rangemode="tozero"),
    )
    for part in PARTS:
        name, colour, hatch = _STYLES[part]
        values = [each.shares.get(part, 0) for each in entries]
        if not any(values):
            continue
        figure.add_bar(
            name=name,
            x=list(range(len(entries))),
            y=values,
            marker={
                "color": colour,
                "line": {"width": 1, "color": theme.INK},
                "pattern": {"shape": hatch, "fillmode": "overlay", "fgcolor": theme.HATCH},
            },
            hovertext=[
                f"Call {each.call}: {value:,} tokens, {name}"
                for each, value in zip(entries, values, strict=True)
            ],
            hoverinfo="text",
        )
    if window is not None:
        figure.add_hline(
            y=window,
            line={"color": theme.INK, "dash": "dash", "width": look.px(2)},
            annotation={"text": f"context window: {window:,}", "font": look.font},
        )
    told = [_words(each) for each in entries]
    whose = "" if window is None else f" The context window has {window:,} tokens."
    return Chart(figure, f"Tokens of each call. {some(told)}{whose}", [_row(e) for e in entries])


def _words(each: Entry) -> str:
    parts = [f"{each.shares[part]:,} {_STYLES[part][0]}" for part in PARTS if each.shares.get(part)]
    total = "not known" if each.input_tokens is None else f"{each.input_tokens:,} in"
    return f"Call {each.call}: {total}, of them {', '.join(parts)}."


def _row(each: Entry) -> dict[str, object]:
    return {
        "call": each.call,
        "input_tokens": each.input_tokens,
        **{part: each.shares.get(part) for part in PARTS},
        "total_as": "reported by the endpoint" if each.reported else "counted here",
        "shares_are": "exact" if each.exact else "about",
    }

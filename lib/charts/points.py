"""A point with its interval, and why there is none: what charts of estimates have in common."""

from __future__ import annotations

from lib.charts import theme
from lib.charts.theme import Look
from lib.domain.vocabulary import Estimate


def interval(
    e: Estimate, at: float, index: int, look: Look, *, thickness: float = 2.5, width: float = 6
) -> dict[str, object]:
    """The error bar of a point; an end that isn't known is left out.

    Args:
        e: what is estimated.
        at: where its point is.
        index: of its configuration, from 0: it gives the colour.
        look: how large it is.
        thickness: of the line, in pixels at scale 1.
        width: of its ends, the same.
    """
    return {
        "type": "data",
        "symmetric": False,
        "array": [None if e.high is None else e.high - at],
        "arrayminus": [None if e.low is None else at - e.low],
        "color": theme.colour(index),
        "thickness": look.px(thickness),
        "width": look.px(width),
    }


def in_place_of(row: int, text: str, look: Look) -> dict[str, object]:
    """An annotation where a row's point would be: why there is none. The text is inert."""
    return {
        "x": 0,
        "xref": "paper",
        "xanchor": "left",
        "y": row,
        "showarrow": False,
        "text": text,
        "font": look.font,
    }

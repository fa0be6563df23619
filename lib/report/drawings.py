"""The charts of a report as drawings within the page: no script, and they print.

Colours are those of every chart of the lab. They are never alone: each row has its name, each piece
its word, and the numbers are in a table beside it.
"""

from __future__ import annotations

from collections.abc import Mapping

from lib.analysis.finish_reasons import Share
from lib.charts import theme
from lib.charts.inert import shortened
from lib.charts.words import number
from lib.domain.vocabulary import FINISH_REASONS, Estimate, FinishReason
from lib.report.markup import Element, element

_WIDTH, _NAMES, _RIGHT, _ROW, _TOP, _BOTTOM = 760, 210, 90, 34, 8, 30
_MOST_NAME = 30
_WORD_PX = 7.2
"""Of a letter, about: a word is written into its piece where there is room."""


def forest(estimates: Mapping[str, Estimate], *, unit: bool, says: str, start: int = 0) -> Element:
    """A point with its interval for each configuration.

    Args:
        estimates: by configuration, in order. One without a value says why.
        unit: whether all lie between 0 and 1.
        says: the same in words.
        start: the place of the first configuration, for its colour.
    """
    ends = [v for e in estimates.values() for v in (e.value, e.low, e.high) if v is not None]
    most = 1.0 if unit else max([*ends, 0.0]) * 1.05 or 1.0
    parts = [*_scale(most, len(estimates))]
    for row, (name, e) in enumerate(estimates.items()):
        parts += _point(row, name, e, most, theme.colour(start + row))
    return _drawing(parts, len(estimates), says)


def bars(shares: Mapping[str, Mapping[FinishReason, Share]], *, says: str) -> Element:
    """A hundred percent of each configuration's answers, by why they ended."""
    parts = [*_scale(1.0, len(shares), percent=True)]
    for row, (name, found) in enumerate(shares.items()):
        parts.append(_name(row, name))
        at = 0.0
        for reason in FINISH_REASONS:
            share = found.get(reason)
            if share is None or not share.count:
                continue
            parts += _piece(row, reason, share, at)
            at += share.share
    return _drawing(parts, len(shares), says)


def _drawing(parts: list[Element], rows: int, says: str) -> Element:
    height = _TOP + _ROW * rows + _BOTTOM
    return element(
        "svg", *parts, viewBox=f"0 0 {_WIDTH} {height}", role="img", aria_label=says, class_="chart"
    )


def _x(value: float, most: float) -> float:
    return _NAMES + (_WIDTH - _NAMES - _RIGHT) * value / most


def _y(row: int) -> float:
    return _TOP + _ROW * (row + 0.5)


def _scale(most: float, rows: int, *, percent: bool = False) -> list[Element]:
    bottom = _TOP + _ROW * rows
    parts = []
    for step in range(5):
        value = most * step / 4
        x = _x(value, most)
        words = f"{100 * value:.0f}%" if percent else number(value)
        parts += [
            element("line", x1=x, x2=x, y1=_TOP, y2=bottom, class_="grid"),
            _text(words, x, bottom + 18, anchor="middle", kind="tick"),
        ]
    return parts


def _point(row: int, name: str, e: Estimate, most: float, colour: str) -> list[Element]:
    y, parts = _y(row), [_name(row, name)]
    if e.value is None:
        return [*parts, _text(shortened(f"not known: {e.why}", 70), _NAMES + 8, y + 5, kind="tick")]
    low, high = (e.value if end is None else end for end in (e.low, e.high))
    x1, x2 = _x(low, most), _x(high, most)
    parts += [
        element("line", x1=x1, x2=x2, y1=y, y2=y, stroke=colour, stroke_width=2.5),
        *(
            element("line", x1=x, x2=x, y1=y - 5, y2=y + 5, stroke=colour, stroke_width=2.5)
            for x, end in ((x1, e.low), (x2, e.high))
            if end is not None
        ),
        element("circle", cx=_x(e.value, most), cy=y, r=6, fill=colour, class_="mark"),
        _text(f"{number(e.value)}, n = {e.n}", _WIDTH - _RIGHT + 10, y + 5, kind="tick"),
    ]
    return parts


def _piece(row: int, reason: FinishReason, share: Share, at: float) -> list[Element]:
    colour, _ = theme.REASONS[reason]
    x, width = _x(at, 1.0), _x(at + share.share, 1.0) - _x(at, 1.0)
    words = f"{reason} {share.count}"
    if len(words) * _WORD_PX > width:
        words = str(share.count) if len(str(share.count)) * _WORD_PX < width else ""
    drawn = element("rect", x=x, y=_y(row) - 11, width=width, height=22, fill=colour, class_="mark")
    if not words:
        return [drawn]
    return [drawn, _text(words, x + width / 2, _y(row) + 5, anchor="middle", kind="inside")]


def _name(row: int, name: str) -> Element:
    return _text(shortened(name, _MOST_NAME), _NAMES - 10, _y(row) + 5, anchor="end", title=name)


def _text(
    words: str, x: float, y: float, *, anchor: str = "start", kind: str = "", title: str = ""
) -> Element:
    return element(
        "text",
        element("title", title) if title else None,
        words.replace("\n", " "),
        x=float(x),
        y=float(y),
        text_anchor=anchor,
        class_=kind or None,
    )

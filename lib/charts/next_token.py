"""The next token: each token's probability before and after settings, and how they add up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import regex

from lib.analysis.goodness import ELSE
from lib.analysis.next_token import NextToken
from lib.analysis.what_if import Cut, Step, WhatIf
from lib.charts import theme
from lib.charts.chart import Chart
from lib.charts.inert import label, plain_token, shortened, visible
from lib.charts.theme import DESK, Look
from lib.charts.words import number, percent
from lib.domain.vocabulary import TokenProbability

_ROW_PX, _FRAME_PX = 30, 48 + theme.TOP_PX
_BEFORE, _AFTER, _SUM = theme.INK, theme.COLOURS[0], theme.COLOURS[1]
_IN_ALT = 5
NO_TEXT = "∅"
"""In place of a token that decodes to nothing."""
_BYTES = regex.compile("[0-9a-f]*[a-f][0-9a-f]*")
"""A key that is bytes: an id has digits alone."""
_LEAST = 1e-4
"""Percents: where a logarithmic axis begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    token: str
    """As `token_words` has it."""
    before: float
    after: float
    cumulative: float | None
    """Of what top_p cuts; `None`: cut before it, or the row of everything else."""
    cut_by: Step | None
    others: int = 0
    """How many tokens a row of everything else stands for."""


def next_token(
    distribution: NextToken,
    found: WhatIf,
    *,
    top_p: float | None = None,
    most: int = 15,
    logarithmic: bool = False,
    look: Look = DESK,
) -> Chart:
    """Bars before and after, and beside them the cumulative line that top_p cuts.

    `customdata` of a mark is the place of its token in the distribution, from 0.

    Args:
        distribution: the whole one.
        found: what settings made of it.
        top_p: drawn as a line where it is set.
        most: tokens with a row of their own. All others are one row.
        logarithmic: whether the bars' axis is, so that rare tokens are seen.
        look: how large it is.
    """
    rows = _rows(distribution, found, most)
    own = rows[: min(most, len(distribution.tokens))]
    figure = look.figure(
        height=look.px(_FRAME_PX + _ROW_PX * len(rows)),
        legend=True,
        barmode="group",
        margin={"b": look.px(48)},
        xaxis=_axis(rows, logarithmic, look),
        xaxis2=look.axis(
            "added up",
            range=[0, 104],
            domain=[0.74, 1],
            tickvals=[0, 50, 100],
            ticktext=["0%", "50%", "100%"],
        ),
        yaxis=look.names_axis([_label(row) for row in rows]),
        shapes=[] if top_p is None or top_p >= 1 else [_line(top_p, len(rows), look)],
    )
    figure.add_traces(
        [
            _bars("before", [row.before for row in rows], rows, _BEFORE, look),
            _bars("after", [row.after for row in rows], rows, _AFTER, look),
            _added_up(own, look),
        ]
    )
    table: list[dict[str, object]] = [
        {
            "token": row.token,
            "tokens": row.others or 1,
            "before": row.before,
            "after": row.after,
            "added_up": row.cumulative,
            "cut_by": row.cut_by,
        }
        for row in rows
    ]
    return Chart(figure, _alt(distribution, found, own), table)


def cuts_in_words(cuts: Sequence[Cut]) -> str:
    """What each step takes away, as one sentence."""
    if not cuts:
        return "Nothing is cut."
    told = [
        f"{cut.step} cuts {cut.tokens:,} token{'s' * (cut.tokens != 1)} "
        f"with {percent(cut.mass)} of the probability that reaches it"
        for cut in cuts
    ]
    return f"{'; '.join(told)}."


def _rows(distribution: NextToken, found: WhatIf, most: int) -> list[_Row]:
    rows = [
        _Row(
            token=token_words(token),
            before=float(found.before[place]),
            after=float(found.after[place]),
            cumulative=float(found.cumulative[place]) if place < len(found.cumulative) else None,
            cut_by=found.cut_by(place),
        )
        for place, token in enumerate(distribution.tokens[:most])
    ]
    others = len(distribution.tokens) - len(rows)
    if others:
        rest = _Row(
            token=f"{ELSE} ({others:,} token{'s' * (others != 1)})",
            others=others,
            before=float(found.before[most:].sum()),
            after=float(found.after[most:].sum()),
            cumulative=None,
            cut_by=found.cut_by(most),
        )
        rows.append(rest)
    return rows


def _label(row: _Row) -> str:
    if row.others:
        return ELSE
    return f"{label(row.token, most=14)}{' ✂' if row.cut_by else ''}"


def _axis(rows: Sequence[_Row], logarithmic: bool, look: Look) -> dict[str, object]:
    if logarithmic:
        return look.axis(
            "probability",
            type="log",
            domain=[0, 0.68],
            range=[-4, 2.4],
            tickvals=[1e-4, 1e-2, 1, 100],
            ticktext=["0.0001%", "0.01%", "1%", "100%"],
        )
    limit = min(118.0, 118 * max(max(row.before, row.after) for row in rows))
    return look.axis("probability", domain=[0, 0.68], range=[0, limit], ticksuffix="%", nticks=5)


def _bars(
    name: str, shares: Sequence[float], rows: Sequence[_Row], colour: str, look: Look
) -> dict[str, object]:
    return {
        "type": "bar",
        "orientation": "h",
        "name": name,
        "x": [100 * share if 100 * share >= _LEAST else None for share in shares],
        "y": list(range(len(rows))),
        "marker": {
            "color": colour,
            "line": {"width": 1, "color": theme.INK},
            # What is cut is hatched, so that it can be told without its colour.
            "pattern": {
                "shape": ["/" if row.cut_by and name == "before" else "" for row in rows],
                "fillmode": "overlay",
                "fgcolor": theme.HATCH,
            },
        },
        "customdata": [[place] for place in range(len(rows))],
        "hovertext": [_words(row) for row in rows],
        "hoverinfo": "text",
        "text": [share_words(share) for share in shares],
        "textposition": "outside",
        "textangle": 0,
        "constraintext": "none",
        "cliponaxis": False,
        "textfont": {**look.font, "size": look.px(11)},
    }


def _added_up(rows: Sequence[_Row], look: Look) -> dict[str, object]:
    known = [(place, row) for place, row in enumerate(rows) if row.cumulative is not None]
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": "added up, as top_p sees it",
        "xaxis": "x2",
        "x": [100 * (row.cumulative or 0) for _, row in known],
        "y": [place for place, _ in known],
        "line": {"color": _SUM, "width": look.px(2)},
        "marker": {
            "color": _SUM,
            "size": look.px(8),
            "symbol": ["x" if row.cut_by else "circle" for _, row in known],
        },
        "customdata": [[place] for place, _ in known],
        "hovertext": [_words(row) for _, row in known],
        "hoverinfo": "text",
        "cliponaxis": False,
    }


def _line(top_p: float, rows: int, look: Look) -> dict[str, object]:
    return {
        "type": "line",
        "xref": "x2",
        "x0": 100 * top_p,
        "x1": 100 * top_p,
        "y0": -0.5,
        "y1": rows - 0.5,
        "line": {"color": theme.INK, "width": look.px(1.5), "dash": "dash"},
    }


def _words(row: _Row) -> str:
    told = f"{label(row.token)}: {share_words(row.before)} before, {share_words(row.after)} after"
    if row.cumulative is not None:
        told += f", {percent(row.cumulative)} added up"
    return f"{told}, cut by {row.cut_by}" if row.cut_by and not row.others else told


def token_words(token: TokenProbability) -> str:
    r"""A token as a reader tells it from others: its text, with white space shown.

    A part of a character has no text of its own: its bytes stand for it where its key has them, as
    `\xf0\x9f`, else its number in the vocabulary.
    """
    if token.token and "\ufffd" not in token.token:
        return plain_token(token.token)
    if _BYTES.fullmatch(token.key) and len(token.key) % 2 == 0:
        raw = bytes.fromhex(token.key)
        return visible(raw.decode("utf-8", "backslashreplace")).replace(" ", "␣")
    shown = plain_token(token.token) if token.token else NO_TEXT
    return f"{shown} #{token.key}" if token.key.isdecimal() else shown


def share_words(share: float) -> str:
    """A share in percent, with as many digits as it needs."""
    return "0%" if share == 0 else f"{number(round(100 * share, 9))}%"


def _alt(distribution: NextToken, found: WhatIf, rows: Sequence[_Row]) -> str:
    told = "; ".join(
        f"“{shortened(row.token, 24)}” {share_words(row.before)} before, "
        f"{share_words(row.after)} after"
        for row in rows[:_IN_ALT]
    )
    return (
        f"Next token: {told}. {found.kept:,} of {len(distribution.tokens):,} tokens are left. "
        f"{cuts_in_words(found.cuts)} Entropy {number(found.entropy_before)} nats before, "
        f"{number(found.entropy_after)} after."
    )

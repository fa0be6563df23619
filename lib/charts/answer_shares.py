"""How often each configuration gave each answer: values that a rule found, or lexical clusters."""

from __future__ import annotations

from collections.abc import Sequence

from lib.analysis.answer_shares import AnswerShares
from lib.analysis.finish_reasons import Share
from lib.charts import theme
from lib.charts.chart import Chart
from lib.charts.inert import label, wrapped
from lib.charts.theme import DESK, Look
from lib.charts.words import percent, quoted, some

MOST_ANSWERS = 10
MOST_CONFIGURATIONS = 12
"""That are drawn; the table has all."""
_APART_PX = 15
"""Between the marks of two configurations in a row."""
_LEGEND_ROW_PX = 20
_ANSWER_CHARACTERS = 26
_GAP = 0.24
"""Of a row's height, without a mark."""


def answer_shares(
    found: Sequence[AnswerShares], names: Sequence[str], *, look: Look = DESK
) -> Chart:
    """A row for each answer, the most frequent first; in it the share under each configuration.

    `customdata` of a mark is the configuration's number, from 1, and the answer as a mark.

    Args:
        found: the answers, the most frequent first.
        names: of the configurations, in their order.
        look: how large it is.
    """
    drawn, shown = found[:MOST_ANSWERS], names[:MOST_CONFIGURATIONS]
    legend_rows = -(-len(shown) // 3)
    figure = look.figure(
        height=look.px(
            theme.TOP_PX
            + _LEGEND_ROW_PX * legend_rows
            + 60
            + max(44, _APART_PX * (len(shown) + 1)) * max(1, len(drawn))
        ),
        legend=True,
        margin={"t": look.px(theme.TOP_PX + _LEGEND_ROW_PX * (legend_rows - 1))},
        xaxis=look.axis("Share of the answers, %", range=[-2, 102]),
        yaxis=look.names_axis(
            [wrapped(_shown(each.answer), width=_ANSWER_CHARACTERS) for each in drawn]
        ),
    )
    for index, name in enumerate(shown):
        figure.add_scatter(**_marks(index, name, drawn, len(shown), look))
    told = [_words(each, shown) for each in drawn]
    more = len(found) - len(drawn)
    rest = f" {more:,} rarer answers are in the table." if more > 0 else ""
    table: list[dict[str, object]] = [
        {
            "answer": each.answer,
            "configuration": name,
            "count": None if share is None else share.count,
            "answers": 0 if share is None else share.n,
            "share": None if share is None else share.share,
            "low": None if share is None else share.low,
            "high": None if share is None else share.high,
        }
        for each in found
        for name, share in zip(names, each.shares, strict=True)
    ]
    marks = tuple(("answer", each.answer) for each in drawn)
    return Chart(figure, f"Answers by configuration. {some(told)}{rest}", table, marks)


def _marks(
    index: int, name: str, drawn: Sequence[AnswerShares], of: int, look: Look
) -> dict[str, object]:
    shares = [each.shares[index] for each in drawn]
    n = next((s.n for s in shares if s is not None), 0)
    offset = (1 - _GAP) * ((index + 0.5) / of - 0.5)
    return {
        "name": f"{theme.legend_label(name)} (n = {n:,})",
        "x": [None if s is None else 100 * s.share for s in shares],
        "y": [row + offset for row in range(len(drawn))],
        "mode": "markers",
        "marker": {
            "color": theme.colour(index),
            "symbol": theme.symbol(index),
            "size": look.px(11),
            "line": {"width": 1, "color": theme.INK},
        },
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": [_gap(s, "high") for s in shares],
            "arrayminus": [_gap(s, "low") for s in shares],
            "color": theme.colour(index),
            "thickness": look.px(2),
            "width": look.px(4),
        },
        "cliponaxis": False,
        "customdata": [[index + 1, "mark", place] for place in range(len(drawn))],
        "hovertext": [
            f"{label(name)}: {label(_shown(each.answer))}, {_counted(share)}"
            for each, share in zip(drawn, shares, strict=True)
        ],
        "hoverinfo": "text",
    }


def _gap(share: Share | None, end: str) -> float | None:
    if share is None or share.low is None or share.high is None:
        return None
    return 100 * (share.high - share.share if end == "high" else share.share - share.low)


def _words(each: AnswerShares, names: Sequence[str]) -> str:
    told = (
        f"{quoted(name)} {_counted(share)}"
        for name, share in zip(names, each.shares, strict=False)
        if share is not None
    )
    return f"{quoted(_shown(each.answer))}: {'; '.join(told)}."


def _counted(share: Share | None) -> str:
    if share is None:
        return "no answer"
    ends = (
        ""
        if share.low is None or share.high is None
        else f", {percent(share.low)} to {percent(share.high)}"
    )
    return f"{share.count:,} of {share.n:,} ({percent(share.share)}{ends})"


def _shown(answer: str) -> str:
    return answer or "(empty)"

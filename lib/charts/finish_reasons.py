"""Why answers ended: one bar a configuration, a hundred percent of its answers."""

from __future__ import annotations

from collections.abc import Mapping

from lib.analysis.finish_reasons import Share
from lib.charts import theme
from lib.charts.chart import Chart
from lib.charts.inert import label
from lib.charts.theme import DESK, Look
from lib.charts.words import percent, quoted, some
from lib.domain.vocabulary import FINISH_REASONS, FinishReason

Shares = Mapping[FinishReason, Share]


def finish_reasons(shares: Mapping[str, Shares], *, look: Look = DESK) -> Chart:
    """Stacked bars of the finish reasons of each configuration, with counts inside.

    `customdata` of a bar is the configuration's number, from 1, `finish_reason` and the reason.

    Args:
        shares: by configuration name, in order, as `analysis.finish_reasons` gives them. A
            configuration without answers keeps its row.
        look: how large it is.
    """
    names = list(shares)
    given = {reason for row in shares.values() for reason, s in row.items() if s.count}
    reasons = [reason for reason in FINISH_REASONS if reason in given]
    figure = look.figure(
        height=look.height(len(names)),
        legend=True,
        barmode="stack",
        xaxis=look.axis("Share of answers", range=[0, 100], ticksuffix="%"),
        yaxis=look.names_axis([theme.name_label(name) for name in names]),
    )
    for reason in reasons:
        colour, hatch = theme.REASONS[reason]
        found = [row.get(reason) for row in shares.values()]
        figure.add_bar(
            orientation="h",
            name=reason,
            x=[100 * s.share if s else 0 for s in found],
            y=list(range(len(names))),
            text=[str(s.count) if s and s.count else "" for s in found],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            textfont=look.font | {"color": "#000000"},
            marker={
                "color": colour,
                "line": {"width": 1, "color": theme.INK},
                "pattern": {"shape": hatch, "fillmode": "overlay", "fgcolor": theme.HATCH},
            },
            customdata=[[number, "finish_reason", reason] for number in range(1, len(names) + 1)],
            hovertext=[
                _hover(name, reason, s) if s else "" for name, s in zip(names, found, strict=True)
            ],
            hoverinfo="text",
        )
    rows = [_row(name, reason, s) for name, row in shares.items() for reason, s in row.items()]
    return Chart(figure, _alt(shares), rows)


def _hover(name: str, reason: FinishReason, s: Share) -> str:
    ends = "" if s.low is None or s.high is None else f", {percent(s.low)} to {percent(s.high)}"
    return f"{label(name)}: {reason} {s.count} of {s.n} ({percent(s.share)}{ends})"


def _alt(shares: Mapping[str, Shares]) -> str:
    return f"Why answers ended. {some([_words(name, row) for name, row in shares.items()])}".strip()


def _words(name: str, row: Shares) -> str:
    counted = sorted((s for s in row.items() if s[1].count), key=lambda entry: -entry[1].count)
    if not counted:
        return f"{quoted(name)}: no answers."
    told = ", ".join(f"{reason} {s.count}" for reason, s in counted)
    return f"{quoted(name)}: {told} of {counted[0][1].n}."


def _row(name: str, reason: FinishReason, s: Share) -> dict[str, object]:
    return {
        "configuration": name,
        "finish_reason": reason,
        "count": s.count,
        "answers": s.n,
        "share": s.share,
        "low": s.low,
        "high": s.high,
    }

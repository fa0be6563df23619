"""How many tokens went in and came out, for each configuration."""

from __future__ import annotations

from collections.abc import Mapping

from lib.charts import theme
from lib.charts.chart import Chart
from lib.charts.inert import label
from lib.charts.theme import DESK, Look
from lib.charts.words import calls, quoted, some

Usage = Mapping[str, int | None]
"""Totals by name, as `analysis.summary` gives them. `None`: not all answers report it."""

_PARTS = (
    ("input", "#56B4E9", ""),
    ("cached input", "#0072B2", "/"),
    ("output", "#E69F00", ""),
    ("reasoning", "#D55E00", "/"),
)
"""Name, colour and hatch. Cached is a part of input, and reasoning of output."""


def usage(totals: Mapping[str, Usage], answers: Mapping[str, int], *, look: Look = DESK) -> Chart:
    """Stacked bars of the tokens that an answer took, on average over the answers there are.

    `customdata` of a bar is the configuration's number, from 1.

    Args:
        totals: by configuration name, in order.
        answers: how many answers these are over, by the same names.
        look: how large it is.
    """
    figure = look.figure(
        height=look.height(len(totals)),
        legend=True,
        barmode="stack",
        xaxis=look.axis("Tokens of an answer, on average", rangemode="tozero"),
        yaxis=look.names_axis(
            [f"{theme.name_label(name)} (n = {answers[name]})" for name in totals]
        ),
    )
    parts = {name: _parts(each) for name, each in totals.items()}
    for part, colour, hatch in _PARTS:
        values = [parts[name].get(part) for name in totals]
        if not any(values):
            continue
        means = [
            0 if not value or not answers[name] else value / answers[name]
            for name, value in zip(totals, values, strict=True)
        ]
        figure.add_bar(
            orientation="h",
            name=part,
            x=means,
            y=list(range(len(totals))),
            marker={
                "color": colour,
                "line": {"width": 1, "color": theme.INK},
                "pattern": {"shape": hatch, "fillmode": "overlay", "fgcolor": theme.HATCH},
            },
            customdata=[[number] for number in range(1, len(totals) + 1)],
            hovertext=[
                f"{label(name)}: {mean:,.1f} tokens of {part} an answer, over "
                f"{calls(answers[name])}"
                for name, mean in zip(totals, means, strict=True)
            ],
            hoverinfo="text",
        )
    told = [_words(name, each, answers[name]) for name, each in totals.items()]
    rows: list[dict[str, object]] = [
        {"configuration": name, "answers": answers[name], **each} for name, each in totals.items()
    ]
    return Chart(figure, f"Tokens of all answers together. {some(told)}".strip(), rows)


def _parts(totals: Usage) -> dict[str, int]:
    """What a bar is made of; a part that isn't known is none."""
    parts = {}
    for whole, inner, name in (
        ("input_tokens", "cached_tokens", "cached input"),
        ("output_tokens", "reasoning_tokens", "reasoning"),
    ):
        total = totals.get(whole)
        if total is not None:
            part = min(total, totals.get(inner) or 0)
            parts[whole.removesuffix("_tokens")] = total - part
            parts[name] = part
    return parts


def _words(name: str, totals: Usage, answers: int) -> str:
    told = [
        f"{total:,} {part.replace('_', ' ')}"
        for part, total in totals.items()
        if total is not None and (total or part in {"input_tokens", "output_tokens"})
    ]
    if not told:
        return f"{quoted(name)}: not reported by all of {calls(answers)}."
    return f"{quoted(name)}: {', '.join(told)}, over {calls(answers)}."

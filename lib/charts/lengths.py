"""How long answers are: every answer as a point on its configuration's curve."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lib.analysis.groups import Group
from lib.analysis.lengths import cut_off, length_characters, length_tokens, token_lengths
from lib.charts import theme
from lib.charts.chart import Chart
from lib.charts.inert import label
from lib.charts.words import estimate, quoted, some
from lib.domain.vocabulary import Estimate

_HEIGHT_PX = 340
_MOST_MARKERS = 60
_DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lengths:
    values: Sequence[int]
    median: Estimate
    cut: int
    limit: int | None


def lengths(groups: Sequence[Group], *, alpha: float = 0.05) -> Chart:
    """The share of answers that are at most so long, as a rising line for each configuration.

    In reported tokens, with max_tokens as a line; in characters where any configuration has no
    token counts, and then without that line.
    """
    tokens = {group.name: token_lengths(group.texts) for group in groups}
    in_tokens = not any(isinstance(found, str) for found in tokens.values())
    found = {group.name: _lengths(group, in_tokens, alpha) for group in groups}
    unit = "tokens" if in_tokens else "characters"
    figure = theme.figure(height=_HEIGHT_PX, legend=True)
    for index, (name, each) in enumerate(found.items()):
        if each.values:
            figure.add_scatter(**_curve(index, name, each, unit))
    for limit in sorted({each.limit for each in found.values() if each.limit is not None}):
        figure.add_vline(**_limit(limit))
    figure.update_layout(
        xaxis=theme.axis(f"Length in {unit}", rangemode="tozero"),
        yaxis=theme.axis("Answers at most so long", range=[0, 102], ticksuffix="%"),
    )
    told = [_words(name, each) for name, each in found.items()]
    return Chart(figure, f"Length in {unit}, median. {some(told)}".strip(), _table(found, unit))


def _curve(index: int, name: str, each: _Lengths, unit: str) -> dict[str, object]:
    values, counts = np.unique(each.values, return_counts=True)
    x = [int(values[0]), *values.tolist()]
    y = [0.0, *(100 * np.cumsum(counts) / counts.sum()).tolist()]
    return {
        "name": theme.legend_label(name),
        "x": x,
        "y": y,
        "mode": "lines+markers" if len(values) <= _MOST_MARKERS else "lines",
        "line": {
            "shape": "hv",
            "color": theme.colour(index),
            "width": 2.5,
            "dash": _DASHES[index % len(_DASHES)],
        },
        "marker": {"symbol": theme.symbol(index), "size": 7},
        "hovertext": [
            f"{label(name)}: {share:.0f}% have at most {value:,} {unit}"
            for value, share in zip(x, y, strict=True)
        ],
        "hoverinfo": "text",
    }


def _limit(limit: int) -> dict[str, object]:
    return {
        "x": limit,
        "line": {"color": theme.INK, "width": 1.5, "dash": "dash"},
        "annotation": {
            "text": f"max_tokens {limit:,}",
            "font": {"size": theme.FONT_PX, "color": theme.INK},
            "textangle": -90,
            "xanchor": "right",
            "yanchor": "bottom",
            "yref": "paper",
            "y": 0,
        },
    }


def _lengths(group: Group, in_tokens: bool, alpha: float) -> _Lengths:
    values = token_lengths(group.texts) if in_tokens else [len(s.text) for s in group.texts]
    median = length_tokens if in_tokens else length_characters
    return _Lengths(
        values=[] if isinstance(values, str) else values,
        median=median(group, alpha=alpha),
        cut=cut_off(group.texts),
        limit=group.settings.max_tokens if in_tokens else None,
    )


def _words(name: str, each: _Lengths) -> str:
    told = f"{quoted(name)}: {estimate(each.median)}"
    if each.cut:
        told += f"; {each.cut} of {len(each.values)} cut off by a limit"
    return told + "."


def _table(found: Mapping[str, _Lengths], unit: str) -> list[dict[str, object]]:
    return [
        {
            "configuration": name,
            "unit": unit,
            "median": each.median.value,
            "low": each.median.low,
            "high": each.median.high,
            "answers": len(each.values),
            "shortest": min(each.values, default=None),
            "longest": max(each.values, default=None),
            "cut_off": each.cut,
            "max_tokens": each.limit,
        }
        for name, each in found.items()
    ]

"""How long answers are: every answer as a point on its configuration's curve."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np

from lib.analysis.groups import Group
from lib.analysis.lengths import cut_off, length_characters, length_tokens, token_lengths
from lib.charts import theme
from lib.charts.chart import Chart
from lib.charts.inert import label
from lib.charts.theme import DESK, Look
from lib.charts.words import estimate, quoted, some
from lib.domain.vocabulary import Estimate

_PLOT_PX = 290
"""With the axis below it."""
_MOST_MARKERS = 60
"""Beyond that they are drawn small: without any, a point couldn't be clicked."""
_LABEL_PX, _ENTRY_PX = 22, 19
"""Height of a line of labels of limits, and of one of the legend."""
_LEGEND_CHARACTERS = 64
"""In a line of the legend, on a page of the usual width; a mark takes as much as a word."""
_LABEL_SHARE = 0.3
"""Of the axis: closer to each other, two labels of limits would overlap."""
_DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lengths:
    """How long the answers of one configuration are."""

    values: Sequence[int]
    median: Estimate
    cut: int
    limit: int | None


def lengths(groups: Sequence[Group], *, alpha: float = 0.05, look: Look = DESK) -> Chart:
    """The share of answers that are at most so long, as a rising line for each configuration.

    In reported tokens, with max_tokens as a line; in characters where any configuration has no
    token counts, and then without that line.

    `customdata` of a point is the configuration's number, from 1, the unit (`length_tokens` or
    `length_characters`) and the length.
    """
    unit, found = measured(groups, alpha=alpha)
    limits = sorted({each.limit for each in found.values() if each.limit is not None})
    above = _LABEL_PX * bool(limits) + _ENTRY_PX * (_lines(list(found)) - 1)
    longest = max([*limits, *(max(each.values, default=0) for each in found.values())], default=0)
    labels = _apart(limits, _LABEL_SHARE * look.scale * longest)
    figure = look.figure(
        height=look.px(_PLOT_PX + theme.TOP_PX + above),
        legend=True,
        legend_y=1 + _LABEL_PX * bool(limits) / (_PLOT_PX - 50),  # above the labels of limits
        margin={"t": look.px(theme.TOP_PX + above)},
        xaxis=look.axis(f"Length in {unit}", rangemode="tozero"),
        yaxis=look.axis("Answers at most so long", range=[0, 102], ticksuffix="%"),
        shapes=[_limit(limit) for limit in limits],
        annotations=[_limit_label(together, longest, look) for together in labels],
    )
    figure.add_traces(
        [
            _curve(index, name, each, unit, look)
            for index, (name, each) in enumerate(found.items())
            if each.values
        ]
    )
    told = [words(name, each) for name, each in found.items()]
    return Chart(figure, f"Length in {unit}, median. {some(told)}".strip(), table(found, unit))


def measured(groups: Sequence[Group], *, alpha: float = 0.05) -> tuple[str, Mapping[str, Lengths]]:
    """The unit, and the lengths of each configuration in it: tokens, where all of them have any."""
    tokens = (token_lengths(group.texts) for group in groups)
    in_tokens = not any(isinstance(found, str) for found in tokens)
    found = {group.name: _lengths(group, in_tokens, alpha) for group in groups}
    return "tokens" if in_tokens else "characters", found


def _lines(names: Sequence[str]) -> int:
    """How many lines the legend takes, about: its entries are as wide as the longest of them."""
    longest = max((len(name) for name in names), default=0)
    entry = min(longest, theme.NAME_CHARACTERS * theme.NAME_LINES) + 8
    return ceil(len(names) / max(1, _LEGEND_CHARACTERS // entry))


def _curve(index: int, name: str, each: Lengths, unit: str, look: Look) -> dict[str, object]:
    values, counts = np.unique(each.values, return_counts=True)
    x = [int(values[0]), *values.tolist()]
    y = [0.0, *(100 * np.cumsum(counts) / counts.sum()).tolist()]
    return {
        "type": "scatter",
        "name": theme.legend_label(name),
        "x": x,
        "y": y,
        "mode": "lines+markers",
        "line": {
            "shape": "hv",
            "color": theme.colour(index),
            "width": look.px(2.5),
            "dash": _DASHES[index % len(_DASHES)],
        },
        "marker": {
            "symbol": theme.symbol(index),
            "size": look.px(7 if len(values) <= _MOST_MARKERS else 4),
        },
        "customdata": [[index + 1, f"length_{unit}", value] for value in x],
        "hovertext": [
            f"{label(name)}: {share:.0f}% have at most {value:,} {unit}"
            for value, share in zip(x, y, strict=True)
        ],
        "hoverinfo": "text",
    }


def _apart(limits: Sequence[int], closest: float) -> list[list[int]]:
    """The limits in groups, each of which is far enough from the next to have a label."""
    groups: list[list[int]] = []
    for limit in limits:
        if groups and limit - groups[-1][-1] < closest:
            groups[-1].append(limit)
        else:
            groups.append([limit])
    return groups


def _limit(limit: int) -> dict[str, object]:
    line = {"color": theme.INK, "width": 1.5, "dash": "dash"}
    return {
        "type": "line",
        "x0": limit,
        "x1": limit,
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "line": line,
    }


def _limit_label(limits: Sequence[int], longest: int, look: Look) -> dict[str, object]:
    """Above the lines, not over them, and to that side of them where there is room."""
    on_the_left = limits[-1] > longest / 2
    return {
        "text": f"max_tokens {', '.join(f'{limit:,}' for limit in limits)}",
        "font": look.font,
        "showarrow": False,
        "x": limits[-1] if on_the_left else limits[0],
        "xanchor": "right" if on_the_left else "left",
        "yref": "paper",
        "y": 1,
        "yanchor": "bottom",
    }


def _lengths(group: Group, in_tokens: bool, alpha: float) -> Lengths:
    values = token_lengths(group.texts) if in_tokens else [len(s.text) for s in group.texts]
    median = length_tokens if in_tokens else length_characters
    return Lengths(
        values=[] if isinstance(values, str) else values,
        median=median(group, alpha=alpha),
        cut=cut_off(group.texts),
        limit=group.settings.max_tokens if in_tokens else None,
    )


def words(name: str, each: Lengths) -> str:
    """The median in a sentence, and how many were cut off."""
    told = f"{quoted(name)}: {estimate(each.median)}"
    if each.cut:
        told += f"; {each.cut} of {len(each.values)} cut off by a limit"
    return told + "."


def table(found: Mapping[str, Lengths], unit: str) -> list[dict[str, object]]:
    """One row a configuration."""
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
            **({"max_tokens": each.limit} if unit == "tokens" else {}),
            "why": each.median.why,
        }
        for name, each in found.items()
    ]

"""The most frequent outputs, one panel a configuration, the same outputs in the same rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lib.analysis.groups import Output
from lib.analysis.normalise import normalised
from lib.charts import theme
from lib.charts.chart import Chart
from lib.charts.inert import label
from lib.charts.words import percent, quoted, some

PANELS_ACROSS = 2
FEWEST_ROWS = 5
"""Charts of fewer outputs are as high, so that panels line up."""
_ROW_PX, _PANEL_PX = 30, 40
_IN_ALT = 3


def top_outputs(
    outputs: Mapping[str, Sequence[Output]], *, most: int = 8, first_index: int = 0
) -> Chart:
    """Bars of how often each of the commonest outputs was given.

    Args:
        outputs: by configuration name, as `analysis.outputs` gives them.
        most: rows; the others are in the table.
        first_index: place of the first configuration in its experiment, for its colour, when a
            chart shows only one.
    """
    counts = {name: {normalised(o.text): o for o in each} for name, each in outputs.items() if each}
    colours = {name: theme.colour(first_index + i) for i, name in enumerate(outputs)}
    rows = _shared(counts, most)
    across = min(PANELS_ACROSS, max(1, len(counts)))
    figure = theme.panels(
        [_title(name, outputs[name]) for name in counts] or ["no answers"],
        across=across,
        panel_px=_PANEL_PX + _ROW_PX * max(FEWEST_ROWS, len(rows)),
    )
    blank = [""] * (FEWEST_ROWS - len(rows))
    labels = [label(row, most=28) if row else "(empty)" for row in rows]
    longest = max((o.count for each in counts.values() for o in each.values()), default=1)
    figure.update_layout(showlegend=False)
    figure.update_xaxes(theme.axis(range=[0, 1.15 * longest], nticks=4))
    figure.update_yaxes(theme.names_axis([*labels, *blank]))
    for index, (name, each) in enumerate(counts.items()):
        shown = [each.get(row) for row in rows]
        figure.add_bar(
            orientation="h",
            name=theme.legend_label(name),
            x=[output.count if output else 0 for output in shown],
            y=list(range(len(rows))),
            text=[f"×{output.count}" if output else "" for output in shown],
            textposition="outside",
            textangle=0,
            cliponaxis=False,
            textfont={"size": theme.FONT_PX, "color": theme.INK},
            marker={
                "color": colours[name],
                "line": {"width": 1, "color": theme.INK},
            },
            hovertext=[_hover(output) if output else "" for output in shown],
            hoverinfo="text",
            row=1 + index // across,
            col=1 + index % across,
        )
    table = [_row(name, output) for name, each in outputs.items() for output in each]
    return Chart(figure, _alt(outputs), table)


def _shared(counts: Mapping[str, Mapping[str, Output]], most: int) -> list[str]:
    """The outputs with the largest share in any configuration, in the order of that share."""
    best: dict[str, float] = {}
    for each in counts.values():
        for text, output in each.items():
            best[text] = max(best.get(text, 0.0), output.share)
    return sorted(best, key=lambda text: -best[text])[:most]


def _title(name: str, each: Sequence[Output]) -> str:
    return theme.panel_title(name, told=f"{len(each)} different, n={each[0].n}")


def _hover(output: Output) -> str:
    return f"{label(output.text, most=200)}: {_share(output)}"


def _share(output: Output) -> str:
    ends = (
        ""
        if output.low is None or output.high is None
        else f", {percent(output.low)} to {percent(output.high)}"
    )
    return f"{output.count} of {output.n} ({percent(output.share)}{ends})"


def _alt(outputs: Mapping[str, Sequence[Output]]) -> str:
    told = [_words(name, each) for name, each in outputs.items()]
    return f"Most frequent answers. {some(told)}".strip()


def _words(name: str, each: Sequence[Output]) -> str:
    if not each:
        return f"{quoted(name)}: no answers."
    commonest = "; ".join(
        f"{quoted(output.text) if output.text.strip() else 'empty'} {output.count} times"
        for output in each[:_IN_ALT]
    )
    return f"{quoted(name)}: {len(each)} different in {each[0].n} calls: {commonest}."


def _row(name: str, output: Output) -> dict[str, object]:
    return {
        "configuration": name,
        "text": output.text,
        "count": output.count,
        "answers": output.n,
        "share": output.share,
        "low": output.low,
        "high": output.high,
        "finish_reasons": ", ".join(f"{r} {c}" for r, c in output.finish_reasons.items()),
        "samples": ", ".join(output.samples),
    }

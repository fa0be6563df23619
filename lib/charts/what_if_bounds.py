"""What-if where only the likeliest tokens are known: what is certain, and what can't be known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lib.analysis.next_token import NextToken
from lib.analysis.what_if_bounds import Bound, BoundedWhatIf
from lib.charts import theme
from lib.charts.chart import Chart
from lib.charts.inert import label, shortened
from lib.charts.next_token import share_words, token_words
from lib.charts.theme import DESK, Look

UNREPORTED = "not reported"
UNKNOWN = "can't be known"
_ROW_PX, _FRAME_PX = 30, 48 + theme.TOP_PX
_IN_ALT = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    token: str
    before: float
    after: Bound
    fate: str
    rest: bool = False


def what_if_bounds(
    distribution: NextToken, found: BoundedWhatIf, *, most: int = 20, look: Look = DESK
) -> Chart:
    """Bars before; after, a point where it is exact, else a line from the least to the most.

    Args:
        distribution: the reported tokens.
        found: what settings make of them.
        most: rows; others are in the table.
        look: how large it is.
    """
    rows = _rows(distribution, found)
    shown = [*rows[:most], *(rows[-1:] if len(rows) > most else [])]
    limit = max(max(row.before, 0 if row.after.vacuous else row.after.high) for row in shown)
    room = 1.5 if any(row.after.vacuous for row in shown) else 1.1  # for words beside the bars
    figure = look.figure(
        height=look.px(_FRAME_PX + _ROW_PX * len(shown)),
        legend=True,
        margin={"b": look.px(48)},
        xaxis=look.axis(
            "probability",
            range=[0, min(104.0 if room < 1.5 else 150.0, 100 * room * limit)],
            ticksuffix="%",
            nticks=5,
        ),
        yaxis=look.names_axis([_label(row) for row in shown]),
        annotations=[_cant(place, look) for place, row in enumerate(shown) if row.after.vacuous],
    )
    figure.add_traces([_before(shown), _after(shown, look)])
    table: list[dict[str, object]] = [
        {
            "token": row.token,
            "before": row.before,
            "after_low": row.after.low,
            "after_high": row.after.high,
            "known": "exactly" if row.after.exact else UNKNOWN if row.after.vacuous else "bounds",
            "fate": row.fate,
        }
        for row in rows
    ]
    return Chart(figure, _alt(found, rows), table)


def bound_words(bound: Bound) -> str:
    """A bound in words, as exact as it is."""
    if bound.exact:
        return share_words(bound.low)
    if bound.vacuous:
        return UNKNOWN
    return f"{share_words(bound.low)} to {share_words(bound.high)}"


def _rows(distribution: NextToken, found: BoundedWhatIf) -> list[_Row]:
    rows = [
        _Row(
            token=token_words(token),
            before=float(found.before[place]),
            after=found.after[place],
            fate=found.fate(place),
        )
        for place, token in enumerate(distribution.tokens)
    ]
    rest = max(0.0, 1 - float(found.before.sum()))
    if rest > 1e-6:
        rows.append(_Row(token=UNREPORTED, before=rest, after=found.unreported, fate="", rest=True))
    return rows


def _label(row: _Row) -> str:
    name = label(row.token, most=14)
    return f"{name}{' ✂' if row.fate == 'cut' else ' ?' if row.fate == 'undecided' else ''}"


def _before(rows: Sequence[_Row]) -> dict[str, object]:
    return {
        "type": "bar",
        "orientation": "h",
        "name": "before, as reported",
        "x": [100 * row.before for row in rows],
        "y": list(range(len(rows))),
        "marker": {"color": theme.INK, "opacity": 0.6},
        "hovertext": [_words(row) for row in rows],
        "hoverinfo": "text",
    }


def _after(rows: Sequence[_Row], look: Look) -> dict[str, object]:
    """A mark in the middle with whiskers to both ends; no whiskers where they are one."""
    drawn = [(place, row) for place, row in enumerate(rows) if not row.after.vacuous]
    half = [50 * (row.after.high - row.after.low) for _, row in drawn]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "after: exact, or from the least to the most",
        "x": [50 * (row.after.high + row.after.low) for _, row in drawn],
        "y": [place for place, _ in drawn],
        "marker": {
            "color": theme.COLOURS[0],
            "size": look.px(10),
            "symbol": ["circle" if row.after.exact else "line-ns-open" for _, row in drawn],
            "line": {"width": 1, "color": theme.PAPER},
        },
        "error_x": {
            "type": "data",
            "array": [
                None if row.after.exact else reach
                for reach, (_, row) in zip(half, drawn, strict=True)
            ],
            "color": theme.COLOURS[0],
            "thickness": look.px(4),
            "width": look.px(6),
        },
        "cliponaxis": False,
        "hovertext": [_words(row) for _, row in drawn],
        "hoverinfo": "text",
    }


def _cant(place: int, look: Look) -> dict[str, object]:
    return {
        "x": 1,
        "xref": "paper",
        "xanchor": "right",
        "y": place,
        "showarrow": False,
        "text": UNKNOWN,
        "font": look.font,
    }


def _words(row: _Row) -> str:
    fate = f", {row.fate}" if row.fate in {"cut", "undecided"} else ""
    before, after = share_words(row.before), bound_words(row.after)
    return f"{label(row.token)}: {before} before, after: {after}{fate}"


def _alt(found: BoundedWhatIf, rows: Sequence[_Row]) -> str:
    told = "; ".join(
        f"{row.token if row.rest else f'“{shortened(row.token, 24)}”'} "
        f"{share_words(row.before)} before, after {bound_words(row.after)}"
        for row in rows[:_IN_ALT]
    )
    if found.exact:
        how = "All of it is exact."
    elif found.vacuous:
        how = "How likely the likeliest token would be can't be known from what was reported."
    else:
        how = "Ranges are certain bounds: what wasn't reported may be anything within them."
    return f"What if: {told}. {how}"

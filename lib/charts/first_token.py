"""The first token: what was drawn, beside what was reported, one panel a configuration."""

from __future__ import annotations

from collections.abc import Mapping

import plotly.graph_objects as go

from lib.analysis.first_token import FirstTokens, Row, shared
from lib.analysis.goodness import ELSE
from lib.charts import theme
from lib.charts.chart import Chart
from lib.charts.inert import label, plain_token, shortened, token_label
from lib.charts.words import percent, quoted, some

PANELS_ACROSS = 2
_ROW_PX, _PANEL_PX = 28, 40
_CONTRADICTED = 0.05
_IN_ALT = 3
_REPORTED = {
    "before_sampling": "reported (before sampling settings)",
    "after_sampling": "reported (after sampling settings)",
    "unknown": "reported (before or after sampling settings: unknown)",
}

Place = tuple[str, str]
"""Kind and key: a token and a word that are spelled alike have rows of their own."""


def first_token(tables: Mapping[str, FirstTokens | None], *, most: int = 8) -> Chart:
    """Bars of what was drawn, with intervals; marks of what was reported and is expected.

    Args:
        tables: by configuration name. `None`: no answer, and so no panel.
        most: rows, the same in all panels; the rest is everything else.
    """
    found = shared({n: t for n, t in tables.items() if t is not None}, most=most)
    places = _places(found)
    across = min(PANELS_ACROSS, max(1, len(found)))
    figure = theme.panels(
        [theme.panel_title(name, told=f"n={t.n}") for name, t in found.items()] or ["no answers"],
        across=across,
        panel_px=_PANEL_PX + _ROW_PX * max(1, len(places)),
    )
    figure.update_xaxes(theme.axis(range=[0, _limit(found)], ticksuffix="%", nticks=5))
    figure.update_yaxes(theme.names_axis([_label(place, found) for place in places]))
    legend: set[str] = set()
    for panel, (name, table) in enumerate(found.items()):
        where = {"row": 1 + panel // across, "col": 1 + panel % across}
        _draw(figure, where, list(tables).index(name), (name, table), places, legend)
    rows = [_row(name, table, row) for name, table in found.items() for row in _rows(table)]
    return Chart(figure, _alt({name: found.get(name) for name in tables}), rows)


def _rows(table: FirstTokens) -> list[Row]:
    return [*table.rows, *([table.everything_else] if table.everything_else else [])]


def _places(tables: Mapping[str, FirstTokens]) -> list[Place]:
    """All rows of all tables, each once, everything else last."""
    places = dict.fromkeys((t.kind, row.key) for t in tables.values() for row in t.rows)
    rest = {(t.kind, ELSE): None for t in tables.values() if t.everything_else}
    return [*places, *rest]


def _label(place: Place, tables: Mapping[str, FirstTokens]) -> str:
    kind, key = place
    if key == ELSE:
        return ELSE
    return next(
        token_label(row.token)
        for table in tables.values()
        if table.kind == kind
        for row in table.rows
        if row.key == key
    )


def _limit(tables: Mapping[str, FirstTokens]) -> float:
    """The same scale in all panels: up to the longest bar, mark or interval."""
    highest = max(
        (
            max(row.drawn.high or row.drawn.share, row.reported or 0, row.expected or 0)
            for table in tables.values()
            for row in _rows(table)
        ),
        default=1.0,
    )
    return min(102.0, 105 * highest)


def _draw(
    figure: go.Figure,
    where: Mapping[str, int],
    index: int,
    panel: tuple[str, FirstTokens],
    places: list[Place],
    legend: set[str],
) -> None:
    name, table = panel
    rows = _rows(table)
    at = [places.index((table.kind, row.key)) for row in rows]
    hover = {"hovertext": [_hover(name, row) for row in rows], "hoverinfo": "text"}
    drawn = "drawn" if table.kind == "first_token" else "first words (not tokens)"
    figure.add_bar(
        y=at, **_bars(rows, theme.colour(index)), **_named(drawn, legend), **hover, **where
    )
    marks = [(_REPORTED[table.describes], [row.reported for row in rows], "diamond", theme.PAPER)]
    if table.describes == "before_sampling":  # after sampling, what is reported is what is expected
        expected = [row.expected for row in rows]
        marks.append(("expected under these settings", expected, "x", theme.DARK))
    for what, values, symbol, fill in marks:
        if any(value is not None for value in values):
            mark = _marks(values, symbol, fill)
            figure.add_scatter(y=at, **mark, **_named(what, legend), **hover, **where)


def _bars(rows: list[Row], colour: str) -> dict[str, object]:
    return {
        "orientation": "h",
        "x": [100 * row.drawn.share for row in rows],
        "marker": {"color": colour, "line": {"width": 1, "color": theme.INK}},
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": [_gap(row.drawn.share, row.drawn.high) for row in rows],
            "arrayminus": [_gap(row.drawn.low, row.drawn.share) for row in rows],
            "color": theme.INK,
            "thickness": 1.5,
            "width": 4,
        },
    }


def _marks(values: list[float | None], symbol: str, fill: str) -> dict[str, object]:
    return {
        "mode": "markers",
        "x": [None if value is None else 100 * value for value in values],
        "cliponaxis": False,
        "marker": {
            "symbol": symbol,
            "size": 10,
            "color": fill,
            # An outline of the other shade: seen on any bar, and on light and dark pages.
            "line": {"width": 1.5, "color": theme.opposite(fill)},
        },
    }


def _named(what: str, legend: set[str]) -> dict[str, object]:
    """Its name, and whether it has an entry in the legend: only the first of its kind has."""
    new = what not in legend
    legend.add(what)
    return {"name": what, "legendgroup": what, "showlegend": new}


def _gap(start: float | None, end: float | None) -> float | None:
    return None if start is None or end is None else 100 * (end - start)


def _words(row: Row) -> str:
    ends = (
        ""
        if row.drawn.low is None or row.drawn.high is None
        else f", {percent(row.drawn.low)} to {percent(row.drawn.high)}"
    )
    told = f"drawn {row.drawn.count} of {row.drawn.n} ({percent(row.drawn.share)}{ends})"
    if row.reported is not None:
        told += f", reported {percent(row.reported)}"
    if row.expected is not None:
        told += f", expected {percent(row.expected)}"
    return told


def _hover(name: str, row: Row) -> str:
    token = ELSE if row.key == ELSE else token_label(row.token)
    return f"{label(name)}: {token} {_words(row)}"


def _alt(tables: Mapping[str, FirstTokens | None]) -> str:
    kinds = {table.kind for table in tables.values() if table is not None}
    what = "First words, not tokens" if kinds == {"first_word"} else "First tokens"
    told = [_sentences(name, table) for name, table in tables.items()]
    return f"{what}. {some(told)}".strip()


def _sentences(name: str, table: FirstTokens | None) -> str:
    if table is None:
        return f"{quoted(name)}: no answers."
    drawn = [row for row in table.rows if row.drawn.count or row.reported][:_IN_ALT]
    told = "; ".join(f"{shortened(plain_token(row.token), 24)} {_words(row)}" for row in drawn)
    notes = table.notes if table.kind == "first_token" else ()  # said at the beginning
    return " ".join([f"{quoted(name)}: {told}.", *notes, *_verdict(table)])


def _verdict(table: FirstTokens) -> list[str]:
    fit = table.fit
    if fit is None:
        return []
    if fit.impossible:
        return ["Something was drawn that these settings make impossible."]
    if fit.p <= _CONTRADICTED:
        return [f"The draws don't follow the expected distribution (p = {fit.p:.2g})."]
    return [f"Nothing in the draws contradicts the expected distribution (p = {fit.p:.2g})."]


def _row(name: str, table: FirstTokens, row: Row) -> dict[str, object]:
    return {
        "configuration": name,
        "kind": table.kind,
        "token": row.token,
        "key": row.key,
        "drawn": row.drawn.count,
        "answers": row.drawn.n,
        "share": row.drawn.share,
        "low": row.drawn.low,
        "high": row.drawn.high,
        "reported": row.reported,
        "expected": row.expected,
    }

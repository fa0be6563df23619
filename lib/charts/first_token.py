"""The first token: what was drawn, beside what was reported, one chart a configuration.

Not one figure with panels: how many stand beside each other depends on the screen, which only the
page knows, and a number that doesn't fill its last row leaves a hole.
"""

from __future__ import annotations

from collections.abc import Mapping

from lib.analysis.first_token import FirstTokens, Row, shared
from lib.analysis.goodness import ELSE
from lib.charts import theme
from lib.charts.chart import Chart
from lib.charts.inert import label, plain_token, shortened, token_label, wrapped
from lib.charts.theme import DESK, Look
from lib.charts.words import percent, quoted

_ROW_PX, _FRAME_PX = 28, 36 + theme.TOP_PX
_TITLE_CHARACTERS = 22
_CONTRADICTED = 0.05
_IN_ALT = 3
_WHEN = {
    "before_sampling": ", before sampling settings",
    "after_sampling": ", after sampling settings",
    "unknown": "; before or after sampling settings is not known",
}

Place = tuple[str, str]
"""Kind and key: a token and a word that are spelled alike have rows of their own."""


def first_tokens(
    tables: Mapping[str, FirstTokens | None], *, most: int = 8, look: Look = DESK
) -> dict[str, Chart]:
    """Bars of what was drawn, with intervals; marks of what was reported and is expected.

    `customdata` of a bar is the configuration's number, from 1, `mark` and the place of its row in
    `marks`: a kind (`first_token`, `first_token_text` where texts are matched, `first_word`, or
    `not_` with one of these for everything else) and a key, or the keys of all other rows.

    Args:
        tables: by configuration name. `None`: no answer, and so no chart.
        most: rows, the same in all charts; the rest is everything else.
        look: how large they are.

    Returns:
        By configuration name. All have the same rows and the same scale.
    """
    found = shared({n: t for n, t in tables.items() if t is not None}, most=most)
    places, limit = _places(found), _limit(found)
    labels = [_label(place, found) for place in places]
    charts = {}
    for number, name in enumerate(tables, start=1):
        if name not in found:
            continue
        table = found[name]
        figure = look.figure(
            height=look.px(_FRAME_PX + _ROW_PX * max(1, len(places))),
            xaxis=look.axis(range=[0, limit], ticksuffix="%", nticks=5),
            yaxis=look.names_axis(labels),
            annotations=[_title(name, table, look)],
            margin={"b": look.px(36)},
        )
        figure.add_traces(_traces(number, name, table, places, look))
        rows = [_row(name, table, row) for row in _rows(table)]
        behind = tuple(_behind(table, row) for row in _rows(table))
        charts[name] = Chart(figure, _alt(name, table), rows, behind)
    return charts


def marks(tables: Mapping[str, FirstTokens | None]) -> str:
    """What the marks in these charts are, in a sentence each."""
    found = [table for table in tables.values() if table is not None]
    words = all(table.kind == "first_word" for table in found)
    told = [
        f"Bars: how many answers began with this {'word' if words else 'token'}, with the 95% "
        "interval."
    ]
    told += [
        f"◇ reported by the endpoint{_WHEN[describes]}."
        for describes in _WHEN
        if any(t.describes == describes and _reported(t) for t in found)
    ]
    if any(_expected(table) for table in found):
        told.append("✕ expected under these settings.")
    return " ".join(told)


def _reported(table: FirstTokens) -> bool:
    return any(row.reported is not None for row in table.rows)


def _expected(table: FirstTokens) -> bool:
    """Whether it has marks of its own: after sampling, what is reported is what is expected."""
    return table.describes == "before_sampling" and any(
        row.expected is not None for row in table.rows
    )


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
        token_label(row.token, most=16)
        for table in tables.values()
        if table.kind == kind
        for row in table.rows
        if row.key == key
    )


def _limit(tables: Mapping[str, FirstTokens]) -> float:
    """The same scale in all charts: up to the longest bar, mark or interval."""
    highest = max(
        (
            max(row.drawn.high or row.drawn.share, row.reported or 0, row.expected or 0)
            for table in tables.values()
            for row in _rows(table)
        ),
        default=1.0,
    )
    return min(102.0, 105 * highest)


def _title(name: str, table: FirstTokens, look: Look) -> dict[str, object]:
    """The name above its bars. Not the figure's title, of which a page's theme cuts lines off."""
    return {
        "text": f"{wrapped(name, width=_TITLE_CHARACTERS)}<br>n = {table.n}",
        "font": look.font,
        "showarrow": False,
        "align": "left",
        "xref": "paper",
        "x": 0,
        "xanchor": "left",
        "yref": "paper",
        "y": 1,
        "yanchor": "bottom",
    }


def _traces(
    number: int, name: str, table: FirstTokens, places: list[Place], look: Look
) -> list[dict[str, object]]:
    rows = _rows(table)
    shared_by_all: dict[str, object] = {
        "y": [places.index((table.kind, row.key)) for row in rows],
        "hovertext": [_hover(name, row) for row in rows],
        "hoverinfo": "text",
        "customdata": [[number, "mark", place] for place in range(len(rows))],
    }
    drawn = "drawn" if table.kind == "first_token" else "first words (not tokens)"
    traces = [{"name": drawn, **_bars(rows, theme.colour(number - 1), look), **shared_by_all}]
    kinds = [("reported", [row.reported for row in rows], "diamond", theme.PAPER)]
    if _expected(table):
        kinds.append(("expected", [row.expected for row in rows], "x", theme.DARK))
    for what, values, symbol, fill in kinds:
        if any(value is not None for value in values):
            traces.append({"name": what, **_marks(values, symbol, fill, look), **shared_by_all})
    return traces


def _behind(table: FirstTokens, row: Row) -> tuple[str, object]:
    """Which answers a row counts, so that they can be found again."""
    kind = table.kind
    rows = table.rows
    texts = kind == "first_token" and all(each.key == each.token for each in rows)
    of = f"{kind}_text" if texts else kind
    return (f"not_{of}", [each.key for each in rows]) if row.key == ELSE else (of, row.key)


def _bars(rows: list[Row], colour: str, look: Look) -> dict[str, object]:
    return {
        "type": "bar",
        "orientation": "h",
        "x": [100 * row.drawn.share for row in rows],
        "marker": {"color": colour, "line": {"width": 1, "color": theme.INK}},
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": [_gap(row.drawn.share, row.drawn.high) for row in rows],
            "arrayminus": [_gap(row.drawn.low, row.drawn.share) for row in rows],
            "color": theme.INK,
            "thickness": look.px(1.5),
            "width": look.px(4),
        },
    }


def _marks(values: list[float | None], symbol: str, fill: str, look: Look) -> dict[str, object]:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [None if value is None else 100 * value for value in values],
        "cliponaxis": False,
        "marker": {
            "symbol": symbol,
            "size": look.px(10),
            "color": fill,
            # An outline of the other shade: seen on any bar, and on light and dark pages.
            "line": {"width": 1.5, "color": theme.opposite(fill)},
        },
    }


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


def _alt(name: str, table: FirstTokens) -> str:
    what = "First words, not tokens" if table.kind == "first_word" else "First tokens"
    drawn = [row for row in table.rows if row.drawn.count or row.reported][:_IN_ALT]
    told = "; ".join(f"{shortened(plain_token(row.token), 24)} {_words(row)}" for row in drawn)
    notes = table.notes if table.kind == "first_token" else ()  # said at the beginning
    return " ".join([f"{what} of {quoted(name)}: {told}.", *notes, *_verdict(table)])


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

"""The numbers behind a chart as a table in the words of the page; what is missing says why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from lib.charts import metric_words
from lib.charts.inert import plain_token

MISSING = "–"
"""Where there is no number."""
_TITLES: Mapping[str, str] = {
    "finish_reason": "why answers ended",
    "count": "calls",
    "answers": "of answers",
    "n": "of answers",
    "low": "interval from",
    "high": "interval to",
    "quantile": "what",
    "cut_off": "cut off by a limit",
    "kind": "counted",
    "key": "token id",
    "drawn": "calls that drew it",
    "reported": "reported probability",
    "expected": "expected probability",
    "at_least_usd": "at least, in USD",
    "at_most_usd": "at most, in USD",
    "max_tokens": "max_tokens",
}
_REASONS: Mapping[str, str] = {
    "input_tokens": "input tokens are not reported with every answer",
    "output_tokens": "output tokens are not reported with every answer",
    "cached_tokens": "cached tokens are not reported with every answer",
    "reasoning_tokens": "reasoning tokens are not reported with every answer",
    "reported": "no probability was reported for it",
    "expected": "what is expected isn't known under these settings",
    "max_tokens": "max_tokens is not set",
    "share": "no answer",
}
"""Why a number is missing, where its row doesn't say so itself."""
_WHY = "why not"


def draw(rows: Sequence[Mapping[str, object]], *, alt: str) -> None:
    """Draw the table, folded."""
    with st.expander("Numbers behind the chart", type="compact"):
        st.dataframe(in_words(rows), hide_index=True, alt=alt, placeholder=MISSING)


def in_words(rows: Sequence[Mapping[str, object]]) -> list[dict[str, object]]:
    """The rows with the page's words for their names, and reasons for what is missing. Pure.

    Numbers stay numbers, unrounded: the table can be sorted, and downloaded.
    """
    named = [
        {_title(name): _value(name, v) for name, v in row.items() if name != "why"} for row in rows
    ]
    reasons = [_reasons(row) for row in rows]
    if not any(reasons):
        return named
    return [{**row, _WHY: why} for row, why in zip(named, reasons, strict=True)]


def _title(name: str) -> str:
    return _TITLES.get(name, name.replace("_", " "))


def _value(name: str, value: object) -> object:
    if not isinstance(value, str):
        return value
    match name:
        case "quantile":
            return metric_words.LATENCY.get(value, value)
        case "token":
            return plain_token(value)
        case "kind" | "finish_reason" | "unit":
            return value.replace("_", " ")
    return value


def _reasons(row: Mapping[str, object]) -> str:
    told = [str(row["why"])] if row.get("why") else []
    told += [_REASONS[name] for name, value in row.items() if value is None and name in _REASONS]
    return "; ".join(told)

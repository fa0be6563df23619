"""A click on a mark of a chart: it leads to the samples that the mark stands for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from lib.analysis.groups import Group
from lib.analysis.summary import Analysis
from lib.charts.chart import Chart
from lib.charts.inert import plain_label, plain_token, shortened
from lib.domain.checks import Check
from lib.results.behind import answering, behind
from lib.ui.responses import opening
from lib.ui.responses.criteria import Picked

_MADE = "state.chart_clicks"


def made() -> int:
    """How many clicks were followed: part of every chart's key.

    Under its old key a chart would still be selected when the visitor comes back.
    """
    clicks: int = st.session_state.get(_MADE, 0)
    return clicks


def follow(selection: Any, chart: Chart, found: Analysis, run: str) -> None:
    """Show the samples behind the mark of a chart that was clicked, if one was."""
    points = selection["selection"]["points"] if selection else []
    if not points or not (data := points[0].get("customdata")):
        return
    st.session_state[_MADE] = made() + 1
    number, *rest = data
    if len(rest) != 2:
        opening.show(run, configurations=[int(number)])
    kind, value = chart.marks[rest[1]] if rest[0] == "mark" else rest
    if kind == "finish_reason":
        opening.show(run, configurations=[int(number)], finish_reasons=[value])
    summary = found.configurations[int(number) - 1]
    group = summary.group
    if kind == "answer":
        names = frozenset(answering(group, summary.outputs, str(value)))
    else:
        names = frozenset(behind(group, kind, value))
    if names:
        picked = Picked(names, in_common(group, kind, value))
        opening.show(run, configurations=[int(number)], picked=picked)
    failing = isinstance(value, Check)
    st.toast("No answer fails this check." if failing else "No answer is behind this mark.")


def in_common(group: Group, kind: str, value: object) -> str:
    """What the samples behind a mark have in common, to stand after "Only"."""
    by = f"by “{plain_label(group.name)}”"
    if isinstance(value, Check):
        return failing(group, value)
    left_out = kind.startswith("not_")
    what = "word" if kind.endswith("first_word") else "token"
    if left_out:
        many = len(value) if isinstance(value, Sequence) else 0
        return f"answers {by} that begin with another {what} than the {many} in the chart"
    if kind == "answer":
        return f"answers {by} that count as “{plain_label(str(value)) or '(empty)'}”"
    if kind.startswith("length_"):
        unit = kind.removeprefix("length_")
        return f"answers {by} of exactly {value} {unit}"
    text = plain_token(_text(group, str(value)) if kind == "first_token" else str(value))
    return f"answers {by} that begin with the {what} “{shortened(text, 40)}”"


def failing(group: Group, check: Check) -> str:
    """What the answers have in common that don't pass a check."""
    what = shortened(plain_label(check.name), 60)
    return f"answers by “{plain_label(group.name)}” that fail the check “{what}”"


def _text(group: Group, key: str) -> str:
    """The token that has this key."""
    firsts = (sample.first_token for sample in group.texts)
    drawn = (first.drawn for first in firsts if first is not None)
    return next((token.token for token in drawn if token.key == key), key)

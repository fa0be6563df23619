"""The answers side by side: a card for each configuration, its outputs grouped and counted."""

from __future__ import annotations

from collections import defaultdict

import streamlit as st

from lib.analysis.answers import Answers
from lib.analysis.groups import Output, outputs
from lib.analysis.phrases import passing
from lib.analysis.summary import Analysis, Summary
from lib.charts.inert import plain_label
from lib.charts.words import percent
from lib.domain.checks import Check
from lib.engine.progress import Snapshot
from lib.results.behind import failing
from lib.ui import inert
from lib.ui.compare import clicks, written
from lib.ui.responses import opening
from lib.ui.responses.criteria import Picked
from lib.ui.sample import marker

MOST_CARDS = 12
MOST_OUTPUTS = 8
"""Distinct outputs that a card shows at first."""


def draw(found: Analysis, snapshot: Snapshot) -> None:
    """Draw the cards; beyond a dozen configurations the charts carry the comparison."""
    if len(found.configurations) > MOST_CARDS:
        st.caption(
            f"{len(found.configurations)} configurations: charts only, no cards. Responses has all "
            "answers."
        )
        return
    st.subheader("Answers side by side")
    st.caption("Press a count to see all of its samples, whole.")
    varied = written.varied([each.group.settings for each in found.configurations])
    grid = st.grid(min(4, len(found.configurations)), min_column_width=300, border=True)
    for index, each in enumerate(found.configurations):
        with grid.cell():
            _card(index, each, snapshot, varied, found.answers)


def _card(
    index: int, each: Summary, snapshot: Snapshot, varied: list[str], counted: Answers
) -> None:
    run, experiment = snapshot.run, snapshot.experiment
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(marker.markdown(index), width="content")
        inert.text(each.name, most=80)
    if not written.named_in(each.name, each.group.settings, varied):
        endpoint = experiment.configurations[index].endpoint
        inert.text(", ".join(written.settings(each.group.settings, varied, endpoint)), most=200)
    distinct = each.metrics["distinct"]
    st.caption(
        f"{each.samples} of {each.group.planned} calls answered"
        + ("" if distinct.value is None else f", {_different(round(distinct.value), counted)}")
    )
    for place, check in enumerate(experiment.checks):
        _check(index, each, check, place, run)
    grouped = outputs(each.group)
    everything = len(grouped) <= MOST_OUTPUTS or st.toggle(
        f"All {len(grouped)} distinct answers", key=f"compare.all.{index}"
    )
    for place, output in enumerate(grouped if everything else grouped[:MOST_OUTPUTS]):
        _output(index, each, output, place, run)
    _odd(index, each, run)


def _different(many: int, counted: Answers) -> str:
    """How many different answers there are, as it was declared what makes them different."""
    if counted.clusters is not None:
        return f"{many:,} lexical cluster{'s' * (many != 1)}"
    return f"{many:,} {'different value' + 's' * (many != 1) if counted.values else 'distinct'}"


def _check(index: int, each: Summary, check: Check, place: int, run: str) -> None:
    """The share that passes a check, and the way to the answers that don't."""
    e = each.checks[check.name]
    if not e.n:
        return
    failed = 0 if e.value is None else e.n - round(e.value * e.n)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if failed and st.button(
            f"{failed:,} fail{'s' * (failed == 1)}",
            key=f"compare.fails.{index}.{place}",
            help="Opens the samples that don't pass this check.",
        ):
            names = failing(each.group, check)
            picked = Picked(frozenset(names), clicks.failing(each.group, check))
            first = names[0] if names else None
            opening.show(run, sample=first, configurations=[index + 1], picked=picked)
        with st.container(gap=None):
            inert.text(f"{inert.shortened(check.name, 60)}: {passing(e)}")


def _output(index: int, each: Summary, output: Output, place: int, run: str) -> None:
    text = plain_label(output.text.strip()) or "(empty)"
    answered = f"answers by “{plain_label(each.name)}” that are “{text}”"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if st.button(
            f"{output.count} ×",
            key=f"compare.output.{output.samples[0]}.{place}",
            help="Opens these samples, with their full requests and responses.",
        ):
            picked = Picked(frozenset(output.samples), answered)
            opening.show(run, sample=output.samples[0], configurations=[index + 1], picked=picked)
        with st.container(gap=None):
            inert.text(output.text or "(empty)", most=280)
            ends = (
                ""
                if output.low is None or output.high is None
                else f" ({percent(output.low)} to {percent(output.high)})"
            )
            reasons = ", ".join(output.finish_reasons)
            st.caption(f"{percent(output.share)}{ends} of {output.n}, {reasons}")


def _odd(index: int, each: Summary, run: str) -> None:
    """Answers that are no text to be compared: filtered, refused, tool calls."""
    by_outcome: defaultdict[str, list[str]] = defaultdict(list)
    for sample in each.group.samples:
        if sample.outcome not in {"ok", "empty"}:
            by_outcome[sample.outcome].append(sample.slot.name)
    for outcome, names in by_outcome.items():
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            if st.button(
                f"{len(names)} ×",
                key=f"compare.odd.{names[0]}",
                help="Opens these samples, with their full requests and responses.",
            ):
                opening.show(run, sample=names[0], configurations=[index + 1], outcomes=[outcome])
            st.caption(f"{outcome.replace('_', ' ')}, no text to compare")

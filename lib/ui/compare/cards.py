"""The answers side by side: a card for each configuration, its outputs grouped and counted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import streamlit as st

from lib.analysis.groups import Group, Output, outputs
from lib.analysis.summary import Analysis, Summary
from lib.engine.progress import Snapshot
from lib.ui import inert
from lib.ui.compare import columns, response
from lib.ui.sample import marker

MOST_CARDS = 12
MOST_OUTPUTS = 8
"""Distinct outputs that a card shows at first."""


def draw(found: Analysis, snapshot: Snapshot) -> None:
    """Draw the cards; beyond a dozen configurations the charts carry the comparison."""
    if len(found.configurations) > MOST_CARDS:
        st.caption(f"{len(found.configurations)} configurations: charts only, no cards.")
        return
    st.subheader("Answers side by side")
    by_name = {slot.name: slot.id for slot in snapshot.slots}
    varied = _varied([each.group for each in found.configurations])
    grid = st.grid(min(4, len(found.configurations)), min_column_width=300, border=True)
    for index, each in enumerate(found.configurations):
        with grid.cell():
            _card(index, each, by_name, varied)


def _varied(groups: Sequence[Group]) -> list[str]:
    given = [group.settings.given() for group in groups]
    names = dict.fromkeys(name for each in given for name in each)
    return [name for name in names if len({repr(each.get(name)) for each in given}) > 1]


def _card(index: int, each: Summary, by_name: dict[str, int], varied: Sequence[str]) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(marker.markdown(index), width="content")
        inert.text(each.name, most=80)
    settings = _settings(each.group, varied)
    if not all(f"{name} = {value}" in each.name for name, value in settings.items()):
        inert.text("   ".join(f"{name} {value}" for name, value in settings.items()), most=120)
    distinct = each.metrics["distinct"]
    st.caption(
        f"{each.samples} of {each.group.planned} calls answered"
        + ("" if distinct.value is None else f", {distinct.value:.0f} distinct")
    )
    grouped = outputs(each.group)
    everything = len(grouped) <= MOST_OUTPUTS or st.toggle(
        f"All {len(grouped)} distinct answers", key=f"compare.all.{index}"
    )
    for place, output in enumerate(grouped if everything else grouped[:MOST_OUTPUTS]):
        _output(output, place, by_name)
    _odd(each, by_name)


def _settings(group: Group, varied: Sequence[str]) -> dict[str, str]:
    """The settings that tell this configuration from the others, as they are written."""
    given = group.settings.given()
    if group.settings.stop is not None:
        given["stop"] = columns.stop_text(group.settings.stop)
    return {name: _written(given.get(name)) for name in varied}


def _written(value: object) -> str:
    if value is None:
        return "default"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _output(output: Output, place: int, by_name: dict[str, int]) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            f"{output.count} ×",
            key=f"compare.output.{output.samples[0]}.{place}",
            help="Open the full request and response.",
            on_click=response.open_sample,
            args=(by_name[output.samples[0]],),
        )
        with st.container(gap=None):
            inert.text(output.text or "(empty)", most=280)
            ends = (
                ""
                if output.low is None or output.high is None
                else f" ({output.low:.0%} to {output.high:.0%})"
            )
            reasons = ", ".join(output.finish_reasons)
            st.caption(f"{output.share:.0%}{ends} of {output.n}, {reasons}")


def _odd(each: Summary, by_name: dict[str, int]) -> None:
    """Answers that are no text to be compared: filtered, refused, tool calls."""
    by_outcome: defaultdict[str, list[str]] = defaultdict(list)
    for sample in each.group.samples:
        if sample.outcome not in {"ok", "empty"}:
            by_outcome[sample.outcome].append(sample.slot.name)
    for outcome, names in by_outcome.items():
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.button(
                f"{len(names)} ×",
                key=f"compare.odd.{names[0]}",
                help="Open the first of them.",
                on_click=response.open_sample,
                args=(by_name[names[0]],),
            )
            st.caption(f"{outcome.replace('_', ' ')}, no text to compare")

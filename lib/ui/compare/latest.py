"""The latest answers of each configuration while a run goes on: a few lines of plain text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import streamlit as st

from lib.domain.vocabulary import Sample
from lib.engine.progress import Snapshot
from lib.ui import inert
from lib.ui.sample import marker

MOST_CELLS = 12
"""Configurations that get lines of their own; beyond, there are counts only."""
LINES, LONGEST = 3, 44
"""Always as many lines, each in one line: nothing jumps while answers arrive."""


def draw(snapshot: Snapshot) -> None:
    """Draw how far each configuration is, and its latest answers."""
    configurations = snapshot.experiment.configurations
    if len(configurations) > MOST_CELLS:
        inert.text("\n".join(counts(snapshot)))
        return
    told = counts(snapshot)
    arrived = latest(snapshot, LINES)
    grid = st.grid(min(4, len(configurations)), min_column_width=260, border=True)
    for index, configuration in enumerate(configurations):
        with grid.cell():
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.markdown(marker.markdown(index), width="content")
                inert.text(configuration.name, most=60)
            inert.text(told[index].removesuffix(f"   {configuration.name}"), most=90)
            lines = [*map(line, arrived.get(index + 1, ())), *[""] * LINES][:LINES]
            inert.text("\n".join(each or "\u00a0" for each in lines))


def counts(snapshot: Snapshot) -> list[str]:
    """A line for each configuration: how far it is, and what became of its tries. Pure."""
    planned = Counter(slot.number for slot in snapshot.slots)
    done = Counter(sample.slot.number for sample in snapshot.samples.values())
    lines = []
    for number, configuration in enumerate(snapshot.experiment.configurations, start=1):
        told = [f"{done[number]:,} of {planned[number]:,}"]
        if number in snapshot.ended:
            told.append("not asked any more")
        if flying := snapshot.in_flight.get(number):
            told.append(f"{flying:,} in flight")
        if failed := snapshot.retries.get(number):
            told.append(f"{failed:,} failed {'try' if failed == 1 else 'tries'}")
        lines.append(f"{', '.join(told)}   {inert.shortened(configuration.name, 100)}")
    return lines


def latest(snapshot: Snapshot, most: int) -> dict[int, Sequence[Sample]]:
    """The last answers of each configuration, by its number, the newest first. Pure."""
    found: dict[int, list[Sample]] = {}
    for sample in reversed(list(snapshot.samples.values())):
        mine = found.setdefault(sample.slot.number, [])
        if len(mine) < most:
            mine.append(sample)
    return dict(found)


def line(sample: Sample) -> str:
    """An answer in one line. Pure."""
    text = " ".join(sample.text.split("\n")).strip() if sample.text.strip() else "(empty)"
    return inert.shortened(inert.visible(text), LONGEST)

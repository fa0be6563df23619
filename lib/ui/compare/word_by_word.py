"""Any two answers of a run, word by word, chosen from those that the cards group and count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from lib.analysis.groups import outputs
from lib.analysis.summary import Analysis
from lib.charts.inert import plain_label
from lib.ui import inert
from lib.ui.responses import comparing, diff, differences

MOST_LISTED = 2_000
"""Answers to choose from, the most frequent of each configuration first."""
_CHARACTERS = 90


@dataclass(frozen=True, slots=True)
class Choice:
    """A distinct answer of one configuration."""

    sample: str
    """`C.R` of the first call that gave it."""
    label: str
    title: str
    text: str


@st.fragment
def draw(found: Analysis, run: str) -> None:
    """Draw the choice of two answers, and where they differ, once it is opened."""
    with st.expander(
        "Two answers, word by word",
        icon=":material/compare_arrows:",
        key="compare.words",
        on_change="rerun",
    ) as opened:
        if opened.open:  # a long list is work
            _two(choices(found), run)


def _two(listed: Sequence[Choice], run: str) -> None:
    if len(listed) < 2:
        st.caption("There is one answer only, so there is nothing to compare it with.")
        return
    by_sample = {each.sample: each for each in listed}
    first = listed[0].sample
    other = next((c.sample for c in listed if c.text != listed[0].text), listed[1].sample)
    left, right = st.columns(2, gap="medium")
    with left:
        one = _choose("First answer", by_sample, first, f"compare.words.{run}.one")
    with right:
        two = _choose("Second answer", by_sample, other, f"compare.words.{run}.two")
    if len(listed) == MOST_LISTED:
        st.caption("The most frequent answers. Responses compares any two samples by number.")
    between = diff.words(one.text, two.text)
    inert.text(comparing.told(between, "the first", "the second"))
    differences.draw(
        between,
        left=one.title,
        right=two.title,
        key=f"compare.words.{run}.{one.sample}.{two.sample}",
    )


def _choose(label: str, listed: dict[str, Choice], first: str, key: str) -> Choice:
    names = list(listed)
    chosen = st.selectbox(
        label,
        names,
        index=names.index(first),
        format_func=lambda name: listed[name].label,
        key=key,
    )
    return listed[chosen]


def choices(found: Analysis) -> list[Choice]:
    """Every distinct answer of every configuration, as the cards have them. Pure."""
    grouped = [(each, outputs(each.group)) for each in found.configurations]
    listed = [
        (place, number, each, output)
        for number, (each, own) in enumerate(grouped)
        for place, output in enumerate(own)
    ]
    # So that many answers of one configuration don't keep out those of another.
    kept = sorted(sorted(listed, key=lambda entry: entry[:2])[:MOST_LISTED], key=_in_order)
    return [
        Choice(
            sample=output.samples[0],
            label=f"{plain_label(each.name)}: {output.count:,} × "
            f"{plain_label(output.text.strip(), most=_CHARACTERS) or '(empty)'}",
            title=f"{plain_label(each.name)}: {output.count:,} of {output.n:,} answers",
            text=output.text,
        )
        for _, _, each, output in kept
    ]


def _in_order(entry: tuple[int, int, object, object]) -> tuple[int, int]:
    return entry[1], entry[0]

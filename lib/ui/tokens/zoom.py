"""One branch from near: what is known of it, what can be done there, and the way back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import streamlit as st

from lib.analysis.branching import Unit, going_on
from lib.analysis.proportions import wilson
from lib.analysis.surprisal import uncertainty
from lib.charts.inert import plain_token
from lib.charts.words import number, percent
from lib.domain.positions import Position
from lib.domain.vocabulary import Sample
from lib.engine.progress import Snapshot
from lib.ui import inert
from lib.ui.tokens import known, stored
from lib.ui.tokens.context import TURN_TO

MOST_CHARACTERS = 60
BEGINNING = "tokens.along.beginning"
"""The text after which draws are to be shown beside probabilities, under Along the answers."""
_TRAILS = "tokens.tree.trails"

Trail = list[tuple[Unit, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A place where answers part, looked at alone."""

    beginning: tuple[Unit, ...]
    """Of the answer, up to there."""
    answers: Mapping[str, Sequence[Unit]]
    """What follows it in answers of the open run, by `C.R`."""
    of: int
    """How many answers the configuration has."""

    @property
    def keys(self) -> tuple[str, ...]:
        """Of the beginning's steps."""
        return tuple(unit.key for unit in self.beginning)

    @property
    def text(self) -> str:
        """The beginning as it was written."""
        return "".join(unit.text for unit in self.beginning)

    @property
    def name(self) -> str:
        """Its end, short: it tells one branch of a tree from another."""
        text = plain_token(self.text)
        return text if len(text) <= MOST_CHARACTERS else f"…{text[1 - MOST_CHARACTERS :]}"


def trail(run: str, configuration: int) -> Trail:
    """The branches that were zoomed into, the last one being looked at; empty: the whole tree."""
    trails: dict[tuple[str, int], Trail] = st.session_state.setdefault(_TRAILS, {})
    return trails.setdefault((run, configuration), [])


def branch(answers: Mapping[str, Sequence[Unit]], gone: Trail) -> Branch | None:
    """The branch that is looked at; `None`: the whole tree is."""
    if not gone:
        return None
    found = Branch(beginning=gone[-1], answers={}, of=len(answers))
    return replace(found, answers=going_on(answers, found.keys))


def back(gone: Trail, found: Branch) -> None:
    """Draw the way back, and where one is."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "One step back" if len(gone) > 1 else "Back to the whole tree",
            icon=":material/arrow_back:",
            key="tokens.tree.back",
            on_click=_one_back,
            args=(gone,),
        )
        if len(gone) > 1:
            st.button(
                "Back to the whole tree",
                key="tokens.tree.whole",
                type="tertiary",
                on_click=gone.clear,
            )
    low, high = wilson(len(found.answers), found.of)
    inert.text(
        f"After “{found.name}”: {len(found.answers):,} of {found.of:,} answers begin like this "
        f"({percent(low)} to {percent(high)}, 95% interval)."
    )


def _one_back(gone: Trail) -> None:
    gone.pop()


def position(
    snapshot: Snapshot, samples: Sequence[Sample], found: Branch
) -> tuple[Sample, Position] | None:
    """What was reported here with an answer of the open run: with all of them it is the same."""
    sample = next((each for each in samples if each.slot.name in found.answers), None)
    at = len(found.beginning)
    if sample is None or at >= len(positions := stored.positions(snapshot, sample).at):
        return None
    return sample, positions[at]


def models_own(sample: Sample, reported: Position) -> None:
    """Say how uncertain the model itself was here."""
    bounds = uncertainty(reported, vocabulary=known.vocabulary(sample.slot.configuration))
    if bounds is None:
        return
    between = (
        f"is {number(bounds.low)} nats"
        if bounds.exact
        else f"lies between {number(bounds.low)} and {number(bounds.high)} nats, as only the "
        "likeliest tokens were reported"
    )
    inert.text(f"The entropy of the reported distribution here {between}.")


def to_draws(found: Branch) -> None:
    """The way to the same place under Along the answers, where all configurations are."""
    if st.button(
        "Compare what comes next in all configurations",
        icon=":material/stacked_bar_chart:",
        key="tokens.tree.draws",
        help="Turns to “Along the answers”: at this place, what was drawn beside what was "
        "reported, with a test.",
    ):
        st.session_state[BEGINNING] = found.text
        st.session_state[TURN_TO] = "Along the answers"
        st.rerun()

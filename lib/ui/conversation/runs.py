"""Runs of a conversation, read from engine and store: what they asked, brought and cost."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from lib.conversation.turns import Turn
from lib.domain import folders
from lib.domain.cost import NOTHING, Cost
from lib.domain.errors import LabError
from lib.domain.message import Message
from lib.domain.vocabulary import Sample, Slot
from lib.engine.progress import Snapshot
from lib.store.reading import RunSummary
from lib.ui import resources


def snapshot(run: str | None) -> Snapshot | None:
    """A run as it is now; `None` if there is none that can be read."""
    if run is None:
        return None
    try:
        if run in resources.engine().running():
            return resources.engine().snapshot(run)
        return _ended(folders.store_url(), resources.engine().store.find(run))
    except LabError:
        return None


@st.cache_resource(max_entries=400, show_spinner=False)
def _ended(url: str, summary: RunSummary) -> Snapshot | None:
    """A run of which nothing has changed since this summary: a conversation shows many."""
    del url
    return resources.engine().snapshot(summary.id)


def slot_of(found: Snapshot, sample: str | None) -> Slot | None:
    """The planned sample of this name, `C.R`."""
    return next((each for each in found.slots if each.name == sample), None)


def sample_of(turn: Turn) -> Sample | None:
    """What a model's turn was, as it came."""
    found = snapshot(turn.run)
    slot = slot_of(found, turn.sample) if found is not None else None
    return found.samples.get(slot.id) if found is not None and slot is not None else None


def messages_of(turn: Turn) -> tuple[Message, ...] | None:
    """What was sent for a model's turn, its prefill included."""
    found = snapshot(turn.run)
    slot = slot_of(found, turn.sample) if found is not None else None
    return None if slot is None else slot.messages


def answers(found: Snapshot) -> list[Sample]:
    """The answers of a run, in the order of their repeats."""
    return sorted(found.samples.values(), key=lambda each: (each.slot.number, each.slot.repeat))


def cost(of: Iterable[str]) -> Cost:
    """What runs have cost together; one that is gone from the store costs nothing known."""
    found = (snapshot(run) for run in dict.fromkeys(of))
    return sum((each.cost for each in found if each is not None), NOTHING)


def calls_made(of: Iterable[str]) -> int:
    """Calls that these runs have made: what a budget in calls counts."""
    found = (snapshot(run) for run in dict.fromkeys(of))
    return sum(
        each.done + sum(each.retries.values()) + sum(each.in_flight.values())
        for each in found
        if each is not None
    )

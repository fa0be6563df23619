"""The run that the Tokens page looks at, and the positions of its answers.

Few answers are remembered with all their alternatives: two hundred long ones take a hundred
megabytes. What is computed from them is remembered instead, where it is computed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import streamlit as st

from lib.domain.errors import StoreError
from lib.domain.positions import Positions
from lib.domain.vocabulary import Sample
from lib.engine.progress import Snapshot
from lib.results import positions as reading
from lib.ui import inert, resources, state
from lib.ui.responses import reading as runs
from lib.ui.responses import run_choice

MOST_REMEMBERED = 32


def run() -> Snapshot | None:
    """The run that is looked at; without one, a choice of runs is drawn, and it is `None`."""
    named = state.run_id()
    try:
        snapshot = runs.snapshot(named) if named else None
    except StoreError as error:
        st.error("The run can't be read.", icon=":material/error:")
        inert.text(str(error))
        return None
    if snapshot is None:
        if named:
            st.warning("There is no such run here. It may have been deleted.")
        run_choice.draw()
        return None
    with st.container(horizontal=True, vertical_alignment="center"):
        inert.text(f"Run: {snapshot.experiment.name}", most=100)
        st.button(
            "Other runs",
            icon=":material/history:",
            key="tokens.others",
            on_click=state.look_at,
            args=(None,),
            type="tertiary",
            help="Closes this run, here and on Compare. It stays in the store.",
        )
    if snapshot.running:
        st.caption("The run goes on: this is what has come so far.")
    return snapshot


def positions(snapshot: Snapshot, sample: Sample) -> Positions:
    """The positions of a sample's answer; none, with a sentence, if the store fails."""
    try:
        return _positions(snapshot.run, sample.slot.name, sample)
    except StoreError as error:  # not remembered: it may pass
        return Positions(why=str(error))


def each(
    samples: Iterable[Sample], *, alternatives: bool = True
) -> Iterator[tuple[Sample, Positions]]:
    """Of many, one after the other, none remembered.

    Args:
        samples: which.
        alternatives: whether what else was likely is wanted.

    Raises:
        StoreError: if the store fails.
    """
    store = resources.engine().store
    for sample in samples:
        yield sample, reading.positions(store, sample, alternatives=alternatives)


@st.cache_resource(max_entries=MOST_REMEMBERED, show_spinner=False)
def _positions(run: str, name: str, _sample: Sample) -> Positions:
    del run, name  # the key
    return reading.positions(resources.engine().store, _sample)

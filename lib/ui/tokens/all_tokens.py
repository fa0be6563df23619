"""All tokens of the embedded model at a place of earlier answers, asked for by one more call.

With them, what draws should follow is exact, whatever was reported with the answers themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import streamlit as st

from lib.analysis.groups import Group
from lib.analysis.next_token import NextToken, agree, next_token
from lib.domain.message import Message
from lib.domain.vocabulary import FirstToken
from lib.engine.progress import Snapshot
from lib.results import next_token as asking
from lib.ui import inert, resources, trouble
from lib.ui.tokens.context import snapshot_of

POLL_S = 0.3
_RUNS = "tokens.all_tokens.runs"
_ASKING = "tokens.all_tokens"


@dataclass(frozen=True, slots=True)
class Place:
    """What the model would be asked to go on from."""

    messages: tuple[Message, ...]
    prefill: str
    model: str


def draw(places: Mapping[str, Place], here: Mapping[str, Group]) -> dict[str, NextToken]:
    """Draw the button that asks, and what came of it.

    Args:
        places: by configuration, of those that ask the embedded model.
        here: the answers of all configurations, as if each began at this place.

    Returns:
        All tokens there, by configuration: of those that have been asked for.
    """
    wanted = {name: place for name, place in places.items() if _partly(here[name])}
    with st.container(key="tokens.all_tokens"):
        if not wanted:
            return {}
        runs: dict[Place, str] = st.session_state.setdefault(_RUNS, {})
        missing = [place for place in dict.fromkeys(wanted.values()) if place not in runs]
        if missing:
            st.button(
                "Get the probability of every token here",
                icon=":material/science:",
                key="tokens.all_tokens.ask",
                on_click=_ask,
                args=(missing,),
                help="One call to the embedded model. Then what should be drawn under these "
                "settings is known exactly, and the draws can be tested against it.",
            )
            trouble.draw(_ASKING, "The call was not made.")
        return _come(wanted, runs, here)


def distribution(snapshot: Snapshot) -> NextToken | None:
    """What such a call reported; `None`: nothing. Read once."""
    return _distribution(snapshot.run, snapshot)


@st.cache_resource(max_entries=16, show_spinner="Reading the probabilities …")
def _distribution(run: str, _snapshot: Snapshot) -> NextToken | None:
    """Remembered: fifty thousand tokens take a moment."""
    del run
    return asking.distribution(_snapshot)


def _partly(group: Group) -> bool:
    """Whether only some of the tokens were reported with its answers."""
    first = _first(group)
    found = None if first is None else next_token(first.top)
    return found is not None and not found.whole


def _first(group: Group) -> FirstToken | None:
    return next((each.first_token for each in group.samples if each.first_token is not None), None)


def _ask(places: Iterable[Place]) -> None:
    runs: dict[Place, str] = st.session_state.setdefault(_RUNS, {})
    with trouble.kept(_ASKING):
        for place in places:
            asked = asking.asking(place.messages, place.prefill, model=place.model)
            runs[place] = resources.engine().start(asked, keys={})


def _come(
    wanted: Mapping[str, Place], runs: Mapping[Place, str], here: Mapping[str, Group]
) -> dict[str, NextToken]:
    found: dict[str, NextToken] = {}
    under_way: list[str] = []
    for name, place in wanted.items():
        snapshot = snapshot_of(runs.get(place))
        if snapshot is None:
            continue
        if snapshot.running:
            under_way.append(snapshot.run)
        elif (whole := distribution(snapshot)) is None:
            inert.text("The call for all tokens brought nothing.")
            inert.text("\n".join(str(failure) for failure in snapshot.failures.values()))
        elif (first := _first(here[name])) is not None and not agree(whole, first.top):
            inert.text(
                f"“{name}”: asked again, this beginning is cut into other tokens than in the "
                "answers, so what comes next isn't the same."
            )
        else:
            found[name] = whole
    if under_way:
        _wait(under_way)
    return found


@st.fragment(run_every=POLL_S)
def _wait(runs: list[str]) -> None:
    if any((snapshot := snapshot_of(run)) is not None and snapshot.running for run in runs):
        st.progress(0.5, "Asking for the probability of every token …")
    else:
        st.rerun()

"""The context of the next-token lab: messages, the beginning of an answer, and its last call.

Typed, in one place. The last call's run is in the address as well, so that a reload finds it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import streamlit as st

from lib.domain.errors import LabError, StoreError
from lib.domain.experiment import Experiment
from lib.domain.message import Message
from lib.domain.settings import Settings
from lib.engine.progress import Snapshot
from lib.results import next_token as asking
from lib.ui import resources

PARAMETER = "lab"
TURN_TO = "tokens.turn_to"
"""The view that the page is to show when it is drawn next."""
FIRST = (Message("user", "Finish my sentence."),)
FIRST_PREFILL = "My favourite fruit is the"
MOST_BACK = 50
_KEY = "tokens.context"

_Made = Callable[[], Experiment]


@dataclass(frozen=True, slots=True)
class Picked:
    """A token that was gone on with."""

    before: str
    """The beginning of the answer that it was added to."""
    token: str
    share: float
    """Its probability, under the settings that the sliders had."""


@dataclass(slots=True)
class Context:
    """What the next token follows."""

    messages: tuple[Message, ...] = FIRST
    prefill: str = FIRST_PREFILL
    version: int = 0
    """Part of every widget's key: raised when the texts are replaced, not typed."""
    run: str | None = None
    """It reported what follows, or is about to."""
    draws: str | None = None
    """A run of real draws at the same place."""
    drawn_with: Settings | None = None
    """The settings of these draws."""
    back: list[Picked] = field(default_factory=list)
    """The tokens that were gone on with, as long as they can be taken back."""
    trouble: str = ""
    """Why the last call was not made."""

    def put(self, messages: tuple[Message, ...], prefill: str) -> None:
        """Replace the texts."""
        self.messages, self.prefill = messages, prefill
        self.version += 1

    def ask(self) -> None:
        """Ask what follows; a run like any other."""
        self.draws = None
        run = self._start(
            lambda: asking.asking(self.messages, self.prefill, model=resources.embedded_model())
        )
        self.run = run or self.run

    def draw(self, settings: Settings, draws: int) -> None:
        """Really draw what follows, so many times."""
        self.drawn_with = settings
        self.draws = self._start(
            lambda: asking.drawing(
                self.messages,
                self.prefill,
                settings,
                model=resources.embedded_model(),
                draws=draws,
            )
        )

    def go_on(self, token: str, share: float) -> None:
        """Append a token to the beginning of the answer, and ask what follows."""
        self.back = [*self.back[-MOST_BACK + 1 :], Picked(self.prefill, token, share)]
        self.put(self.messages, self.prefill + token)
        self.ask()

    def take_back(self) -> None:
        """Take the last of these tokens away, and ask again."""
        if self.back:
            self.put(self.messages, self.back.pop().before)
            self.ask()

    def asked(self, snapshot: Snapshot) -> bool:
        """Whether a run asks about what is typed now."""
        return asking.asked(snapshot) == (self.messages, self.prefill)

    def _start(self, made: _Made) -> str | None:
        self.trouble = ""
        try:
            return resources.engine().start(made(), keys={})
        except LabError as error:
            self.trouble = str(error)
            return None


def context() -> Context:
    """This visitor's context: the one that was left, the one in the address, or the first one."""
    kept: Context | None = st.session_state.get(_KEY)
    if kept is None:
        kept = Context()
        named = st.query_params.get(PARAMETER)
        snapshot = snapshot_of(named)
        if snapshot is not None and snapshot.experiment.name == asking.NAME:
            kept.put(*asking.asked(snapshot))
            kept.run = named
        st.session_state[_KEY] = kept
    # A page switch drops the address's parameters: put back what a reload needs.
    if kept.run and st.query_params.get(PARAMETER) != kept.run:
        st.query_params[PARAMETER] = kept.run
    return kept


def snapshot_of(run: str | None) -> Snapshot | None:
    """A run as it is now; `None` if there is none that can be read."""
    try:
        return resources.engine().snapshot(run) if run else None
    except StoreError:
        return None

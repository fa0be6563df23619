"""A sample in tabs: text, request, response, usage and timing, raw bytes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol, TypeAlias

import streamlit as st

from lib.domain.errors import LabError
from lib.domain.vocabulary import Sample, Slot
from lib.engine.progress import Snapshot
from lib.store.reading import Attempt
from lib.ui import inert, resources
from lib.ui.sample import code, note, raw, request, response, text, usage

Tab: TypeAlias = tuple[str, Callable[[], None]]
"""What it is called, and what draws it."""


@dataclass(frozen=True, slots=True)
class Whole:
    """A planned sample with all that is kept of it."""

    slot: Slot
    sample: Sample | None
    """`None`: there is no answer, or none yet."""
    attempts: Sequence[Attempt]

    @property
    def attempt(self) -> Attempt | None:
        """The try that gave the answer, else the last one."""
        accepted = [each for each in self.attempts if each.accepted]
        return next(reversed(accepted or self.attempts), None)


def load(snapshot: Snapshot, slot: Slot) -> Whole | None:
    """All of one sample, out of the store; `None`, with a sentence, if it can't be read."""
    try:
        attempts = resources.engine().store.attempts(slot.id)
    except LabError as error:
        st.error("This sample can't be read.", icon=":material/error:")
        inert.text(str(error))
        return None
    return Whole(slot, snapshot.samples.get(slot.id), attempts)


def draw(whole: Whole, *, key: str, more: Sequence[Tab] = ()) -> None:
    """Draw a sample. Only the tab that is open is drawn, so that a large answer costs no other.

    Args:
        whole: the sample.
        key: of the place where it is shown: the open tab stays, whatever sample is shown there.
        more: further tabs.
    """
    attempt = _attempt(whole, key)
    tabs = [*_tabs(whole, attempt, f"{key}.{whole.slot.id}"), *more]
    drawn = st.tabs([name for name, _ in tabs], key=f"{key}.tabs", on_change="rerun")
    for place, (_, draw_it) in zip(drawn, tabs, strict=True):
        if place.open:
            with place:
                draw_it()
    note.edit(whole.slot.id)


def _tabs(whole: Whole, attempt: Attempt | None, here: str) -> list[Tab]:
    slot, attempts = whole.slot, whole.attempts
    return [
        ("Text", lambda: text.draw(slot, whole.sample, attempt)),
        ("Request as sent", lambda: _sent(attempt, partial(request.draw, slot), f"{here}.request")),
        ("Response", lambda: _response(slot, attempt, f"{here}.response")),
        ("Usage and timing", lambda: usage.draw(slot, whole.sample, attempts, key=f"{here}.usage")),
        ("Raw bytes and headers", lambda: _raw(attempt, f"{here}.raw")),
        ("As code", lambda: _sent(attempt, partial(code.draw, slot), f"{here}.code")),
    ]


class _OfAttempt(Protocol):
    def __call__(self, attempt: Attempt, *, key: str) -> None: ...


def _sent(attempt: Attempt | None, draw_it: _OfAttempt, key: str) -> None:
    """What can be drawn once something was sent."""
    if attempt is None:
        st.caption("Nothing was sent yet.")
    else:
        draw_it(attempt, key=key)


def _response(slot: Slot, attempt: Attempt | None, key: str) -> None:
    if attempt is None or attempt.reply is None:
        _no_response(attempt)
    else:
        response.draw(slot, attempt.reply, key=key)


def _raw(attempt: Attempt | None, key: str) -> None:
    if attempt is None or attempt.reply is None:
        _no_response(attempt)
    else:
        raw.received(attempt.reply, key=key)
    if attempt is not None:
        raw.sent(attempt.request, key=key)


def _attempt(whole: Whole, key: str) -> Attempt | None:
    """The try that is shown: the one with the answer, unless another is chosen."""
    if len(whole.attempts) < 2:
        return whole.attempt
    shown = whole.attempt
    chosen = st.segmented_control(
        "Attempt",
        [each.n for each in whole.attempts],
        default=None if shown is None else shown.n,
        required=True,
        key=f"{key}.{whole.slot.id}.attempt",
        help="Request, response and raw bytes are those of this try. Usage has them all.",
    )
    return next((each for each in whole.attempts if each.n == chosen), shown)


def _no_response(attempt: Attempt | None) -> None:
    st.info("No response was received.", icon=":material/cloud_off:")
    if attempt is not None and attempt.failure is not None:
        failure = attempt.failure
        inert.text(f"{failure.code}: {failure.says} {failure.fix}".rstrip())

"""“Sample 20 more from here”: further answers with a branch's beginning, by prefill.

They are a run of their own. In the tree they count from their beginning on alone: further up they
would be answers that were made to go there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import streamlit as st

from lib import audit
from lib.analysis.branching import Unit, of_tokens, of_words
from lib.analysis.next_token import agree, next_token
from lib.domain.configuration import Configuration
from lib.domain.errors import InputError, LabError, StoreError
from lib.domain.experiment import Experiment
from lib.domain.positions import Position
from lib.domain.vocabulary import Sample
from lib.engine.progress import Snapshot
from lib.results import from_here
from lib.ui import credentials, inert, resources, state, trouble
from lib.ui.tokens import stored
from lib.ui.tokens.context import snapshot_of
from lib.ui.tokens.zoom import Branch

MANY = (20, 50, 100)
POLL_S = 0.5
MOST_LOOKED_AT = 100
"""Newest runs among which earlier ones from the same place are looked for."""
MARK = "+"
"""Before the name of an answer of another run."""
_ASKING = "tokens.more"


_COUNTED = "tokens.more.counted"

Answers = Mapping[str, Sequence[Unit]]
"""With their beginning, by a name that no answer of the open run has."""


@dataclass(frozen=True, slots=True)
class Place:
    """A branch, and what was reported there with an answer of the open run."""

    branch: Branch
    reported: tuple[Sample, Position] | None
    """`None`: tokens aren't known, or no answer goes on from there."""

    def agrees(self, run: Snapshot) -> bool:
        """Whether further answers began at this very place, as far as that can be seen.

        A server cuts the beginning into tokens anew. If that gives others than the model had drawn,
        another distribution follows.
        """
        first = next((s.first_token for s in run.samples.values() if s.first_token), None)
        here = None if self.reported is None else next_token(self.reported[1].top)
        return first is None or here is None or agree(here, first.top)


@dataclass(frozen=True, slots=True)
class _Read:
    """What a run of further answers brought, each from behind its beginning."""

    answers: Answers
    without: int
    """Answers that are left out, as their tokens aren't known."""


def draw(snapshot: Snapshot, number: int, place: Place, *, unit: str) -> Answers:
    """Draw the button and what became of it; returns the answers that are to be counted here."""
    found = place.branch
    configuration = snapshot.experiment.configurations[number - 1]
    steps = len(found.beginning) if unit == "token" else None
    why_not = _why_not(configuration, found, steps)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        many = st.selectbox(
            "More answers",
            MANY,
            key="tokens.more.many",
            persist_state="session",
            width=120,
        )
        st.button(
            f"Sample {many} more from here",
            icon=":material/alt_route:",
            key="tokens.more.start",
            type="primary",
            disabled=why_not is not None,
            on_click=_start,
            args=(snapshot.experiment, number, found.text, steps, many),
            help="Calls that begin with this much of the answer as a prefill. They are a run of "
            "their own, kept like any other.",
        )
    with st.container():
        if why_not is not None:
            inert.text(f"Not possible here: {why_not}")
        elif from_here.becomes_of_prefill(configuration) == "unknown":
            st.caption("Whether this model continues a prefill isn't known: the answers show it.")
        trouble.draw(_ASKING, "The calls were not made.")
    return {} if why_not is not None else _came(snapshot, number, place, steps, unit=unit)


def earlier(snapshot: Snapshot, number: int, places: Sequence[Place], *, unit: str) -> Answers:
    """Further answers from the branches on the way here: those that go on to here count as well."""
    if not st.session_state.get(_COUNTED, True):
        return {}
    answers: dict[str, Sequence[Unit]] = {}
    for place in places:
        found = place.branch
        steps = len(found.beginning) if unit == "token" else None
        with suppress(InputError, StoreError):  # it was told there
            runs = _runs(_asking(snapshot.experiment, number, found.text, steps, 1))
            counted = [run for run in runs if not run.running and place.agrees(run)]
            read = {run.run: _read(run, unit) for run in counted}
            answers |= _with_beginning(read, found.beginning)
    return answers


def _why_not(configuration: Configuration, found: Branch, steps: int | None) -> str | None:
    if (why := from_here.why_not(configuration, found.text, steps=steps)) is not None:
        return why
    try:
        report = audit.latest(resources.engine().store, configuration.endpoint, configuration.model)
    except LabError:
        return None
    audited = None if report is None else report.settings.get("prefill")
    if report is None or audited is None or audited.verdict not in {"ignored", "refused"}:
        return None
    return f"the audit of {report.made_at:%Y-%m-%d} says: {audited.says}"


def _asking(
    experiment: Experiment, number: int, beginning: str, steps: int | None, many: int
) -> Experiment:
    return from_here.asking(experiment, number, beginning, steps=steps, repeats=many)


def _start(
    experiment: Experiment, number: int, beginning: str, steps: int | None, many: int
) -> None:
    with trouble.kept(_ASKING):
        asked = _asking(experiment, number, beginning, steps, many)
        endpoints = {each.endpoint for each in asked.configurations}
        resources.engine().start(asked, keys=credentials.keys_of(endpoints))


def _came(
    snapshot: Snapshot, number: int, place: Place, steps: int | None, *, unit: str
) -> Answers:
    """Draw the runs from this place; returns their answers, if they are to be counted."""
    try:
        runs = _runs(_asking(snapshot.experiment, number, place.branch.text, steps, 1))
        for run in runs:
            _one(run)
        if under_way := [run.run for run in runs if run.running]:
            _wait(under_way)
        if not runs or not _counted():
            return {}
        return _further(runs, place, unit=unit)
    except (InputError, StoreError) as error:
        inert.text(str(error))
        return {}


def _counted() -> bool:
    return st.toggle(
        "Count them here",
        value=True,
        key=_COUNTED,
        persist_state="session",
        help="Below, they count beside the answers that came here by themselves: after the same "
        "beginning, both are draws of one distribution. In the whole tree they don't count, as "
        "they were made to come here.",
    )


def _runs(asked: Experiment) -> list[Snapshot]:
    """Earlier runs from this place too: who comes back finds them."""
    store = resources.engine().store
    named = [run.id for run in store.runs(limit=MOST_LOOKED_AT) if run.name == asked.name]
    snapshots = [snapshot for run in named if (snapshot := snapshot_of(run)) is not None]
    return [each for each in snapshots if from_here.same(each.experiment, asked)]


def _one(run: Snapshot) -> None:
    if run.running:  # the progress below tells
        return
    with st.container(horizontal=True, vertical_alignment="center", key=f"tokens.more.{run.run}"):
        told = f"{run.done:,} of {len(run.slots):,} further answers from here"
        if run.failures:
            told += f", {len(run.failures):,} calls failed"
        inert.text(f"{told}.")
        if st.button(
            "Open this run",
            icon=":material/open_in_new:",
            key=f"tokens.more.open.{run.run}",
            type="tertiary",
            help="In place of the one that is open.",
        ):
            state.look_at(run.run)
            st.rerun()
    for failure in list(run.failures.values())[:1]:
        inert.text(str(failure))


@st.fragment(run_every=POLL_S)
def _wait(runs: list[str]) -> None:
    snapshots = [snapshot for run in runs if (snapshot := snapshot_of(run)) is not None]
    if not any(each.running for each in snapshots):
        st.rerun()
        return
    done, planned = (
        sum(counts) for counts in zip(*((s.done, len(s.slots)) for s in snapshots), strict=True)
    )
    st.progress(done / planned, f"{done:,} of {planned:,} answers")


def _further(runs: Sequence[Snapshot], place: Place, *, unit: str) -> Answers:
    # While a run goes on, short answers have come and long ones haven't: they wait.
    ended = [run for run in runs if not run.running]
    counted = [run for run in ended if place.agrees(run)]
    if len(counted) < len(ended):
        st.caption(
            "Further answers aren't counted: sent as a prefill, this beginning was cut into other "
            "tokens than in the answers, so another distribution follows it."
        )
    found = {run.run: _read(run, unit) for run in counted}
    if without := sum(each.without for each in found.values()):
        st.caption(f"{without:,} of them are left out: their tokens aren't known.")
    return _with_beginning(found, place.branch.beginning)


def _with_beginning(found: Mapping[str, _Read], beginning: Sequence[Unit]) -> Answers:
    return {
        f"{MARK}{run}/{name}": (*beginning, *units)
        for run, each in found.items()
        for name, units in each.answers.items()
    }


def _read(run: Snapshot, unit: str) -> _Read:
    return _of_run((run.run, run.done, unit), run)


@st.cache_resource(max_entries=32, show_spinner="Reading the tokens …")
def _of_run(key: tuple[str, int, str], _run: Snapshot) -> _Read:
    samples = sorted(
        (each for each in _run.samples.values() if each.outcome in {"ok", "empty"}),
        key=lambda each: each.slot.repeat,
    )
    if key[-1] == "word":
        return _Read({each.slot.name: of_words(each.text) for each in samples}, 0)
    answers = {
        sample.slot.name: of_tokens(positions.at)
        for sample, positions in stored.each(samples, alternatives=False)
        if positions.at or not sample.text
    }
    return _Read(answers, len(samples) - len(answers))

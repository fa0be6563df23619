"""A run out of the store: what was planned, what is there, what failed and what lies unread."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from lib.domain.errors import CallError, KeyRefused, RateLimited, Refused, Transient, Unreadable
from lib.domain.experiment import Experiment
from lib.domain.experiment_file import parse
from lib.domain.plan import slot
from lib.domain.vocabulary import Reply, Sample, Slot
from lib.engine.progress import Progress, Snapshot, State, cut_off
from lib.store.reading import Failure, RunSummary, SlotState
from lib.store.store import Store

_KINDS: dict[str, type[CallError]] = {
    kind.__name__: kind for kind in (Transient, RateLimited, Unreadable, Refused, KeyRefused)
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A run as its store has it."""

    run: str
    experiment: Experiment
    slots: tuple[Slot, ...]
    """In the plan's order."""
    samples: dict[int, Sample]
    """By slot id, in the order in which they were accepted."""
    failures: dict[int, CallError]
    """The last one of slots without an answer, by slot id."""
    spent: frozenset[int]
    """Slots that have used up their tries."""
    retries: Mapping[int, int]
    """Attempts without an answer, by configuration number."""
    in_flight: tuple[Slot, ...]
    """Slots that another process is just asking for."""
    unread: list[tuple[int, int, Reply]]
    """Slot id, attempt id and reply: kept, but nothing was read from it yet."""
    state: State
    n_changed_after_results: bool

    def progress(self) -> Progress:
        """A live record that starts with what is there already."""
        progress = Progress(self.run, self.experiment, self.slots)
        progress.know(self.samples, self.failures, self.spent, self.retries)
        if self.n_changed_after_results:
            progress.changed_after_results()
        return progress

    def snapshot(self) -> Snapshot:
        """The run as others see it who don't carry it out."""
        progress = self.progress()
        for each in self.in_flight:
            progress.began(each)
        progress.end_configurations(self._ended())
        progress.become(self.state)
        return progress.snapshot()

    def _ended(self) -> dict[int, CallError]:
        """Configurations that were refused, as their failures say."""
        refused: dict[int, CallError] = {
            each.number: error
            for each in self.slots
            if isinstance(error := self.failures.get(each.id), Refused | KeyRefused)
        }
        keys = {
            self.experiment.configurations[number - 1].endpoint: error
            for number, error in refused.items()
            if isinstance(error, KeyRefused)
        }
        unanswered = {each.number for each in self.slots if each.id not in self.samples}
        return refused | {
            number: keys[configuration.endpoint]
            for number, configuration in enumerate(self.experiment.configurations, start=1)
            if configuration.endpoint in keys and number in unanswered - refused.keys()
        }


def load(store: Store, run: str) -> Loaded:
    """Everything of a run that is needed to go on with it, or to show it.

    Raises:
        InputError: if there is no such run.
        StoreError: if it can't be read.
    """
    summary = store.find(run)
    experiment = experiment_of(store, summary)
    slots = tuple(slot(experiment, planned, id=id_) for id_, planned in store.planned(summary.id))
    by_id = {each.id: each for each in slots}
    try:
        accepted = store.answers(summary.id, by_id)
    except KeyError:  # another process has just planned more, and has answers
        return load(store, run)
    # What another process wrote since then is left for the next look.
    states = {id_: state for id_, state in store.states(summary.id).items() if id_ in by_id}
    samples = {sample.slot.id: sample for sample in accepted}
    running = summary.state == "running"
    return Loaded(
        run=summary.id,
        experiment=experiment,
        slots=slots,
        samples=samples,
        failures={
            id_: error
            for id_, state in states.items()
            if id_ not in samples and (error := _failure(state, running=running)) is not None
        },
        spent=frozenset(id_ for id_, state in states.items() if state.ended is not None),
        retries=_retries(by_id, states, running=running),
        in_flight=tuple(by_id[id_] for id_, state in states.items() if running and _open(state)),
        unread=store.unread(summary.id),
        state=summary.state,
        n_changed_after_results=summary.extended_after_results,
    )


def experiment_of(store: Store, summary: RunSummary) -> Experiment:
    """The experiment that a run carries out, with as many repeats as it has now."""
    # The document is as it was when the run was made; its repeats may have been raised since.
    return replace(parse(json.loads(store.document(summary.id))), repeats=summary.repeats)


def _open(state: SlotState) -> bool:
    """Whether an attempt was begun that has no outcome."""
    return bool(state.attempts) and not state.accepted and state.failure is None


def _failure(state: SlotState, *, running: bool) -> CallError | None:
    if state.accepted:
        return None
    if state.failure is not None:
        return _error(state.failure)
    return cut_off() if _open(state) and not running else None


def _retries(
    slots: Mapping[int, Slot], states: Mapping[int, SlotState], *, running: bool
) -> Mapping[int, int]:
    retries: Counter[int] = Counter()
    for id_, state in states.items():
        without = state.attempts - state.accepted - (running and _open(state))
        retries[slots[id_].number] += without
    return +retries


def _error(failure: Failure) -> CallError:
    error = _KINDS.get(failure.kind, CallError)(failure.says, failure.fix)
    error.code, error.maybe_billed = failure.code, failure.maybe_billed
    return error

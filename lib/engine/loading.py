"""A run out of the store: what was planned, what is there, what failed and what lies unread."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC

from lib.domain.cost import NOTHING, Cost
from lib.domain.errors import CallError, KeyRefused, RateLimited, Refused, Transient, Unreadable
from lib.domain.experiment import Experiment
from lib.domain.experiment_file import parse
from lib.domain.plan import slot
from lib.domain.vocabulary import Reply, Sample, Slot
from lib.engine.costing import Costing
from lib.engine.progress import Progress, Snapshot, State, cut_off
from lib.providers import registry
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
    attempts: int
    """All that were begun."""
    costs: Mapping[int, Cost]
    """Of all attempts with an outcome, by configuration number."""
    costing: Costing
    open: tuple[Slot, ...]
    """Slots whose last attempt has no outcome: it is under way in another process, or cut off."""
    unread: list[tuple[int, int, Reply]]
    """Slot id, attempt id and reply: kept, but nothing was read from it yet."""
    state: State
    n_changed_after_results: bool

    def progress(self) -> Progress:
        """A live record for whoever goes on with the run: it starts with what is there already."""
        progress = self._record()
        unread = {slot_id for slot_id, _, _ in self.unread}  # these will be read first
        for each in self.open:
            if each.id not in unread:
                progress.lost(each)
        return progress

    def _record(self) -> Progress:
        progress = Progress(self.run, self.experiment, self.slots, self.costing)
        progress.know(self.samples, self.failures, self.spent, self.retries, self.costs)
        if self.n_changed_after_results:
            progress.changed_after_results()
        return progress

    def snapshot(self) -> Snapshot:
        """The run as others see it who don't carry it out."""
        progress = self._record()
        for each in self.open:
            progress.began(each) if self.state == "running" else progress.lost(each)
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


def load(store: Store, run: str, *, costing: Costing | None = None) -> Loaded:
    """Everything of a run that is needed to go on with it, or to show it.

    Args:
        store: where it is.
        run: its id.
        costing: other prices than the vendors' lists.

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
        return load(store, run, costing=costing)
    # What another process wrote since then is left for the next look.
    states = {id_: state for id_, state in store.states(summary.id).items() if id_ in by_id}
    samples = {sample.slot.id: sample for sample in accepted}
    running = summary.state == "running"
    costing = Costing() if costing is None else costing
    for first in {each.number: each for each in reversed(slots)}.values():
        costing.price(first)  # here, as a list takes a quarter of a second to import
    return Loaded(
        run=summary.id,
        experiment=experiment,
        slots=slots,
        samples=samples,
        failures=_failures(store, by_id, states, running=running),
        spent=frozenset(id_ for id_, state in states.items() if state.ended is not None),
        retries=_retries(by_id, states, running=running),
        attempts=sum(state.attempts for state in states.values()),
        costs=_costs(costing, by_id, states, samples),
        costing=costing,
        open=tuple(by_id[id_] for id_, state in states.items() if _open(state)),
        unread=store.unread(summary.id),
        state=summary.state,
        n_changed_after_results=summary.extended_after_results and not _declared(experiment),
    )


def experiment_of(store: Store, summary: RunSummary) -> Experiment:
    """The experiment that a run carries out, with as many repeats as it has now."""
    # The document is as it was when the run was made; its repeats may have been raised since.
    return replace(parse(json.loads(store.document(summary.id))), repeats=summary.repeats)


def _declared(experiment: Experiment) -> bool:
    """Whether this number of repeats is one that the experiment declared to look at."""
    stop = experiment.declared.stop
    return stop is not None and stop.allows(experiment.repeats)


def _open(state: SlotState) -> bool:
    """Whether an attempt was begun that has no outcome."""
    return bool(state.attempts) and not state.accepted and state.failure is None


def _failures(
    store: Store, slots: Mapping[int, Slot], states: Mapping[int, SlotState], *, running: bool
) -> dict[int, CallError]:
    failures = {
        id_: error
        for id_, state in states.items()
        if (error := _failure(state, running=running)) is not None
    }
    refused: dict[tuple[int, str], str | None] = {}
    for id_, error in failures.items():
        if isinstance(error, Refused) and error.code == "refused_setting":
            same = (slots[id_].number, error.says)
            if same not in refused:
                refused[same] = _refused_setting(store, slots[id_])
            error.setting = refused[same]
    return failures


def _refused_setting(store: Store, slot: Slot) -> str | None:
    """The field that a slot's last reply refuses: it isn't kept apart from it."""
    reply = store.attempts(slot.id)[-1].reply
    if reply is None:
        return None
    try:
        registry.dialect(slot.configuration.endpoint).read(slot, reply)
    except CallError as error:
        return error.setting if isinstance(error, Refused) else None
    return None


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


def _costs(
    costing: Costing,
    slots: Mapping[int, Slot],
    states: Mapping[int, SlotState],
    samples: Mapping[int, Sample],
) -> Mapping[int, Cost]:
    """What is spent already, each call by the list of its day."""
    costs: dict[int, Cost] = {}
    for id_, state in states.items():
        if state.begun_at is None:
            continue
        slot, day = slots[id_], state.begun_at.astimezone(UTC).date()
        cost = costs.get(slot.number, NOTHING)
        if id_ in samples:
            cost += costing.of_answer(samples[id_], day)
        for _ in range(state.maybe_billed - _open(state)):
            cost += costing.of_failure(slot, cut_off(), day)
        costs[slot.number] = cost
    return costs


def _error(failure: Failure) -> CallError:
    error = _KINDS.get(failure.kind, CallError)(failure.says, failure.fix)
    error.code, error.maybe_billed = failure.code, failure.maybe_billed
    return error

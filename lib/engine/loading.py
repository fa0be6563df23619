"""A run out of the store: what was planned, what is there, what failed and what lies unread."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

from lib.domain.errors import CallError
from lib.domain.experiment import Experiment
from lib.domain.experiment_file import parse
from lib.domain.plan import slot
from lib.domain.vocabulary import Reply, Sample, Slot
from lib.engine.progress import Progress, Snapshot, State
from lib.store.store import Store


@dataclass(frozen=True, slots=True)
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
    unread: list[tuple[int, int, Reply]]
    """Slot id, attempt id and reply: kept, but nothing was read from it yet."""
    state: State
    n_changed_after_results: bool

    def progress(self) -> Progress:
        """A live record that starts with what is there already."""
        progress = Progress(self.run, self.experiment, self.slots)
        progress.know(self.samples, self.failures, self.spent)
        if self.n_changed_after_results:
            progress.changed_after_results()
        return progress

    def snapshot(self) -> Snapshot:
        """The run at rest."""
        progress = self.progress()
        progress.become(self.state)
        return progress.snapshot()


def load(store: Store, run: str) -> Loaded:
    """Everything of a run that is needed to go on with it, or to show it.

    Raises:
        StoreError: if there is no such run, or it can't be read.
    """
    summary = store.find(run)
    # The document is as it was when the run was made; its repeats may have been raised since.
    experiment = replace(parse(json.loads(store.document(summary.id))), repeats=summary.repeats)
    slots = tuple(slot(experiment, planned, id=id_) for id_, planned in store.planned(summary.id))
    by_id = {each.id: each for each in slots}
    samples = {sample.slot.id: sample for sample in store.answers(summary.id, by_id)}
    states = store.states(summary.id)
    return Loaded(
        run=summary.id,
        experiment=experiment,
        slots=slots,
        samples=samples,
        failures={
            id_: CallError(
                state.failure.says,
                state.failure.fix,
                code=state.failure.code,
                maybe_billed=state.failure.maybe_billed,
            )
            for id_, state in states.items()
            if state.failure is not None and not state.accepted
        },
        spent=frozenset(id_ for id_, state in states.items() if state.ended is not None),
        unread=store.unread(summary.id),
        state=summary.state,
        n_changed_after_results=summary.extended_after_results,
    )

"""How far a run is: a live record that the engine's loop writes, and snapshots that anyone reads.

Only what has been committed to the store gets in here, so that nothing is shown that a crash
could take back.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from lib.domain.cost import NOTHING, Cost
from lib.domain.errors import CallError
from lib.domain.experiment import Experiment
from lib.domain.vocabulary import Sample, Slot
from lib.engine.costing import Costing

State = Literal["running", "stopping", "finished", "incomplete", "stopped", "interrupted"]
"""`finished`: every planned sample is there. `incomplete`: it came to its end, and some have used
up their tries, or their configuration was refused. `stopped` by its user. `interrupted` by anything
else, such as a signal, a budget or a refused key: the same experiment carries it on."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A run at one moment."""

    run: str
    experiment: Experiment
    state: State
    slots: tuple[Slot, ...]
    """In the plan's order."""
    samples: Mapping[int, Sample]
    """Accepted answers by slot id, in the order in which they came."""
    failures: Mapping[int, CallError]
    """The last failure of slots without an answer, by slot id."""
    spent: frozenset[int] = frozenset()
    """Slots that have used up their tries."""
    retries: Mapping[int, int] = field(default_factory=dict)
    """Failed attempts by configuration number, those that were made good later included."""
    in_flight: Mapping[int, int] = field(default_factory=dict)
    """Calls under way by configuration number."""
    paused_s: float = 0.0
    """How long calls still wait because an endpoint asked for it."""
    elapsed_s: float = 0.0
    """Since this carrying-out began, or that it took."""
    warnings: tuple[str, ...] = ()
    ended: Mapping[int, CallError] = field(default_factory=dict)
    """Configurations that are not asked any more, and why, by number."""
    n_changed_after_results: bool = False
    done_before: int = 0
    """Planned samples that had an answer when this carrying-out began."""
    arriving: tuple[bytes, ...] = ()
    """What has come so far of replies under way, where the run is watched: no answers yet."""
    costs: Mapping[int, Cost] = field(default_factory=dict)
    """What has been spent, by configuration number: calls under way are not in it yet."""

    @property
    def running(self) -> bool:
        """Whether calls are under way or still to come."""
        return self.state in {"running", "stopping"}

    @property
    def done(self) -> int:
        """Planned samples that have an answer."""
        return len(self.samples)

    @property
    def cost(self) -> Cost:
        """What all calls so far have cost, failed ones included."""
        return sum(self.costs.values(), NOTHING)

    @property
    def to_come(self) -> int:
        """Planned samples that are still to be asked for, or are just being asked for."""
        if not self.running:
            return 0
        return sum(
            slot.id not in self.samples
            and slot.id not in self.spent
            and slot.number not in self.ended
            for slot in self.slots
        )

    @property
    def left_s(self) -> float | None:
        """About how long it will still take, or `None` before there is something to go by."""
        fresh = self.done - self.done_before
        if not self.running or fresh < 3 or not self.elapsed_s:
            return None
        return self.elapsed_s / fresh * self.to_come


class Progress:
    """The live record of one run. Written by the engine's loop, read from any thread."""

    def __init__(
        self,
        run: str,
        experiment: Experiment,
        slots: tuple[Slot, ...],
        costing: Costing | None = None,
    ) -> None:
        self.run, self.experiment, self.slots = run, experiment, slots
        self.costing = costing or Costing()
        self._lock = threading.Lock()
        self._samples: dict[int, Sample] = {}
        self._failures: dict[int, CallError] = {}
        self._spent: set[int] = set()
        self._retries: Counter[int] = Counter()
        self._in_flight: dict[int, Slot] = {}
        self._arriving: dict[int, bytes] = {}
        self._ended: dict[int, CallError] = {}
        self._costs: dict[int, Cost] = {}
        self._warnings: list[str] = []
        self._state: State = "running"
        self._paused_until = 0.0
        self._started = time.monotonic()
        self._took: float | None = None
        self._changed_after_results = False
        self._done_before = 0

    def know(
        self,
        samples: Mapping[int, Sample],
        failures: Mapping[int, CallError],
        spent: Iterable[int],
        retries: Mapping[int, int] | None = None,
        costs: Mapping[int, Cost] | None = None,
    ) -> None:
        """What earlier carryings-out have brought already."""
        with self._lock:
            self._samples.update(samples)
            self._failures.update(failures)
            self._spent.update(spent)
            self._retries.update(retries or {})
            self._costs.update(costs or {})
            self._done_before = len(self._samples)

    def began(self, slot: Slot) -> None:
        """A call is under way."""
        with self._lock:
            self._in_flight[slot.id] = slot

    def lost(self, slot: Slot) -> None:
        """A call was cut off before this carrying-out: it may have been billed."""
        cost = self.costing.of_failure(slot, cut_off())
        with self._lock:
            self._spend(slot, cost)

    def stored(self, slot: Slot, sample: Sample) -> None:
        """A planned sample has its answer, in the store."""
        cost = self.costing.of_answer(sample)
        with self._lock:
            self._spend(slot, cost)
            self._in_flight.pop(slot.id, None)
            self._samples[slot.id] = sample
            self._failures.pop(slot.id, None)

    def failed(self, slot: Slot, error: CallError, *, final: bool) -> None:
        """An attempt gave no answer, and the store knows it."""
        cost = self.costing.of_failure(slot, error)
        with self._lock:
            self._spend(slot, cost)
            self._in_flight.pop(slot.id, None)
            self._retries[slot.number] += 1
            self._failures[slot.id] = error
            if final:
                self._spent.add(slot.id)

    def arrived(self, number: int, body: bytes | None) -> None:
        """Of a call under way so much has come; `None`: it has come to its end."""
        with self._lock:
            if body is None:
                self._arriving.pop(number, None)
            else:
                self._arriving[number] = body

    def pause(self, seconds: float) -> None:
        """Calls wait this long, because an endpoint asked for it."""
        with self._lock:
            self._paused_until = max(self._paused_until, time.monotonic() + seconds)

    def warn(self, sentence: str) -> None:
        """Something that the user should read beside the results; told once."""
        with self._lock:
            if sentence not in self._warnings:
                self._warnings.append(sentence)

    def end_configurations(self, ended: Mapping[int, CallError]) -> None:
        """These are not asked any more."""
        with self._lock:
            self._ended.update(ended)

    def changed_after_results(self) -> None:
        """The number of repeats was raised after results were seen."""
        with self._lock:
            self._changed_after_results = True

    def become(self, state: State) -> None:
        """The run goes over into another state. At rest, calls still under way were cut off."""
        with self._lock:
            self._state = state
            if state not in {"running", "stopping"}:
                self._failures.update(dict.fromkeys(self._in_flight, cut_off()))
                for slot in self._in_flight.values():
                    self._spend(slot, self.costing.of_failure(slot, cut_off()))
                self._in_flight.clear()
                self._took = time.monotonic() - self._started

    def _spend(self, slot: Slot, cost: Cost) -> None:
        self._costs[slot.number] = self._costs.get(slot.number, NOTHING) + cost

    @property
    def running(self) -> bool:
        """Whether calls are under way or still to come."""
        with self._lock:
            return self._state in {"running", "stopping"}

    def snapshot(self) -> Snapshot:
        """The run as it is now."""
        with self._lock:
            now = time.monotonic()
            return Snapshot(
                run=self.run,
                experiment=self.experiment,
                state=self._state,
                slots=self.slots,
                samples=dict(self._samples),
                failures=dict(self._failures),
                spent=frozenset(self._spent),
                retries=dict(self._retries),
                in_flight=Counter(slot.number for slot in self._in_flight.values()),
                paused_s=max(0.0, self._paused_until - now),
                elapsed_s=self._took if self._took is not None else now - self._started,
                warnings=tuple(self._warnings),
                ended=dict(self._ended),
                n_changed_after_results=self._changed_after_results,
                done_before=self._done_before,
                costs=dict(self._costs),
                arriving=tuple(self._arriving.values()),
            )


def cut_off() -> CallError:
    """Why a call has no answer that was under way when its run was stopped, or its process died."""
    return CallError(
        "The call was under way when the run was broken off, so its answer is not known.",
        "Resume the run to ask again.",
        maybe_billed=True,
    )

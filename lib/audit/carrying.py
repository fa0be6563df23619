"""Carrying an audit out: each step of each probe is a run of the engine, kept like any other.

The probes decide what to ask; here it is asked, and what came goes back to them. So every response
of an audit lies in the store, and can be looked at under its run.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from lib.audit.asking import Answers, Ask, Came, Column
from lib.audit.finding import Finding
from lib.audit.latest import keep
from lib.audit.opening import opening
from lib.audit.planning import AuditPlan, experiment, requests
from lib.audit.probes import PROBES
from lib.audit.report import AuditReport, logprobs_describe, settings_report
from lib.audit.several_choices import carry_choices, choices_of
from lib.domain.errors import CallError, KeyRefused, LabError, Refused
from lib.domain.vocabulary import Sample, Slot
from lib.engine import starting
from lib.engine.carrying import AT_ONCE, Order
from lib.engine.carrying import carry as carry_run
from lib.engine.loading import Loaded, load
from lib.engine.progress import Progress, Snapshot
from lib.engine.runner import DEADLINE_S
from lib.store.store import Store

End = TypeVar("End")
OPENING = "opening"


@dataclass(frozen=True, slots=True)
class AuditProgress:
    """How far an audit is."""

    what: str
    """The setting that is being tried, or `opening`."""
    done: int
    """Calls that are over."""
    total: int
    """Calls in all, as far as is known now: it grows where something has to be tried again."""


class Stopped(LabError):
    """An audit that was stopped has no report; what was answered is in the store."""


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """How an audit is to be carried out. Keys travel here, in memory, and nowhere else."""

    home: Path
    key: str | None = field(default=None, repr=False)
    at_once: int = AT_ONCE
    deadline_s: float = DEADLINE_S
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    """Set it, in the loop of the audit, to end it in good order."""
    on_progress: Callable[[AuditProgress], None] | None = None
    """Called in the loop of the audit after each call. It must not block, nor raise."""


async def carry(store: Store, planned: AuditPlan, how: How) -> AuditReport:
    """Carry an audit out, and keep its report.

    Raises:
        Stopped: if `how.stop` was set.
        KeyRefused: if the key is refused.
        LabError: if nothing is answered, the store fails, or the embedded model can't be started.
    """
    audit = _Audit(store, planned, how)
    known = await audit.carry(OPENING, opening(planned.known), planned.opening.calls)
    findings: dict[str, Finding] = {}
    for name, expected in planned.settings.items():
        findings[name] = await audit.carry(name, PROBES[name](known), expected.calls)
    settings = settings_report(findings, audit.calls, audit.runs)
    report = AuditReport(
        endpoint=planned.name,
        base_url=planned.endpoint.base_url,
        model=planned.model,
        made_at=datetime.now(UTC).replace(microsecond=0),
        calls=sum(audit.calls.values()),
        settings=settings,
        logprobs_describe=logprobs_describe(settings),
    )
    await asyncio.to_thread(keep, store, report)
    return report


class _Audit:
    """What the steps of one audit share."""

    def __init__(self, store: Store, planned: AuditPlan, how: How) -> None:
        self._store, self._planned, self._how = store, planned, how
        self._done, self._total = 0, planned.calls
        self.calls: dict[str, int] = {}
        """By setting."""
        self.runs: dict[str, tuple[str, ...]] = {}

    async def carry(self, what: str, steps: Generator[Ask, Came, End], expected: int) -> End:
        """Ask what the steps say, until they come to their end."""
        self.calls[what], self.runs[what] = 0, ()
        left = expected
        ask = next(steps)
        while True:
            self._total += max(0, ask.calls - left)
            left = max(0, left - ask.calls)
            came = await self._ask(what, ask)
            try:
                ask = steps.send(came)
            except StopIteration as end:
                self._total -= left
                self._tell(what)
                found: End = end.value
                return found

    async def _ask(self, what: str, ask: Ask) -> Came:
        unsendable = {each.name: self._unsendable(what, ask, each) for each in ask.columns}
        columns = tuple(each for each in ask.columns if not unsendable[each.name])
        came = {
            name: Answers(asked=ask.repeats, unsendable=why)
            for name, why in unsendable.items()
            if why
        }
        if not columns:
            self._done += ask.calls
            return came
        loaded, snapshot = await self._carried_out(what, replace(ask, columns=columns))
        self._done += (len(ask.columns) - len(columns)) * ask.repeats
        self.calls[what] += snapshot.done + sum(snapshot.retries.values())
        self.runs[what] = (*self.runs[what], loaded.run)
        if self._how.stop.is_set():
            raise Stopped(
                "The audit was stopped, so there is no report.",
                f"What was answered is kept: the last run is {loaded.run}.",
            )
        for number, column in enumerate(columns, start=1):
            came[column.name] = self._answers(ask, snapshot, number)
        return came

    def _unsendable(self, what: str, ask: Ask, column: Column) -> str:
        """Why the lab can't send this; empty if it can."""
        dialect = self._planned.endpoint.dialect
        if ask.choices is not None and dialect != "openai":
            return f"the dialect {dialect} has no field for it that the lab knows."
        alone = replace(ask, columns=(column,))
        ((_, _, why_not),) = requests(self._planned, what, alone)
        return why_not or ""

    async def _carried_out(self, what: str, ask: Ask) -> tuple[Loaded, Snapshot]:
        how, keys = self._how, self._keys()
        asked = experiment(self._planned, what, ask)
        held = await asyncio.to_thread(
            starting.start, self._store, asked, home=how.home, keys=keys, new=True
        )
        with held:
            loaded = load(self._store, held.run_id)
            progress = loaded.progress()
            order = Order(
                home=how.home,
                keys=keys,
                at_once=how.at_once,
                listener=_Counting(self, what, progress),
                stop=how.stop,
                deadline_s=how.deadline_s,
            )
            if ask.choices is None:
                await carry_run(self._store, loaded, progress, order)
            else:
                await carry_choices(self._store, loaded, progress, order, ask.choices)
            snapshot = progress.snapshot()
        self._raise_if_refused(snapshot)
        self.settle(what, snapshot)
        return loaded, snapshot

    def _keys(self) -> dict[str, str]:
        return {self._planned.endpoint.name: self._how.key} if self._how.key else {}

    def _raise_if_refused(self, snapshot: Snapshot) -> None:
        """A refused key, or a pause that no audit waits for, ends it: nothing more would come."""
        errors = [*snapshot.ended.values(), *snapshot.failures.values()]
        for error in errors:
            if isinstance(error, KeyRefused):
                raise error
        if self._how.stop.is_set() or snapshot.state != "interrupted":
            return
        if not snapshot.samples and errors:
            raise errors[0]
        if snapshot.warnings:
            raise Stopped(snapshot.warnings[-1], "Start the audit again then.")

    def _answers(self, ask: Ask, snapshot: Snapshot, number: int) -> Answers:
        slots = [slot for slot in snapshot.slots if slot.number == number]
        slots.sort(key=lambda slot: slot.repeat)
        samples = tuple(snapshot.samples[s.id] for s in slots if s.id in snapshot.samples)
        failures = [snapshot.failures[s.id] for s in slots if s.id in snapshot.failures]
        ended = snapshot.ended.get(number)
        errors: dict[str, int] = {}
        for failure in failures:
            errors[failure.code] = errors.get(failure.code, 0) + 1
        return Answers(
            asked=ask.repeats,
            samples=samples,
            refused=ended if isinstance(ended, Refused) else None,
            errors=errors,
            choices=() if ask.choices is None else choices_of(self._store, samples),
        )

    def settle(self, what: str, snapshot: Snapshot) -> None:
        """Calls that will never be made count as done: a refused configuration's."""
        self._done += len(snapshot.slots) - snapshot.done - len(snapshot.spent)
        self._tell(what)

    def over(self, what: str) -> None:
        """A call is over."""
        self._done += 1
        self._tell(what)

    def _tell(self, what: str) -> None:
        if self._how.on_progress is not None:
            self._how.on_progress(AuditProgress(what, min(self._done, self._total), self._total))


class _Counting:
    """A listener of the engine: passes on that a planned call is over."""

    def __init__(self, audit: _Audit, what: str, progress: Progress) -> None:
        self._audit, self._what, self._progress = audit, what, progress

    def stored(self, slot: Slot, sample: Sample) -> None:
        """See `Listener.stored`."""
        del slot, sample
        self._audit.over(self._what)

    def failed(self, slot: Slot, error: CallError) -> None:
        """See `Listener.failed`."""
        del error
        if slot.id in self._progress.snapshot().spent:
            self._audit.over(self._what)

    def paused(self, seconds: float) -> None:
        """See `Listener.paused`."""

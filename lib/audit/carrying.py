"""Carrying an audit out: each step of each probe is a run of the engine, kept like any other.

The probes decide what to ask; here it is asked, and what came goes back to them. So every response
of an audit lies in the store, and can be looked at under its run.
"""

from __future__ import annotations

import asyncio
from collections.abc import Generator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import TypeVar

from lib.audit.asking import Answers, Ask, Came, Column
from lib.audit.finding import Finding
from lib.audit.latest import keep
from lib.audit.opening import opening
from lib.audit.order import AuditProgress, How, Stopped
from lib.audit.planning import AuditPlan, experiment, requests
from lib.audit.probes import PROBES
from lib.audit.report import AuditReport, logprobs_describe, settings_report
from lib.audit.several_choices import building, carry_choices, choices_of
from lib.audit.spending import Spending, check_budget
from lib.domain.errors import CallError, InputError, KeyRefused, Refused
from lib.domain.vocabulary import Sample, Slot
from lib.engine import costing, starting
from lib.engine.carrying import Ending, Order
from lib.engine.carrying import carry as carry_run
from lib.engine.loading import load
from lib.engine.progress import Progress, Snapshot
from lib.store.locks import Held
from lib.store.store import Store

End = TypeVar("End")
OPENING = "opening"


async def carry(store: Store, planned: AuditPlan, how: How) -> AuditReport:
    """Carry an audit out, and keep its report.

    An audit that ends early keeps the report of the settings that it has looked at, if there are
    any, which says that it is not complete. A setting that it was just trying is not in it.

    Raises:
        InputError: if its budget in money couldn't be kept. Nothing was sent.
        Stopped: if `how.stop` was set, its budget was spent, or it would have to wait too long.
        KeyRefused: if the key is refused.
        LabError: if nothing is answered, the store fails, or the embedded model can't be started.
    """
    check_budget(planned, how.max_cost_usd, costing=how.costing)
    audit = _Audit(store, planned, how)
    findings: dict[str, Finding] = {}
    try:
        known = await audit.carry(OPENING, opening(planned.known), planned.opening.calls)
        for name, expected in planned.settings.items():
            findings[name] = await audit.carry(name, PROBES[name](known), expected.calls)
    except (Stopped, CallError) as early:
        report = await audit.keep(findings, complete=False) if findings else None
        if isinstance(early, Stopped):
            raise _told(early, report, len(planned.settings)) from None
        raise
    return await audit.keep(findings, complete=True)


def _told(early: Stopped, report: AuditReport | None, settings: int) -> Stopped:
    """Why an audit ended early, and what there is of it."""
    if report is None:
        says = f"{early.says}, so there is no report."
    else:
        looked = f"{len(report.settings)} of {settings} settings were looked at"
        says = f"{early.says}. {looked}: its report is not complete."
    return Stopped(says, early.fix, by_budget=early.by_budget, report=report)


class _Audit:
    """What the steps of one audit share."""

    def __init__(self, store: Store, planned: AuditPlan, how: How) -> None:
        self._store, self._planned, self._how = store, planned, how
        self._done, self._total = 0, planned.calls
        self._spending = Spending(how.max_cost_usd)
        self.calls: dict[str, int] = {}
        """By setting."""
        self.runs: dict[str, tuple[str, ...]] = {}

    async def keep(self, findings: Mapping[str, Finding], *, complete: bool) -> AuditReport:
        """The report of these findings, in the store."""
        settings = settings_report(findings, self.calls, self.runs)
        report = AuditReport(
            endpoint=self._planned.name,
            base_url=self._planned.endpoint.base_url,
            model=self._planned.model,
            made_at=datetime.now(UTC).replace(microsecond=0),
            calls=sum(self.calls.values()),
            settings=settings,
            logprobs_describe=logprobs_describe(settings),
            complete=complete,
            cost=self._spending.cost,
        )
        await asyncio.to_thread(keep, self._store, report)
        return report

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
        snapshot = await self._carried_out(what, replace(ask, columns=columns))
        self._done += (len(ask.columns) - len(columns)) * ask.repeats
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

    async def _carried_out(self, what: str, ask: Ask) -> Snapshot:
        how, keys, left = self._how, self._keys(), self._spending.left
        held = await self._started(what, ask, keys, left)
        with held:
            prices = how.costing(build=building(ask.choices))
            loaded = load(self._store, held.run_id, costing=prices)
            progress = loaded.progress()
            order = Order(
                home=how.home,
                keys=keys,
                at_once=how.at_once,
                listener=_Counting(self, what, progress),
                stop=how.stop,
                deadline_s=how.deadline_s,
                max_cost_usd=left,
            )
            if ask.choices is None:
                ending = await carry_run(self._store, loaded, progress, order)
            else:
                ending = await carry_choices(self._store, loaded, progress, order, ask.choices)
            snapshot = progress.snapshot()
        self._spending.add(snapshot.cost)
        self.calls[what] += snapshot.done + sum(snapshot.retries.values())
        self.runs[what] = (*self.runs[what], loaded.run)
        self._raise_if_over(snapshot, ending)
        self.settle(what, snapshot)
        return snapshot

    async def _started(
        self, what: str, ask: Ask, keys: Mapping[str, str], left: Decimal | None
    ) -> Held:
        asked = experiment(self._planned, what, ask)
        if left is not None:
            try:
                costing.check_budget(asked, left, costing=self._how.costing)
            except InputError as error:
                # Such as a limit that this endpoint takes under no name: then no call has one.
                why = "The audit ended early, as its budget in USD can't be kept any more"
                raise Stopped(why, error.says, by_budget=True) from None
        return await asyncio.to_thread(
            starting.start, self._store, asked, home=self._how.home, keys=keys, new=True
        )

    def _keys(self) -> dict[str, str]:
        return {self._planned.endpoint.name: self._how.key} if self._how.key else {}

    def _raise_if_over(self, snapshot: Snapshot, ending: Ending) -> None:
        """End the audit if nothing more would come: a refused key, a stop, a budget, a long wait.

        A pause that no audit waits for is told with its time.
        """
        errors = [*snapshot.ended.values(), *snapshot.failures.values()]
        for error in errors:
            if isinstance(error, KeyRefused):
                raise error
        kept = f"What was answered is kept: the last run is {snapshot.run}."
        if self._how.stop.is_set():
            raise Stopped("The audit was stopped", kept)
        if ending.budget_spent:
            raise Stopped(self._spending.why_it_ended(), kept, by_budget=True)
        if snapshot.state != "interrupted":
            return
        if not snapshot.samples and errors:
            raise errors[0]
        if ending.parked_until is not None:
            until = f"{ending.parked_until:%H:%M on %d %B}"
            why = f"{self._planned.name} asks to wait until {until}"
            raise Stopped(why, f"Start the audit again then. {kept}")

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
            done = min(self._done, self._total)
            self._how.on_progress(AuditProgress(what, done, self._total, self._spending.cost))


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

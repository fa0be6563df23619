"""Audits that go on while nobody waits: one loop in a daemon thread, outside any browser session.

A page starts one and looks at it again and again. When it has ended, its report is in the store;
what is remembered here is only how far it is, and why it ended early.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from lib.audit.carrying import carry
from lib.audit.order import AuditProgress, How
from lib.audit.planning import AuditPlan
from lib.audit.report import AuditReport
from lib.audit.spending import check_budget
from lib.domain.configuration import Endpoint
from lib.domain.cost import NOTHING, Cost
from lib.domain.errors import InputError, LabError
from lib.store.store import Store

CLOSE_S = 8.0
"""How long closing waits for audits to stop: the grace for calls under way, and a little."""
MOST_ENDED = 50
"""Ended audits that are remembered."""

Place = tuple[str, str | None, str]
"""An endpoint as its user has it, by name and address, and a model."""


@dataclass(frozen=True, slots=True)
class Look:
    """An audit at one look."""

    running: bool
    done: int
    total: int
    what: str = ""
    """The setting that is being tried."""
    stopping: bool = False
    cost: Cost = NOTHING
    """Of the settings that have been tried."""
    trouble: str = ""
    """Why it ended early, and what there is of it; empty: it came to its end, or goes on."""


@dataclass(slots=True)
class _Carried:
    look: Look
    stop: asyncio.Event = field(default_factory=asyncio.Event)


class Audits:
    """Starts, stops and shows audits. Every method may be called from any thread."""

    def __init__(self, store: Store, home: Path) -> None:
        self._store, self._home = store, home
        self._lock = threading.Lock()
        self._carried: dict[Place, _Carried] = {}
        self._closed = False
        self._loop = asyncio.new_event_loop()
        # A daemon, so that a call under way never keeps the interpreter from ending.
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True, name="audits")
        self._thread.start()

    def start(
        self,
        endpoint: Endpoint,
        planned: AuditPlan,
        *,
        key: str | None,
        max_cost_usd: Decimal | None = None,
    ) -> None:
        """Start an audit; returns at once.

        Args:
            endpoint: whose it is, as its user has it.
            planned: what to ask.
            key: kept in memory until the audit has ended.
            max_cost_usd: what it may cost in all.

        Raises:
            InputError: if one of this model is under way, or its budget couldn't be kept.
            LabError: if the lab is being closed.
        """
        check_budget(planned, max_cost_usd)
        place = place_of(endpoint, planned.model)
        carried = _Carried(Look(running=True, done=0, total=planned.calls))
        with self._lock:
            if self._closed:
                raise LabError("The lab is being closed, so nothing more is started.")
            if (other := self._carried.get(place)) is not None and other.look.running:
                raise InputError(f"An audit of {planned.model} is under way already.")
            self._carried[place] = carried
            how = How(
                home=self._home,
                key=key,
                stop=carried.stop,
                on_progress=partial(self._progress, carried),
                max_cost_usd=max_cost_usd,
            )
            future = self._submit(carry(self._store, planned, how))
        future.add_done_callback(partial(self._ended, carried))

    def stop(self, endpoint: Endpoint, model: str) -> None:
        """End an audit in good order, if one is under way. What it has looked at is reported."""
        with self._lock:
            carried = self._carried.get(place_of(endpoint, model))
            if carried is None or not carried.look.running:
                return
            carried.look = replace(carried.look, stopping=True)
        self._loop.call_soon_threadsafe(carried.stop.set)

    def at(self, endpoint: Endpoint, model: str) -> Look | None:
        """The last audit of a model that was started here, or `None`."""
        with self._lock:
            carried = self._carried.get(place_of(endpoint, model))
            return carried.look if carried is not None else None

    def close(self) -> None:
        """Stop all audits and end the thread. Closing again does nothing."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            carried = list(self._carried.values())
        for each in carried:
            self._loop.call_soon_threadsafe(each.stop.set)
        with suppress(TimeoutError):
            self._submit(_idle()).result(timeout=CLOSE_S)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=1)
        if not self._thread.is_alive():
            self._loop.close()

    def _submit(self, work: Coroutine[Any, Any, Any]) -> Future[Any]:
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def _progress(self, carried: _Carried, now: AuditProgress) -> None:
        with self._lock:
            carried.look = replace(
                carried.look, done=now.done, total=now.total, what=now.what, cost=now.cost
            )

    def _ended(self, carried: _Carried, future: Future[AuditReport]) -> None:
        trouble = _trouble(None if future.cancelled() else future.exception())
        with self._lock:
            carried.look = replace(carried.look, running=False, stopping=False, trouble=trouble)
            ended = [place for place, each in self._carried.items() if not each.look.running]
            for place in ended[:-MOST_ENDED]:
                del self._carried[place]


def place_of(endpoint: Endpoint, model: str) -> Place:
    """What an audit is found by."""
    return endpoint.name, endpoint.base_url, model


def _trouble(error: BaseException | None) -> str:
    match error:
        case None:
            return ""
        case LabError():
            return str(error)
        case _:
            return (
                f"The audit broke off because of a fault in the lab ({type(error).__name__}). "
                "What was answered is kept in its runs."
            )


async def _idle() -> None:
    while others := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.wait(others)

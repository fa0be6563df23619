"""The engine of the app: runs live in one loop of a daemon thread, outside any browser session."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from pathlib import Path

from lib.domain.errors import InputError, LabError
from lib.domain.experiment import Experiment
from lib.engine import starting
from lib.engine.batches import carry_in_batches
from lib.engine.carrying import AT_ONCE, Ending, Order
from lib.engine.loading import load
from lib.engine.looking import Looks
from lib.engine.progress import Progress, Snapshot
from lib.store.locks import Held
from lib.store.reading import RunSummary
from lib.store.store import Store

MOST_ENDED = 20
"""Ended runs whose progress is remembered, with warnings that no store keeps."""
CLOSE_S = 8.0
"""How long closing waits for runs to stop: the grace for calls under way, and a little."""


@dataclass(slots=True)
class _Carried:
    held: Held
    progress: Progress
    order: Order


class Engine:
    """Starts, stops and shows runs. Every method may be called from any thread.

    A page reads `snapshot`s and never waits for a call.
    """

    def __init__(
        self, store: Store, home: Path, *, enough: Callable[[Snapshot], bool] | None = None
    ) -> None:
        self.store, self.home, self._enough = store, home, enough
        self._lock = threading.Lock()
        self._carried: dict[str, _Carried] = {}
        self._looks = Looks(store)
        self._loop = asyncio.new_event_loop()
        self._closed = False
        # A daemon, so that a call under way never keeps the interpreter from ending.
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True, name="engine")
        self._thread.start()

    def start(
        self,
        experiment: Experiment,
        *,
        keys: Mapping[str, str],
        at_once: int = AT_ONCE,
        max_calls: int | None = None,
        max_cost_usd: Decimal | None = None,
        watched: bool = False,
    ) -> str:
        """Start a new run; returns its id at once. Raises as `starting.start` and `Order`.

        One that is `watched` shows in its snapshots what arrives before it is whole.
        """
        order = self._order(keys, at_once, max_calls, max_cost_usd, watched=watched)
        held = starting.start(
            self.store, experiment, home=self.home, keys=keys, max_cost_usd=max_cost_usd
        )
        return self._carry(held, order)

    def resume(
        self,
        run: str,
        *,
        keys: Mapping[str, str],
        repeats: int | None = None,
        retry_failed: bool = False,
        at_once: int = AT_ONCE,
        max_calls: int | None = None,
        max_cost_usd: Decimal | None = None,
    ) -> None:
        """Go on with a run: what is missing, what failed if asked for, or more repeats.

        Raises as `starting.go_on` and `Order`.
        """
        order = self._order(keys, at_once, max_calls, max_cost_usd)
        held = starting.go_on(
            self.store,
            run,
            home=self.home,
            keys=keys,
            repeats=repeats,
            retry_failed=retry_failed,
            max_cost_usd=max_cost_usd,
        )
        self._carry(held, order)

    def stop(self, run: str) -> None:
        """End a run in good order: calls under way may still finish, for five seconds.

        A run that another process carries out can only be stopped there.
        """
        with self._lock:
            carried = self._carried.get(run)
        if carried is not None and carried.progress.running:
            self._loop.call_soon_threadsafe(carried.order.stop.set)

    def snapshot(self, run: str) -> Snapshot | None:
        """The run as it is now, or `None` if there is none.

        Raises:
            StoreError: if it can't be read.
        """
        with self._lock:
            carried = self._carried.get(run)
        if carried is not None and carried.progress.running:
            return carried.progress.snapshot()
        try:
            summary = self.store.find(run)
            if carried is not None and _is_last_of(carried.progress.snapshot(), summary):
                return carried.progress.snapshot()
            return self._looks.at(summary)
        except InputError:  # there is none
            return None

    def running(self) -> list[str]:
        """The runs that this engine carries out now."""
        with self._lock:
            return [run for run, each in self._carried.items() if each.progress.running]

    def close(self) -> None:
        """Stop all runs as an interruption, so that they are carried on, and end the thread.

        Closing again does nothing.
        """
        with self._lock:
            if self._closed:
                return
            self._closed = True
            carried = list(self._carried.values())
        for each in carried:
            each.order.by_user = False
            self._loop.call_soon_threadsafe(each.order.stop.set)
        done = asyncio.run_coroutine_threadsafe(_idle(self._loop), self._loop)
        with suppress(TimeoutError):
            done.result(timeout=CLOSE_S)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=1)
        if not self._thread.is_alive():
            self._loop.close()

    def _order(
        self,
        keys: Mapping[str, str],
        at_once: int,
        max_calls: int | None,
        max_cost_usd: Decimal | None,
        *,
        watched: bool = False,
    ) -> Order:
        return Order(
            home=self.home,
            keys=dict(keys),
            at_once=at_once,
            max_calls=max_calls,
            max_cost_usd=max_cost_usd,
            enough=self._enough,
            watched=watched,
        )

    def _carry(self, held: Held, order: Order) -> str:
        try:
            loaded = load(self.store, held.run_id)
            carried = _Carried(held, loaded.progress(), order)
            with self._lock:
                if self._closed:
                    raise LabError("The lab is being closed, so nothing more is started.")
                self._carried[held.run_id] = carried
                future = asyncio.run_coroutine_threadsafe(
                    carry_in_batches(
                        self.store,
                        held,
                        loaded,
                        carried.progress,
                        order,
                        go_on_with=partial(self._go_on_with, carried),
                    ),
                    self._loop,
                )
        except BaseException:
            held.release()
            raise
        future.add_done_callback(partial(self._ended, carried))
        return held.run_id

    def _go_on_with(self, carried: _Carried, progress: Progress) -> None:
        with self._lock:
            carried.progress = progress

    def _ended(self, carried: _Carried, future: Future[tuple[Ending, Progress]]) -> None:
        error = None if future.cancelled() else future.exception()
        if isinstance(error, LabError):
            carried.progress.warn(str(error))
        elif error is not None:
            carried.progress.warn(
                f"The run broke off because of a fault in the lab ({type(error).__name__}). "
                "What was stored is kept; resume the run to go on."
            )
        carried.order.keys = {}
        carried.held.release()
        with self._lock:
            ended = [each for each, other in self._carried.items() if not other.progress.running]
            for old in ended[:-MOST_ENDED]:
                del self._carried[old]


def _is_last_of(snapshot: Snapshot, summary: RunSummary) -> bool:
    """Whether nobody else has gone on with a run since it was carried out here.

    Its own snapshot is then the better one: no store keeps the warnings.
    """
    return (
        len(snapshot.slots) == summary.planned
        and snapshot.done == summary.samples
        and (summary.state == snapshot.state or summary.held_by == os.getpid())
    )


async def _idle(loop: asyncio.AbstractEventLoop) -> None:
    while others := asyncio.all_tasks(loop) - {asyncio.current_task()}:
        await asyncio.wait(others)

"""Runs that are looked at but not carried out here: read from the store, and no more than needed.

A page asks for a snapshot again and again. A run whose samples are all there is read once; any
other, which another process may go on with, as often as costs a small part of the time.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from lib.engine.loading import load
from lib.engine.progress import Snapshot
from lib.store.reading import RunSummary
from lib.store.store import Store

MOST_KEPT = 8
REST = 10
"""A run that may go on elsewhere is read anew after this many times what the last reading took."""


@dataclass(frozen=True, slots=True)
class _Look:
    summary: RunSummary
    snapshot: Snapshot
    fresh_until: float


class Looks:
    """The last snapshots that were read from a store. Any thread may use it."""

    def __init__(self, store: Store, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._store, self._clock = store, clock
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, _Look] = OrderedDict()

    def at(self, summary: RunSummary) -> Snapshot:
        """The run of which this has just been read.

        Raises:
            InputError: if it has been deleted meanwhile.
            StoreError: if it can't be read.
        """
        with self._lock:
            kept = self._kept.get(summary.id)
        if kept is not None and self._holds(kept, summary):
            return kept.snapshot
        began = self._clock()
        snapshot = load(self._store, summary.id).snapshot()
        took = self._clock() - began
        with self._lock:
            self._kept[summary.id] = _Look(summary, snapshot, self._clock() + REST * took)
            self._kept.move_to_end(summary.id)
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return snapshot

    def _holds(self, kept: _Look, summary: RunSummary) -> bool:
        if kept.summary == summary and summary.state == "finished":
            return True
        # Nothing can be added to a finished run without its summary telling. To others it can:
        # a try that failed in another process.
        same = kept.summary == summary or (kept.snapshot.running and summary.state == "running")
        return same and self._clock() < kept.fresh_until

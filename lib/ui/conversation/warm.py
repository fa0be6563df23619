"""The embedded engine is kept running while a conversation is at it, and some time after.

A turn then needs no start of its own, and its tokens can be counted before it is sent. Nobody waits
for it: it is started in a thread, and until it is there, numbers are about.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from pathlib import Path

import streamlit as st

from lib.domain import folders
from lib.domain.errors import LabError
from lib.providers.embedded.lease import Lease, acquire

IDLE_S = 90.0
"""After this long without a look at a conversation the engine may end."""


class Warm:
    """A lease that is held as long as somebody looks on. Any thread may use it."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._lock = threading.Lock()
        self._lease: Lease | None = None
        self._starting = False
        self._closed = False
        self._end: threading.Timer | None = None

    def touch(self) -> None:
        """Somebody looks on: see that the engine runs, and keeps running."""
        with self._lock:
            if self._end is not None:
                self._end.cancel()
            self._end = threading.Timer(IDLE_S, self._let_go)
            self._end.daemon = True
            self._end.start()
            held = self._lease is not None and self._lease.alive()
            if held or self._starting or self._closed:
                return
            self._starting = True
        threading.Thread(target=self._acquire, daemon=True, name="conversation-engine").start()

    def close(self) -> None:
        """Let go of the engine for good."""
        with self._lock:
            self._closed = True
            if self._end is not None:
                self._end.cancel()
        self._let_go()

    def _acquire(self) -> None:
        lease: Lease | None = None
        with suppress(LabError, OSError):  # a call tells why; here tokens are only about
            lease = acquire(self._home)
        with self._lock:
            self._starting = False
            before, self._lease = self._lease, None if self._closed else lease
            closed = self._closed
        if before is not None:
            before.close()
        if closed and lease is not None:
            lease.close()

    def _let_go(self) -> None:
        with self._lock:
            lease, self._lease = self._lease, None
        if lease is not None:
            lease.close()


def _close(warm: Warm) -> None:
    warm.close()


@st.cache_resource(on_release=_close, show_spinner=False)
def _warm(home: str) -> Warm:
    return Warm(Path(home))


def touch() -> None:
    """Somebody looks at a conversation with the embedded model."""
    _warm(str(folders.home())).touch()

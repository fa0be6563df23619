"""One lock for each run that is carried out: it dies with its process, whatever that dies of."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import psutil
from filelock import FileLock, Timeout

from lib.domain.errors import RunHeld

PATIENCE_S = 0.1
"""Others may look whether a lock is held by taking it for a moment."""


class Locks:
    """A folder with a lock file for each run that is held, and beside it who holds it.

    The process id is in a file of its own, as on Windows a locked file can't be read.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._mine: dict[str, FileLock] = {}

    def take(self, name: str) -> None:
        """Take a lock, and keep it until it is given back.

        Raises:
            RunHeld: if a living process has it.
        """
        lock = _lock(self._path(name))
        try:
            lock.acquire(timeout=PATIENCE_S)
        except Timeout:
            pid = self._said(name)
            who = "Another process" if pid is None else f"Process {pid}"
            raise RunHeld(
                f"{who} is carrying this run out.", "Wait for it, or stop it there.", pid
            ) from None
        self._mine[name] = lock
        try:
            self._say(name)
        except OSError:
            self.give(name)
            raise

    def give(self, name: str) -> None:
        """Give a lock back, and take its files away. Nothing happens if it isn't held here."""
        lock = self._mine.pop(name, None)
        if lock is None:
            return
        with suppress(OSError):
            self._said_in(name).unlink(missing_ok=True)
        with suppress(OSError):  # Windows keeps an open file
            self._path(name).unlink(missing_ok=True)  # nobody else's lock: it is held till below
        lock.release()

    def give_all(self) -> None:
        """Give back what is left."""
        for name in list(self._mine):
            self.give(name)

    def mine(self, name: str) -> bool:
        """Whether it is held through this object."""
        return name in self._mine

    def holder(self, name: str) -> int | None:
        """The living process that has this lock."""
        if name in self._mine:
            return os.getpid()
        pid = self._said(name)
        if pid is None or not psutil.pid_exists(pid):
            return None  # without touching the lock: whoever wants it mustn't find it taken by us
        probe = _lock(self._path(name))
        try:
            probe.acquire(timeout=0)
        except Timeout:
            return pid
        probe.release()
        return None

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.lock"

    def _said_in(self, name: str) -> Path:
        return self._folder / f"{name}.pid"

    def _say(self, name: str) -> None:
        file = os.open(self._said_in(name), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(file, "w") as said:
            said.write(str(os.getpid()))

    def _said(self, name: str) -> int | None:
        try:
            return int(self._said_in(name).read_text())
        except (OSError, ValueError):
            return None


def _lock(path: Path) -> FileLock:
    # Taken in the writer's thread, and given back in another one.
    return FileLock(path, mode=0o600, thread_local=False)


@dataclass(frozen=True, slots=True)
class Held:
    """A run that this process carries out: nobody else does until it is released."""

    run_id: str
    carried_on: bool
    """Whether it was there before."""
    _locks: Locks = field(repr=False)

    def release(self) -> None:
        """Let others carry it on. It stays as it is: that it has ended is another word."""
        self._locks.give(self.run_id)

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Release it."""
        self.release()

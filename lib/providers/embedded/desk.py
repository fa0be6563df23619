"""The desk: the child's second port, where leases are held. Without a lease the child ends.

A lease is a TCP connection on which the key was sent first. The system closes it when its
holder ends in whatever way, so no holder can be forgotten, and none has to say goodbye.
"""

from __future__ import annotations

import hmac
import selectors
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

ACCEPTED = b"ok\n"
"""What a guest hears once the key was right. A wrong key hears nothing and is cut off."""

Ending = Literal["no lease", "engine gone"]

_LONGEST = 256
_STRANGERS = 64  # connections that have not shown a key yet
_PATIENCE_S = 5.0


@dataclass(slots=True)
class _Guest:
    connection: socket.socket
    since: float
    heard: bytearray = field(default_factory=bytearray)
    holds_lease: bool = False


class LeaseDesk:
    """Listens on a free loopback port and counts the leases."""

    def __init__(
        self, key: str, *, first_s: float = 10.0, last_s: float = 3.0, tick_s: float = 1.0
    ) -> None:
        """Open the port; `OSError` if there is none to be had.

        Args:
            key: What opens a lease.
            first_s: How long to wait for the first lease.
            last_s: How long to stay after the last one.
            tick_s: How often to see whether the engine is still there.
        """
        self._key = key.encode()
        self._first_s, self._last_s, self._tick_s = first_s, last_s, tick_s
        self._guests: dict[int, _Guest] = {}
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._listener.setblocking(False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ)
        self.port: int = self._listener.getsockname()[1]

    def serve(self, engine_alive: Callable[[], bool]) -> Ending:
        """Hold leases until none is left, or the engine isn't there any more."""
        ends_at: float | None = time.monotonic() + self._first_s
        looks_at = 0.0
        while True:
            for key, _ in self._selector.select(self._tick_s / 5):
                self._hear(key.fd)
            now = time.monotonic()
            if any(guest.holds_lease for guest in self._guests.values()):
                ends_at = None
            elif ends_at is None:
                ends_at = now + self._last_s
            elif now >= ends_at:
                return "no lease"
            self._dismiss_silent(now)
            if now >= looks_at:
                if not engine_alive():
                    return "engine gone"
                looks_at = now + self._tick_s

    def close(self) -> None:
        """Cut off every guest and give the port back."""
        for guest in list(self._guests.values()):
            self._dismiss(guest)
        self._selector.close()
        self._listener.close()

    def _hear(self, fd: int) -> None:
        if fd == self._listener.fileno():
            self._admit()
            return
        guest = self._guests[fd]
        try:
            said = guest.connection.recv(_LONGEST)
        except BlockingIOError:
            return
        except OSError:
            said = b""
        if not said:
            self._dismiss(guest)
        elif not guest.holds_lease:
            guest.heard += said
            self._judge(guest)

    def _admit(self) -> None:
        try:
            connection, _ = self._listener.accept()
        except OSError:  # gone again, or no descriptor left: the next one may have more luck
            return
        strangers = sum(not guest.holds_lease for guest in self._guests.values())
        if strangers >= _STRANGERS:
            connection.close()
            return
        connection.setblocking(False)
        self._guests[connection.fileno()] = _Guest(connection, time.monotonic())
        self._selector.register(connection, selectors.EVENT_READ)

    def _judge(self, guest: _Guest) -> None:
        line, ended, _ = bytes(guest.heard).partition(b"\n")
        if not ended and len(line) < _LONGEST:
            return
        if not ended or not hmac.compare_digest(line, self._key):
            self._dismiss(guest)
            return
        guest.holds_lease = True
        try:
            guest.connection.send(ACCEPTED)
        except OSError:
            self._dismiss(guest)

    def _dismiss(self, guest: _Guest) -> None:
        del self._guests[guest.connection.fileno()]
        self._selector.unregister(guest.connection)
        guest.connection.close()

    def _dismiss_silent(self, now: float) -> None:
        for guest in list(self._guests.values()):
            if not guest.holds_lease and now - guest.since > _PATIENCE_S:
                self._dismiss(guest)

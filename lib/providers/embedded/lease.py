"""What users of the engine call: `acquire` a lease, use its `url` and `key`, `close` it.

The first one starts the engine, the others share it, and it ends shortly after the last.
Everything here blocks for a moment: from a coroutine, `await asyncio.to_thread(acquire, home)`.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from filelock import FileLock, Timeout

from lib.providers.embedded import card as cards
from lib.providers.embedded import local
from lib.providers.embedded.card import Card, Template
from lib.providers.embedded.child import HOST
from lib.providers.embedded.desk import ACCEPTED
from lib.providers.embedded.errors import EngineUnavailable
from lib.providers.embedded.launch import patience_s, start, template_of
from lib.providers.embedded.model import Model, find

_DESK_S = 10.0
_HEALTH_S = 2.0


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Lease:
    """The engine is there as long as this is open, unless it crashes: then acquire another."""

    url: str
    """Of the engine, without `/v1`."""

    key: str = field(repr=False)
    """Sent as bearer token with every request. Not for screens, logs or files."""

    model: Model
    """What is served."""

    slots: int
    """How many answers are made at the same time; more requests than that wait in the engine."""

    context: int
    """Tokens that prompt and answer may have together."""

    template: Template
    """The chat template: the lab's ChatML, which adds nothing, or the one in the model's file."""

    pid: int
    """The engine's process."""

    _connection: socket.socket = field(repr=False)

    def alive(self) -> bool:
        """Whether the engine is still there. Costs no request."""
        try:
            return self._connection.recv(1, socket.MSG_PEEK) != b""
        except BlockingIOError:
            return True
        except OSError:
            return False

    def close(self) -> None:
        """Give it back. May be called again."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def acquire(home: Path) -> Lease:
    """Join the engine that is running, or start one, for the model that `find` names.

    Raises:
        ModelMissing, ModelCorrupt, ModelTooBig: if there is no model to serve.
        EngineUnavailable: if the engine can't be had, with the reason.
    """
    model = find(home)
    with _turn(home, patience_s(model) + 30) as folder:
        card = cards.read(folder)
        if card and (lease := _join(card, model)):
            return lease
        card = start(model, home=home)
        lease = _join(card, model)
        if lease is None:
            says = "The embedded engine started, but ended at once."
            raise EngineUnavailable(says, "Try again.")
        try:
            cards.write(card, folder)
        except BaseException:
            lease.close()
            raise
        return lease


@contextmanager
def _turn(home: Path, limit_s: float) -> Iterator[Path]:
    """One at a time looks for an engine or starts it, so that two never start two."""
    try:
        folder = cards.run_folder(home)
        with FileLock(folder / "start.lock", timeout=limit_s):
            yield folder
    except Timeout:
        says = f"Another process has been starting the embedded engine for {limit_s:.0f} s."
        raise EngineUnavailable(says, "End that process, or try again later.") from None
    except OSError as error:
        says = f"{error.filename or home} can't be used: {error.strerror or error}."
        raise EngineUnavailable(says, "Set SAMPLING_LAB_HOME to a folder of your own.") from error


def _join(card: Card, model: Model) -> Lease | None:
    """A lease of the engine that the card names, if it is there, well, and serves this model."""
    wanted = (model.sha256, model.name, template_of(model))
    if (card.sha256, card.model, card.template) != wanted or not card.stands():
        return None
    connection = _lease(card)
    if connection is None:
        return None
    if not _healthy(card):
        connection.close()
        return None
    return Lease(
        url=card.url,
        key=card.key,
        model=model,
        slots=card.slots,
        context=card.context,
        template=card.template,
        pid=card.pid,
        _connection=connection,
    )


def _lease(card: Card) -> socket.socket | None:
    try:
        connection = socket.create_connection((HOST, card.lease_port), timeout=_DESK_S)
    except OSError:
        return None
    try:
        connection.sendall(card.key.encode() + b"\n")
        if connection.recv(len(ACCEPTED)) == ACCEPTED:
            connection.setblocking(False)  # from now on it is only looked at
            return connection
    except OSError:
        pass
    connection.close()
    return None


def _healthy(card: Card) -> bool:
    try:
        local.get(card.url, "/health", key=card.key, limit_s=_HEALTH_S)
    except TimeoutError:  # more streams than it has threads: busy, and a second one wouldn't help
        return True
    except (local.Answered, OSError, ValueError):
        return False
    return True

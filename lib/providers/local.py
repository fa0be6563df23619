"""The embedded model as a provider: the dialect, over a lease of a child process that may die."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from lib.domain.errors import LabError, Refused, Transient
from lib.domain.vocabulary import Reply, Request
from lib.providers.base import Provider
from lib.providers.capabilities import Profile
from lib.providers.dialect import Dialect
from lib.providers.embedded.errors import EngineUnavailable

_LOOKS = 10
_LOOK_AGAIN_S = 0.02


class Lease(Protocol):
    """A right to the running engine; it ends some seconds after its last one was closed."""

    @property
    def url(self) -> str:
        """Its address, without `/v1`."""
        ...

    @property
    def key(self) -> str:
        """For this engine alone."""
        ...

    @property
    def slots(self) -> int:
        """How many calls it works on together."""
        ...

    def alive(self) -> bool:
        """Whether the engine still runs."""
        ...

    def close(self) -> None:
        """Give the lease back."""
        ...


class LocalChat(Dialect):
    """`Provider` of the embedded model. If its process dies, the next call starts another."""

    def __init__(
        self,
        acquire: Callable[[], Lease],
        connect: Callable[[Lease], Provider],
        profile: Profile,
    ) -> None:
        super().__init__(profile)
        self._acquire, self._connect = acquire, connect
        self._held: tuple[Lease, Provider] | None = None
        self._one = asyncio.Lock()
        self.at_once = 1

    async def start(self) -> None:
        """Make sure that the engine runs.

        Raises:
            LabError: if it can't be started.
        """
        lease, _ = await self._held_or_new()
        self.at_once = lease.slots

    async def send(self, request: Request, *, deadline_s: float) -> Reply:
        """See `Provider.send`."""
        lease, chat = await self._again()
        try:
            return await chat.send(request, deadline_s=deadline_s)
        except Transient:
            if await self._has_gone(lease):
                await self._drop(lease)
            raise

    async def close(self) -> None:
        """See `Provider.close`."""
        if self._held is not None:
            await self._drop(self._held[0])

    async def _held_or_new(self) -> tuple[Lease, Provider]:
        async with self._one:  # all calls together start one
            if self._held is None:
                lease = await asyncio.to_thread(self._acquire)
                self._held = lease, self._connect(lease)
            return self._held

    async def _again(self) -> tuple[Lease, Provider]:
        try:
            return await self._held_or_new()
        except EngineUnavailable as error:
            raise Transient(error.says, error.fix, code="connection") from error
        except LabError as error:
            raise Refused(error.says, error.fix) from error

    async def _has_gone(self, lease: Lease) -> bool:
        """Whether the engine has died.

        A process that is killed lets go of one thing after another: its door may be shut for some
        milliseconds before its lease is seen to have ended.
        """
        for _ in range(_LOOKS):
            if not lease.alive():
                return True
            await asyncio.sleep(_LOOK_AGAIN_S)
        return False

    async def _drop(self, lease: Lease) -> None:
        held, self._held = self._held, None
        if held is not None and held[0] is lease:
            await held[1].close()
            await asyncio.to_thread(lease.close)
        else:
            self._held = held  # another call has replaced it already

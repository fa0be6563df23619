"""A provider that is looked on while its replies arrive, for a page that shows an answer grow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count

from lib.domain.vocabulary import Reply, Request, Sample, Slot
from lib.providers import arriving
from lib.providers.base import Provider
from lib.providers.echoes import without_echo

Arrived = Callable[[int, bytes | None], None]
"""Told of a call's number what has come of its reply so far, and at its end `None`."""


class Watched:
    """`Provider` over another one: the same steps, and word of what arrives meanwhile.

    Args:
        provider: makes the calls.
        arrived: is told.
        secrets: are taken out of what it is told, if the endpoint echoes them.
    """

    def __init__(
        self, provider: Provider, arrived: Arrived, *, secrets: Sequence[str] = ()
    ) -> None:
        self._provider, self._arrived, self._secrets = provider, arrived, tuple(secrets)
        self._numbers = count()

    @property
    def at_once(self) -> int:
        """See `Provider.at_once`."""
        return self._provider.at_once

    def build(self, slot: Slot, /) -> Request:
        """See `Provider.build`."""
        return self._provider.build(slot)

    async def send(self, request: Request, *, deadline_s: float) -> Reply:
        """See `Provider.send`."""
        number, so_far = next(self._numbers), bytearray()

        def listen(piece: bytes) -> None:
            so_far.extend(piece)
            self._arrived(number, self._shown(bytes(so_far)))

        try:
            with arriving.listened(listen):
                return await self._provider.send(request, deadline_s=deadline_s)
        finally:
            self._arrived(number, None)

    def read(self, slot: Slot, reply: Reply, /) -> Sample:
        """See `Provider.read`."""
        return self._provider.read(slot, reply)

    async def close(self) -> None:
        """See `Provider.close`."""
        await self._provider.close()

    def _shown(self, body: bytes) -> bytes:
        if not self._secrets:
            return body
        # Whole lines only: the beginning of a key must not be seen before its end is there.
        lines = body[: body.rfind(b"\n") + 1]
        return without_echo(Reply(200, {}, lines, 0.0), self._secrets).body

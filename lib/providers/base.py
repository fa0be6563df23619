"""The door to every provider: three steps, of which only `send` touches the world."""

from __future__ import annotations

from typing import Protocol

from lib.domain.vocabulary import Reply, Request, Sample, Slot


class Provider(Protocol):
    """One dialect at one base URL."""

    @property
    def at_once(self) -> int:
        """How many calls it takes together; more would only wait inside of it."""
        ...

    def build(self, slot: Slot, /) -> Request:
        """The request that a slot means. Pure: `--dry-run` and the code export show this very one.

        Raises:
            InputError: if a setting can't be sent here. No setting is ever dropped.
        """
        ...

    async def send(self, request: Request, *, deadline_s: float) -> Reply:
        """Make the call once: no retry, no redirect, a bounded body, done within the deadline.

        Raises:
            CallError: if no whole reply came. A reply of any status is returned, not raised.
        """
        ...

    def read(self, slot: Slot, reply: Reply, /) -> Sample:
        """The sample in a reply. Pure: stored bytes can be read again, years later and better.

        Raises:
            CallError: if the reply is a refusal, or isn't what the dialect promises.
        """
        ...

    async def close(self) -> None:
        """Let go of connections, and of the embedded engine's lease."""
        ...

"""An endpoint elsewhere as a provider: a dialect, and the client that alone holds the key."""

from __future__ import annotations

from collections.abc import Sequence

from lib.domain.vocabulary import Reply, Request
from lib.providers import wire
from lib.providers.building import streamed
from lib.providers.capabilities import Profile
from lib.providers.clients import Client
from lib.providers.dialect import Dialect
from lib.providers.transport import STREAM

_JSON = "application/json"


class RemoteChat(Dialect):
    """`Provider` over a vendor's client. Only `send` uses it."""

    def __init__(
        self,
        client: Client,
        profile: Profile,
        *,
        at_once: int,
        secrets: Sequence[str] = (),
    ) -> None:
        super().__init__(profile)
        self._client, self._secrets = client, tuple(secrets)
        self.at_once = at_once

    async def send(self, request: Request, *, deadline_s: float) -> Reply:
        """See `Provider.send`."""
        accept = f"{STREAM}, {_JSON}" if streamed(request) else _JSON
        call = self._client.post(request.path, request.body, accept=accept)
        return await wire.reply(call, deadline_s=deadline_s, secrets=self._secrets)

    async def close(self) -> None:
        """See `Provider.close`."""
        await self._client.close()

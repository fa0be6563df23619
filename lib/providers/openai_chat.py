"""The OpenAI chat dialect, as spoken by OpenAI and by the many servers that copy it."""

from __future__ import annotations

from collections.abc import Sequence

import httpx2
from openai import AsyncOpenAI

from lib.domain.vocabulary import Reply, Request
from lib.providers import openai_request, wire
from lib.providers.capabilities import Profile
from lib.providers.dialect import Dialect
from lib.providers.transport import STREAM


class OpenAIChat(Dialect):
    """`Provider` for this dialect. The SDK's client alone holds the key; only `send` uses it."""

    def __init__(
        self,
        client: AsyncOpenAI,
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
        accept = "application/json"
        if openai_request.streamed(request):
            accept = f"{STREAM}, {accept}"
        call = self._client.post(
            request.path,
            content=request.body,
            cast_to=httpx2.Response,
            options={"headers": {"Accept": accept}},
        )
        return await wire.reply(call, deadline_s=deadline_s, secrets=self._secrets)

    async def close(self) -> None:
        """See `Provider.close`."""
        await self._client.close()

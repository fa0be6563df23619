"""The vendors' clients, taken in hand: no retry, no key, and nothing out of the environment.

What else the SDKs find there and would send to any address (OPENAI_ORG_ID, OPENAI_PROJECT_ID,
further names in OPENAI_CUSTOM_HEADERS) is dropped by the transport.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

import httpx2

from lib.domain.configuration import Dialect
from lib.providers import wire
from lib.providers.addresses import proxy_for
from lib.providers.anthropic_messages.request import VERSION
from lib.providers.secrets import NO_KEY

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic
    from openai import AsyncOpenAI


class Client(Protocol):
    """Sends bytes as they are to a path below a base URL, with a key that its transport has."""

    async def post(self, path: str, body: bytes, *, accept: str) -> httpx2.Response:
        """The reply to a call. For a status that is an error it may raise one with `response`."""
        ...

    async def get(self, path: str) -> httpx2.Response:
        """The same, without a body."""
        ...

    async def close(self) -> None:
        """Let go of all connections."""
        ...


_SDKS: Mapping[Dialect, str] = {
    "openai": "openai",
    "openai-responses": "openai",
    "anthropic": "anthropic",
}


def import_sdk(dialect: Dialect) -> None:
    """Import what `client` needs: half a second, which is to pass in a thread, not in a loop."""
    if dialect in _SDKS:
        importlib.import_module(_SDKS[dialect])


def client(dialect: Dialect, url: httpx2.URL, *, key: str | None, at_once: int) -> Client:
    """The client of an address, in its vendor's way. See also `import_sdk`.

    Raises:
        InputError: if this system's proxy can't be used.
    """
    http = wire.client(at_once=at_once, key=_key(dialect, key or NO_KEY), proxy=proxy_for(url))
    match dialect:
        case "openai" | "openai-responses":
            from openai import AsyncOpenAI

            return SDKClient(
                AsyncOpenAI(
                    base_url=url, api_key=NO_KEY, max_retries=0, timeout=None, http_client=http
                )
            )
        case "anthropic":
            from anthropic import AsyncAnthropic

            return SDKClient(
                AsyncAnthropic(
                    base_url=url,
                    api_key=NO_KEY,
                    max_retries=0,
                    timeout=None,
                    http_client=http,
                    open_telemetry={"traces": False, "propagation": False},
                ),
                {"anthropic-version": VERSION},
            )
        case "gemini":
            return PlainClient(http, url)


def _key(dialect: Dialect, key: str) -> dict[str, str]:
    """The header that carries a key. Only the transport has it: the SDKs are given `NO_KEY`."""
    match dialect:
        case "openai" | "openai-responses":
            return {"authorization": f"Bearer {key}"}
        case "anthropic":
            return {"x-api-key": key}
        case "gemini":
            return {"x-goog-api-key": key}


class SDKClient:
    """`Client` over an SDK's raw door.

    Headers go with each call: only so do they stand before those that variables such as
    OPENAI_CUSTOM_HEADERS and ANTHROPIC_CUSTOM_HEADERS put into every call of the SDK.
    """

    def __init__(
        self, sdk: AsyncOpenAI | AsyncAnthropic, headers: Mapping[str, str] | None = None
    ) -> None:
        self._sdk = sdk
        self._headers = {
            "Content-Type": "application/json",
            "User-Agent": sdk.user_agent,
            **(headers or {}),
        }

    async def post(self, path: str, body: bytes, *, accept: str) -> httpx2.Response:
        """See `Client.post`."""
        said = {**self._headers, "Accept": accept}
        return await self._sdk.post(
            path, content=body, cast_to=httpx2.Response, options={"headers": said}
        )

    async def get(self, path: str) -> httpx2.Response:
        """See `Client.get`."""
        said = {**self._headers, "Accept": "application/json"}
        return await self._sdk.get(path, cast_to=httpx2.Response, options={"headers": said})

    async def close(self) -> None:
        """See `Client.close`."""
        await self._sdk.close()


class PlainClient:
    """`Client` without an SDK, for an API whose SDK has no door for bytes as they are."""

    def __init__(self, http: httpx2.AsyncClient, url: httpx2.URL) -> None:
        self._http, self._url = http, str(url).rstrip("/")

    async def post(self, path: str, body: bytes, *, accept: str) -> httpx2.Response:
        """See `Client.post`."""
        said = {"Content-Type": "application/json", "Accept": accept}
        return await self._http.post(f"{self._url}{path}", content=body, headers=said)

    async def get(self, path: str) -> httpx2.Response:
        """See `Client.get`."""
        return await self._http.get(f"{self._url}{path}")

    async def close(self) -> None:
        """See `Client.close`."""
        await self._http.aclose()

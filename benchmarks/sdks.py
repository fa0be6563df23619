"""The vendors' SDKs, bare: the floor of the lab's calls. Bytes out, bytes in, nothing is read."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lib.domain.configuration import Dialect

if TYPE_CHECKING:
    import httpx2

NAMES: dict[Dialect, str] = {
    "openai": "openai's raw door, /chat/completions",
    "openai-responses": "openai's raw door, /responses",
    "anthropic": "anthropic's raw door, /v1/messages",
    "gemini": "google-genai's generate_content, its response as it came",
}


@dataclass(frozen=True, slots=True)
class Bare:
    """An SDK's client that sends one request again and again, over its own aiohttp transport."""

    call: Callable[[], Awaitable[None]]
    close: Callable[[], Awaitable[None]]


def bare(
    dialect: Dialect, url: str, body: bytes, at_once: int, http: httpx2.AsyncClient | None = None
) -> Bare:
    """The client of a dialect.

    Args:
        dialect: which.
        url: the base URL.
        body: of each request.
        at_once: how many connections it may hold.
        http: what carries OpenAI's requests instead of its own client.
    """
    match dialect:
        case "openai" | "openai-responses":
            path = "/chat/completions" if dialect == "openai" else "/responses"
            return _openai(url, path, body, at_once, http)
        case "anthropic":
            return _anthropic(url, body, at_once)
        case "gemini":
            return _gemini(url, body, at_once)


def _openai(
    url: str, path: str, body: bytes, at_once: int, http: httpx2.AsyncClient | None
) -> Bare:
    import httpx2
    from openai import AsyncOpenAI, DefaultAioHttpClient

    client = AsyncOpenAI(
        base_url=url,
        api_key="none",
        max_retries=0,
        timeout=None,
        http_client=http or DefaultAioHttpClient(limits=_limits(at_once)),
    )

    async def call() -> None:
        answer = await client.post(path, content=body, cast_to=httpx2.Response)
        assert answer.content  # noqa: S101 - the whole body is here

    return Bare(call, client.close)


def _anthropic(url: str, body: bytes, at_once: int) -> Bare:
    import httpx2
    from anthropic import AsyncAnthropic, DefaultAioHttpClient

    client = AsyncAnthropic(
        base_url=url,
        api_key="none",
        max_retries=0,
        timeout=None,
        http_client=DefaultAioHttpClient(limits=_limits(at_once)),
    )

    async def call() -> None:
        answer = await client.post("/v1/messages", content=body, cast_to=httpx2.Response)
        assert answer.content  # noqa: S101 - the whole body is here

    return Bare(call, client.close)


def _gemini(url: str, body: bytes, at_once: int) -> Bare:
    """It has no door for a body's bytes: each call makes one out of what is asked."""
    from google import genai
    from google.genai import types

    base, _, version = url.rpartition("/")
    client = genai.Client(
        api_key="none",
        http_options=types.HttpOptions(
            base_url=base, api_version=version, async_client_args={"limit": at_once}
        ),
    )
    asked = json.loads(body)
    contents = asked["contents"]
    config = types.GenerateContentConfig(
        **{**asked["generationConfig"]},
        should_return_http_response=True,
        automatic_continuation=False,
    )

    async def call() -> None:
        answer = await client.aio.models.generate_content(
            model="made-up", contents=contents, config=config
        )
        assert answer.sdk_http_response is not None  # noqa: S101 - we asked for it
        assert answer.sdk_http_response.body  # noqa: S101 - the whole body is here

    return Bare(call, client.aio.aclose)


def _limits(at_once: int) -> httpx2.Limits:
    import httpx2

    return httpx2.Limits(max_connections=at_once, max_keepalive_connections=at_once)

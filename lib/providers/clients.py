"""The official SDK's client, taken in hand: no retry, and nothing out of the environment."""

from __future__ import annotations

import httpx2
from openai import AsyncOpenAI

from lib.providers import wire
from lib.providers.addresses import proxy_for
from lib.providers.secrets import NO_KEY


def sdk_client(url: httpx2.URL, *, key: str | None, at_once: int) -> AsyncOpenAI:
    """The SDK's client for an address.

    What else it finds in the environment and would send to any address (OPENAI_ORG_ID,
    OPENAI_PROJECT_ID, OPENAI_CUSTOM_HEADERS) is dropped by the transport.

    Raises:
        InputError: if this system's proxy can't be used.
    """
    said = key or NO_KEY  # with None it would send OPENAI_API_KEY, to any address
    return AsyncOpenAI(
        base_url=url,
        api_key=said,
        default_headers={"Authorization": f"Bearer {said}"},  # before that of OPENAI_CUSTOM_HEADERS
        max_retries=0,
        timeout=None,
        http_client=wire.client(at_once=at_once, proxy=proxy_for(url)),
    )

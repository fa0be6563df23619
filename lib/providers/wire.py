"""The seam to the network: the HTTP client that every SDK is given, and a reply as bytes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import replace

import httpx2

from lib.domain.vocabulary import Reply
from lib.providers import failures, headers
from lib.providers.echoes import without_echo
from lib.providers.events import is_stream
from lib.providers.first_text import first_text_at
from lib.providers.secrets import without_secrets
from lib.providers.transport import ARRIVALS, Arrival, Transport

LARGE = 256 * 1024
"""Bytes of a reply beyond which what takes long with it is done in a thread."""


def client(
    *, at_once: int, key: Mapping[str, str] | None = None, proxy: str | None = None
) -> httpx2.AsyncClient:
    """The HTTP client of one endpoint: no redirect, no retry, no cookie, and a bounded body.

    Args:
        at_once: how many calls are under way together at most.
        key: the header that carries the key, and what stands in it. Nobody above has it.
        proxy: the address of this system's proxy for the endpoint. Nothing else is taken from the
            environment.
    """
    return httpx2.AsyncClient(
        transport=Transport(at_once=at_once, key=key, proxy=proxy),
        follow_redirects=False,
        trust_env=False,
        timeout=None,  # each call has a deadline of its own: see `reply`
    )


async def reply(
    call: Awaitable[httpx2.Response], *, deadline_s: float, secrets: Sequence[str] = ()
) -> Reply:
    """The reply to a call, of whatever status, as bytes.

    No SDK has a total deadline: a body that drips would hold a call for ever. So it is here.

    Args:
        call: a request under way, by an SDK that was given `client`, with its retries off.
        deadline_s: from now to the last byte.
        secrets: what is taken out of the reply if the endpoint echoes it.

    Raises:
        CallError: if no whole reply came.
    """
    started = time.monotonic()
    try:
        async with asyncio.timeout(deadline_s):
            response = await _response(call)
    except TimeoutError:
        raise failures.timeout(deadline_s) from None
    seconds = time.monotonic() - started
    said = {
        name: without_secrets(value.encode(), secrets).decode()
        for name, value in headers.kept(response.headers.items()).items()
    }
    received = Reply(response.status_code, said, response.content, seconds)
    arrivals = [(size, at - started) for size, at in response.extensions.get(ARRIVALS, ())]
    if len(received.body) > LARGE:
        return await asyncio.to_thread(_looked_through, received, arrivals, secrets)
    return _looked_through(received, arrivals, secrets)


def _looked_through(received: Reply, arrivals: Sequence[Arrival], secrets: Sequence[str]) -> Reply:
    """The reply with the time of its first text, and without an echoed key."""
    if is_stream(received):
        received = replace(received, first_text_s=first_text_at(received.body, arrivals))
    return without_echo(received, secrets)


async def _response(call: Awaitable[httpx2.Response]) -> httpx2.Response:
    """The SDKs raise for a status; the error holds the reply."""
    try:
        return await call
    except Exception as error:
        response = getattr(error, "response", None)
        if isinstance(response, httpx2.Response):
            return response
        raise failures.failure(_first(error), "the endpoint") from None


def _first(error: BaseException) -> BaseException:
    """What began it: the SDKs wrap the HTTP library's errors, which say more."""
    while error.__cause__ is not None:
        error = error.__cause__
    return error

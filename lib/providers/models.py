"""The models that an endpoint says it has."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

from lib.domain.configuration import Dialect, Endpoint
from lib.domain.errors import CallError, KeyRefused, Refused, Transient, Unreadable
from lib.domain.vocabulary import Reply
from lib.providers import wire
from lib.providers.clients import client
from lib.providers.json_text import NotJSON, clean, decoded, parsed
from lib.providers.registry import address_and_key

_MOST = 10_000
_LONGEST = 200
_LONGEST_TOKEN = 2000
_MOST_PAGES = 10
_FIRST_PAGE: Mapping[Dialect, str] = {
    "anthropic": "/v1/models?limit=1000",
    "gemini": "/models?pageSize=1000",
}


async def list_models(
    endpoint: Endpoint,
    *,
    key: str | None,
    home: Path,
    deadline_s: float = 10.0,
    environ: Mapping[str, str] = os.environ,
) -> list[str]:
    """The names that can be asked for, in the endpoint's own order.

    Args:
        endpoint: whom to ask.
        key: from `key_for`, or typed.
        home: where the embedded model lives, which is the only one there.
        deadline_s: for the call that is made, or all of them where the list comes in pages.
        environ: where OPENAI_BASE_URL may stand.

    Raises:
        InputError: if the address or the key can't be used.
        CallError: if no list came.
        LabError: if the embedded model is missing.
    """
    if endpoint.embedded:
        from lib.providers.embedded.model import find  # late: an endpoint elsewhere needs no model

        return [(await asyncio.to_thread(find, home)).name]
    url, secret = address_and_key(endpoint, key, environ)
    connected = client(endpoint.dialect, url, key=secret, at_once=1)
    ends = time.monotonic() + deadline_s
    found: list[str] = []
    path = _FIRST_PAGE.get(endpoint.dialect, "/models")
    try:
        for _ in range(_MOST_PAGES):
            left_s = max(0.0, ends - time.monotonic())
            reply = await wire.reply(
                connected.get(path), deadline_s=left_s, secrets=[secret] if secret else []
            )
            found += names(endpoint, reply)
            further = _next_page(endpoint, reply)
            if further is None:
                break
            path = further
    finally:
        await connected.close()
    return list(dict.fromkeys(found))[:_MOST]


def _next_page(endpoint: Endpoint, reply: Reply) -> str | None:
    """Where Gemini's list goes on. The others tell all that they have in one page."""
    if endpoint.dialect != "gemini":
        return None
    match parsed(decoded(reply.body)):
        case {"nextPageToken": str(token)} if 0 < len(token) <= _LONGEST_TOKEN:
            return f"{_FIRST_PAGE['gemini']}&pageToken={quote(token, safe='')}"
        case _:
            return None


def names(endpoint: Endpoint, reply: Reply) -> list[str]:
    """The names in a reply to GET /models. Pure.

    Raises:
        CallError: if there is no list in it.
    """
    if reply.status != 200:
        raise _no_list(endpoint, reply.status)
    try:
        answer = parsed(decoded(reply.body))
    except NotJSON as error:
        raise Unreadable(f"The list of models {error.says}.", "Check the base URL.") from None
    match answer:
        case {"data": list() as models} | {"models": list() as models}:
            pass
        case list() as models:  # Together
            pass
        case _:
            raise Unreadable(f"{endpoint.name} answered with no list of models.", _TYPE)
    return list(dict.fromkeys(_names(models)))[:_MOST]


def _names(models: list[object]) -> Iterator[str]:
    for model in models:
        match model:
            case {"supportedGenerationMethods": methods} if not _generates(methods):
                continue
            case {"id": str(name)} | {"name": str(name)} if 0 < len(name) <= _LONGEST:
                yield clean(name)


def _generates(methods: object) -> bool:
    """Whether one of Gemini's models answers what the lab asks: others embed, or draw."""
    return isinstance(methods, list) and "generateContent" in methods


_TYPE = "Type the model's name."


def _no_list(endpoint: Endpoint, status: int) -> CallError:
    name = endpoint.name
    if status in {401, 403}:
        return KeyRefused(
            f"The key for {name} was refused.", "Check it under Endpoints.", code="bad_key"
        )
    if status == 429 or status >= 500:
        return Transient(f"{name} can't list its models now (status {status}).", _TYPE)
    return Refused(f"{name} has no list of models (status {status}).", _TYPE, code="not_found")

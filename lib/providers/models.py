"""The models that an endpoint says it has."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx2

from lib.domain.configuration import Endpoint
from lib.domain.errors import CallError, KeyRefused, Refused, Transient, Unreadable
from lib.domain.vocabulary import Reply
from lib.providers import wire
from lib.providers.clients import sdk_client
from lib.providers.json_text import NotJSON, clean, decoded, parsed
from lib.providers.registry import address_and_key

_MOST = 10_000
_LONGEST = 200


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
        deadline_s: for the one call that is made.
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
    client = sdk_client(url, key=secret, at_once=1)
    try:
        call = client.get("/models", cast_to=httpx2.Response)
        reply = await wire.reply(call, deadline_s=deadline_s, secrets=[secret] if secret else [])
    finally:
        await client.close()
    return names(endpoint, reply)


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
            case {"id": str(name)} | {"name": str(name)} if 0 < len(name) <= _LONGEST:
                yield clean(name)


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

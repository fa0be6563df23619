"""A large body of an error: its beginning is kept, the rest is not waited for, and that is said."""

from __future__ import annotations

import asyncio
import gzip
import json
from pathlib import Path

import pytest

from lib.domain.configuration import DIALECTS, Dialect, Endpoint
from lib.domain.errors import CallError, Transient
from lib.domain.vocabulary import Reply
from lib.providers.base import Provider
from lib.providers.error_body import CUT, MOST_OF_AN_ERROR
from lib.providers.registry import open_provider
from tests.providers.making import KEY, slot
from tests.providers.player import Play, Player

SAID = {"error": {"message": "x" * (5 * 2**20), "type": "server_error"}}
JSON = {"content-type": "application/json"}


def sent(play: Play, dialect: Dialect = "openai") -> tuple[Reply, CallError]:
    async def ask(url: str) -> tuple[Reply, CallError]:
        endpoint = Endpoint(name="mine", dialect=dialect, base_url=url)
        provider: Provider = await open_provider(
            endpoint, key=KEY, at_once=1, home=Path("unused"), environ={}
        )
        asked = slot(endpoint=endpoint)
        try:
            reply = await provider.send(provider.build(asked), deadline_s=20)
        finally:
            await provider.close()
        with pytest.raises(CallError) as caught:
            provider.read(asked, reply)
        return reply, caught.value

    with Player(play) as server:
        return asyncio.run(ask(server.url))


@pytest.mark.parametrize("dialect", DIALECTS)
def test_only_its_beginning_is_kept_and_the_sentence_says_so(dialect: Dialect) -> None:
    body = json.dumps(SAID).encode()

    reply, error = sent(Play(body, 500, JSON), dialect)

    assert reply.body == body[:MOST_OF_AN_ERROR] + CUT
    assert isinstance(error, Transient)
    assert error.says == (
        "mine failed to answer (status 500). Only the first 256 kB of its response are kept."
    )


def test_packed_it_is_no_larger() -> None:
    body = json.dumps(SAID).encode()

    reply, _ = sent(Play(gzip.compress(body), 500, {**JSON, "content-encoding": "gzip"}))

    assert reply.body == body[:MOST_OF_AN_ERROR] + CUT


def test_up_to_the_bound_it_is_whole() -> None:
    body = b" " * (MOST_OF_AN_ERROR - 2) + b"{}"

    reply, error = sent(Play(body, 500, JSON))

    assert reply.body == body
    assert error.says == "mine failed to answer (status 500)."

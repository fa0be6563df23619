"""Door to door: what is this dialect's own. How every fault ends stands in test_faults."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lib.domain.configuration import Endpoint
from lib.domain.errors import Unreadable
from lib.domain.message import Message
from lib.domain.vocabulary import Reply, Request, Sample
from lib.providers.registry import open_provider
from tests.faulty import FaultyServer
from tests.faulty.languages import LANGUAGES
from tests.providers.gemini import answers
from tests.providers.gemini.asking import slot
from tests.providers.making import KEY
from tests.providers.player import Player, json_play

BASE = LANGUAGES["gemini"].base


@pytest.fixture(scope="module")
def server() -> Iterator[FaultyServer]:
    with FaultyServer("One two three") as one:
        yield one


def sent(url: str, *messages: Message, **asked: Any) -> tuple[Request, Reply, Sample]:
    """What was sent, what came, and what was read from it."""
    mine = Endpoint(name="mine", dialect="gemini", base_url=url)
    wanted = slot(*messages, endpoint=mine, **asked)

    async def send() -> tuple[Request, Reply, Sample]:
        provider = await open_provider(mine, key=KEY, at_once=2, home=Path("unused"), environ={})
        try:
            request = provider.build(wanted)
            reply = await provider.send(request, deadline_s=20)
            return request, reply, provider.read(wanted, reply)
        finally:
            await provider.close()

    return asyncio.run(send())


def url(server: FaultyServer, fault: str = "") -> str:
    return server.url(fault, dialect="gemini")


def test_the_bytes_that_are_stored_are_the_bytes_that_went_out(server: FaultyServer) -> None:
    message = Message("user", "“é” \U0001f34e \u202e \x00 " + "a" * 100_000)

    request, _, _ = sent(url(server), message, top_k=40, thinking={"thinkingBudget": 0})

    got = server.requests[-1]
    assert hashlib.sha256(got.body).digest() == hashlib.sha256(request.body).digest()
    assert got.headers["content-type"] == "application/json"


def test_the_key_travels_in_its_own_header_and_nowhere_else(server: FaultyServer) -> None:
    request, reply, sample = sent(url(server))

    got = server.requests[-1]
    assert [name for name, value in got.headers.items() if KEY in value] == ["x-goog-api-key"]
    assert KEY not in f"{got.path}{got.body!r}{request}{reply}{sample}"
    assert "authorization" not in got.headers


@pytest.mark.parametrize("model", ["some-gemini", "models/some-gemini", "a b%?&#:é"])
def test_the_path_that_is_stored_is_the_path_that_is_asked(
    server: FaultyServer, model: str
) -> None:
    for stream in (False, True):
        request, _, _ = sent(url(server), model=model, stream=stream)

        assert server.requests[-1].path == BASE + request.path


def test_a_whole_answer_and_a_streamed_one_are_the_same_sample(server: FaultyServer) -> None:
    _, whole_reply, whole = sent(url(server), logprobs=3, max_tokens=2)
    _, streamed_reply, streamed = sent(url(server), logprobs=3, max_tokens=2, stream=True)

    assert whole_reply.body.startswith(b"{")
    assert streamed_reply.body.startswith(b"data: ")
    assert (whole.text, whole.finish_reason) == ("One two", "length")
    assert whole.usage.output_tokens == 2
    assert streamed.response_id != whole.response_id
    assert streamed.first_text_s is not None
    assert 0 < streamed.first_text_s <= streamed.seconds
    same = replace(
        streamed,
        slot=whole.slot,
        seconds=whole.seconds,
        first_text_s=None,
        response_id=whole.response_id,
    )
    assert same == whole
    assert whole.flags == streamed.flags == ()


def test_a_stream_that_is_cut_is_no_answer(server: FaultyServer) -> None:
    with pytest.raises(Unreadable) as error:
        sent(url(server, "sse_no_done"), stream=True)

    assert str(error.value) == "The stream ended before its last piece."


def test_a_stream_as_one_array_is_not_read() -> None:
    """What `alt=sse` avoids."""
    chunks = [json.loads(each[6:]) for each in answers.events(answers.good())]

    with Player(json_play(chunks)) as player, pytest.raises(Unreadable):
        sent(f"{player.url}{BASE}", stream=True)

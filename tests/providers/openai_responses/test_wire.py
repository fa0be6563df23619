"""Door to door: what is this dialect's own. How every fault ends stands in test_faults."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lib.domain.configuration import Endpoint
from lib.domain.errors import Unreadable
from lib.domain.vocabulary import Request, Sample, Usage
from lib.providers.registry import open_provider
from tests.providers.making import KEY
from tests.providers.openai_responses.making import slot
from tests.providers.openai_responses.server import good
from tests.providers.player import Got, Play, Player, stream_play


def called(answer: Callable[[Got], Play], **settings: Any) -> tuple[Sample, Request, list[Got]]:
    """The sample that a call brings, the request, and what the server got."""
    with Player(answer) as server:
        endpoint = Endpoint(name="mine", dialect="openai-responses", base_url=f"{server.url}/v1")

        async def call() -> tuple[Sample, Request]:
            provider = await open_provider(endpoint, key=KEY, at_once=2, home=Path("unused"))
            try:
                asked = slot(endpoint=endpoint, **settings)
                request = provider.build(asked)
                reply = await provider.send(request, deadline_s=20)
                return provider.read(asked, reply), request
            finally:
                await provider.close()

        sample, request = asyncio.run(call())
        return sample, request, server.got


def test_a_call_goes_to_its_path_with_its_key_and_its_very_bytes() -> None:
    sample, request, [asked] = called(good, temperature=0.5)

    assert asked.path == "/v1/responses"
    assert asked.headers["authorization"] == f"Bearer {KEY}"
    assert asked.headers["accept"] == "application/json"
    assert hashlib.sha256(asked.body).digest() == hashlib.sha256(request.body).digest()
    assert (sample.text, sample.finish_reason, sample.flags) == ("Apple pie", "stop", ())
    assert sample.usage == Usage(11, 2, 4, 0, 2)


def test_a_stream_brings_the_same_sample_as_a_whole_answer() -> None:
    whole, _, _ = called(good, logprobs=2)
    streamed, request, [asked] = called(good, logprobs=2, stream=True)

    assert asked.headers["accept"] == "text/event-stream, application/json"
    assert asked.body == request.body
    for each in ("text", "finish_reason", "usage", "first_token", "response_id", "flags"):
        assert getattr(streamed, each) == getattr(whole, each)
    assert whole.first_token is not None


def test_a_stream_that_is_cut_is_no_answer() -> None:
    def cut(got: Got) -> Play:
        body = good(got).body
        return stream_play(body[: body.index(b"event: response.completed")])

    with pytest.raises(Unreadable) as error:
        called(cut, stream=True)

    assert str(error.value) == "The stream ended before its last piece."

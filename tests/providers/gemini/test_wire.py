"""Door to door: from a slot over a real connection to a sample, or an error of ours."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lib.domain.configuration import Endpoint
from lib.domain.errors import CallError, KeyRefused, RateLimited, Refused, Transient, Unreadable
from lib.domain.message import Message
from lib.domain.vocabulary import Reply, Request, Sample
from lib.providers.registry import open_provider
from tests.providers.gemini.asking import slot
from tests.providers.gemini.server import GeminiServer, running
from tests.providers.making import KEY


@pytest.fixture(scope="module")
def server() -> Iterator[GeminiServer]:
    with running() as one:
        yield one


def sent(
    server: GeminiServer, play: str = "ok", *messages: Message, deadline_s: float = 5, **asked: Any
) -> tuple[Request, Reply, Sample]:
    """What was sent, what came, and what was read from it."""
    mine = Endpoint(name="mine", dialect="gemini", base_url=server.url(play))
    wanted = slot(*messages, endpoint=mine, **asked)

    async def send() -> tuple[Request, Reply, Sample]:
        provider = await open_provider(mine, key=KEY, at_once=2, home=Path("unused"), environ={})
        try:
            request = provider.build(wanted)
            reply = await provider.send(request, deadline_s=deadline_s)
            return request, reply, provider.read(wanted, reply)
        finally:
            await provider.close()

    return asyncio.run(send())


def failed(server: GeminiServer, play: str, **asked: Any) -> CallError:
    with pytest.raises(CallError) as error:
        sent(server, play, **asked)
    assert KEY not in str(error.value)
    return error.value


def test_the_bytes_that_are_stored_are_the_bytes_that_went_out(server: GeminiServer) -> None:
    message = Message("user", "“é” \U0001f34e \u202e \x00 " + "a" * 100_000)

    request, _, _ = sent(server, "ok", message, top_k=40, thinking={"thinkingBudget": 0})

    got = server.requests[-1]
    assert hashlib.sha256(got.body).digest() == hashlib.sha256(request.body).digest()
    assert got.headers["content-type"] == "application/json"


def test_the_key_travels_in_its_own_header_and_nowhere_else(server: GeminiServer) -> None:
    request, reply, sample = sent(server)

    got = server.requests[-1]
    assert got.headers.pop("x-goog-api-key") == KEY
    assert KEY not in str(got) + str(request) + str(reply) + str(sample)
    assert "authorization" not in got.headers


@pytest.mark.parametrize("model", ["some-gemini", "models/some-gemini", "a b%?&#:é"])
def test_the_path_that_is_stored_is_the_path_that_is_asked(
    server: GeminiServer, model: str
) -> None:
    for stream in (False, True):
        request, _, _ = sent(server, model=model, stream=stream)

        assert server.requests[-1].path == request.path


def test_a_whole_answer_and_a_streamed_one_are_the_same_sample(server: GeminiServer) -> None:
    _, whole_reply, whole = sent(server, logprobs=3, max_tokens=2)
    _, streamed_reply, streamed = sent(server, logprobs=3, max_tokens=2, stream=True)

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


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        (400, Refused, None),
        (401, KeyRefused, "bad_key"),
        (403, Refused, "forbidden"),
        (404, Refused, "not_found"),
        (429, RateLimited, "rate_limited"),
        (500, Transient, "server_error"),
        (503, Transient, "overloaded"),
        (529, Transient, "overloaded"),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_a_status_is_classed(
    server: GeminiServer, status: int, kind: type[CallError], code: str | None, stream: bool
) -> None:
    error = failed(server, f"status-{status}", stream=stream)

    assert type(error) is kind
    assert code in {None, error.code}


def test_the_time_to_wait_is_the_servers(server: GeminiServer) -> None:
    error = failed(server, "status-429")

    assert isinstance(error, RateLimited)
    assert error.retry_after_s == 7


def test_a_web_page_is_no_answer(server: GeminiServer) -> None:
    error = failed(server, "html")

    assert isinstance(error, Unreadable)
    assert error.wrong_place


def test_a_redirect_is_not_followed(server: GeminiServer) -> None:
    before = len(server.requests)

    assert failed(server, "redirect").code == "redirected"
    assert len(server.requests) == before + 1


def test_a_stream_that_is_cut_is_no_answer(server: GeminiServer) -> None:
    assert str(failed(server, "cut", stream=True)) == "The stream ended before its last piece."


def test_an_answer_that_breaks_off_is_no_answer(server: GeminiServer) -> None:
    error = failed(server, "reset")

    assert (error.code, error.maybe_billed) == ("connection", True)


def test_a_deadline_is_for_the_whole_call(server: GeminiServer) -> None:
    error = failed(server, "slow", deadline_s=0.2)

    assert (error.code, error.maybe_billed) == ("timeout", True)


def test_a_stream_as_one_array_is_not_read(server: GeminiServer) -> None:
    assert isinstance(failed(server, "array", stream=True), Unreadable)


def test_a_blocked_prompt_is_a_sample(server: GeminiServer) -> None:
    _, _, sample = sent(server, "blocked")

    assert (sample.outcome, sample.raw_finish_reason) == ("filtered", "SAFETY")


def test_a_key_that_comes_back_is_taken_out(server: GeminiServer) -> None:
    _, reply, sample = sent(server, "echo")

    assert KEY.encode() not in reply.body
    assert sample.text == "Your key is [key removed]"
    assert "The endpoint sent the key back; it was taken out." in sample.flags

"""From door to door: what goes out to a server of this dialect, and what comes back."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lib.domain.configuration import Endpoint
from lib.domain.errors import CallError, KeyRefused, RateLimited, Refused, Transient, Unreadable
from lib.domain.vocabulary import Request, Sample, Usage
from lib.providers.registry import open_provider
from tests.providers.making import KEY
from tests.providers.openai_responses.making import slot
from tests.providers.openai_responses.server import good, refusal
from tests.providers.player import Got, Play, Player, stream_play


def called(
    answer: Play | Callable[[Got], Play], *, deadline_s: float = 5, **settings: Any
) -> tuple[Sample, Request, list[Got]]:
    """The sample that a call brings, the request, and what the server got."""
    with Player(answer) as server:
        endpoint = Endpoint(name="mine", dialect="openai-responses", base_url=f"{server.url}/v1")

        async def call() -> tuple[Sample, Request]:
            provider = await open_provider(endpoint, key=KEY, at_once=2, home=Path("unused"))
            try:
                asked = slot(endpoint=endpoint, **settings)
                request = provider.build(asked)
                reply = await provider.send(request, deadline_s=deadline_s)
                return provider.read(asked, reply), request
            finally:
                await provider.close()

        sample, request = asyncio.run(call())
        return sample, request, server.got


def failed(told: Play, **more: Any) -> CallError:
    with pytest.raises(CallError) as error:
        called(told, **more)
    return error.value


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


@pytest.mark.parametrize(
    ("told", "kind", "code"),
    [
        (refusal(400, "No.", param="temperature"), Refused, "refused_setting"),
        (refusal(400, "Too long.", code="context_length_exceeded"), Refused, "context_too_long"),
        (refusal(401, "Wrong key.", code="invalid_api_key"), KeyRefused, "bad_key"),
        (refusal(403, "Not yours."), Refused, "forbidden"),
        (
            refusal(404, "The model 'x' does not exist", code="model_not_found"),
            Refused,
            "not_found",
        ),
        (refusal(429, "Slow down.", retry_after="7"), RateLimited, "rate_limited"),
        (refusal(429, "Pay.", code="insufficient_quota"), KeyRefused, "no_credit"),
        (refusal(500, "Oh.", kind="server_error"), Transient, "server_error"),
        (refusal(529, "Oh."), Transient, "overloaded"),
        (Play(b"<html>Log in", headers={"content-type": "text/html"}), Unreadable, "malformed"),
        (Play(b"", 302, {"location": "http://127.0.0.1:9/"}), Refused, "redirected"),
        (Play(b'{"id": "resp_1"', cut=True), Transient, "connection"),
        (Play(b'{"id": "resp_1"'), Unreadable, "malformed"),
    ],
)
def test_what_is_no_answer_is_an_error_of_its_kind(
    told: Play, kind: type[CallError], code: str
) -> None:
    error = failed(told, temperature=0.5)

    assert type(error) is kind
    assert error.code == code
    assert KEY not in str(error)


def test_a_wait_that_the_api_names_is_kept() -> None:
    error = failed(refusal(429, "Slow down.", retry_after="7"))

    assert isinstance(error, RateLimited)
    assert error.retry_after_s == 7


def test_a_stream_that_is_cut_is_no_answer() -> None:
    def cut(got: Got) -> Play:
        body = good(got).body
        return stream_play(body[: body.index(b"event: response.completed")])

    with pytest.raises(Unreadable) as error:
        called(cut, stream=True)

    assert str(error.value) == "The stream ended before its last piece."


def test_a_call_ends_at_its_deadline() -> None:
    error = failed(Play(held=True), deadline_s=0.2)

    assert (type(error), error.code) == (Transient, "timeout")

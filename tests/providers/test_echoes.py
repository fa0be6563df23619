"""A key that comes back in a reply: not even in pieces does it stay."""

from __future__ import annotations

import asyncio
import json

import httpx2
import pytest

from lib.domain.errors import Unreadable
from lib.domain.vocabulary import Reply
from lib.providers import wire
from lib.providers.echoes import GONE, without_echo
from lib.providers.registry import dialect
from tests.providers.making import KEY, MINE, answer, choice, reply, slot

HALF = len(KEY) // 2


def streamed(*pieces: str, field: str = "content") -> bytes:
    events = [{"choices": [{"index": 0, "delta": {field: each}}]} for each in pieces]
    events.append({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    told = [f"data: {json.dumps(each)}\n\n" for each in events]
    return "".join([*told, "data: [DONE]\n\n"]).encode()


def escaped(text: str) -> str:
    return "".join(f"\\u{ord(each):04x}" for each in text)


@pytest.mark.parametrize(
    "body",
    [
        streamed("It is ", KEY[:HALF], KEY[HALF:]),
        streamed(*KEY),
        streamed(*KEY, field="reasoning_content"),
        json.dumps(answer(choices=[choice()])).replace("Apple", escaped(KEY)).encode(),
        json.dumps(answer()).replace("Apple", escaped(KEY[:3]) + KEY[3:]).encode(),
    ],
)
def test_a_key_that_no_byte_shows_whole_takes_the_answer_with_it(body: bytes) -> None:
    assert KEY.encode() not in body

    found = without_echo(reply(body), [KEY])

    assert (found.body, found.redacted) == (GONE, True)
    with pytest.raises(Unreadable, match="sent the key back in pieces") as told:
        dialect(MINE).read(slot(stream=True), found)
    assert not told.value.wrong_place


def with_tokens(text: str, *tokens: str) -> bytes:
    positions = [
        {"token": each, "bytes": [*each.encode()], "logprob": -0.1, "top_logprobs": []}
        for each in tokens
    ]
    said = {"role": "assistant", "content": text}
    return json.dumps(
        answer(choices=[choice(message=said, logprobs={"content": positions})])
    ).encode()


@pytest.mark.parametrize(
    "body",
    [
        with_tokens(f"It is {KEY}", "It is ", KEY[:HALF], KEY[HALF:]),
        with_tokens(f"It is {KEY}", "It is ", *KEY),
        json.dumps(answer(x=KEY, logprobs={"tokens": ["It is ", KEY[:HALF], KEY[HALF:]]})).encode(),
        json.dumps({"x": KEY, "parts": [{"text": KEY[:3]}, {"text": KEY[3:]}]}).encode(),
    ],
)
def test_a_key_in_the_tokens_of_a_whole_answer_takes_that_with_it(body: bytes) -> None:
    found = without_echo(reply(body), [KEY])

    assert (found.body, found.redacted) == (GONE, True)


def test_tokens_that_say_no_key_stay() -> None:
    body = with_tokens(f"It is {KEY}", "It is ", "Apple")

    found = without_echo(reply(body), [KEY])

    assert found.redacted
    assert b"Apple" in found.body
    assert b"[key removed]" in found.body


@pytest.mark.parametrize(
    "body",
    [
        streamed("It is ", "sk-", "Apple"),
        streamed("A") + b"data: {cut",
        b"data: nonsense\n\ndata: {}\n\n",
        b'{"a": "\\u00e9"',
        b"\xff\\u00",
        b"[" * 5_000 + b"\\u00",
    ],
)
def test_what_holds_no_key_stays_as_it_is(body: bytes) -> None:
    assert without_echo(reply(body), [KEY]) == reply(body)


def test_a_key_in_one_piece_is_taken_out_and_the_rest_stays() -> None:
    found = without_echo(reply(streamed("It is ", KEY)), [KEY])

    assert found.body == streamed("It is ", "[key removed]")
    assert found.redacted
    assert dialect(MINE).read(slot(stream=True), found).text == "It is [key removed]"


@pytest.mark.parametrize("filling", [0, wire.LARGE])
def test_no_reply_comes_off_the_wire_with_a_key_in_pieces(filling: int) -> None:
    async def send() -> Reply:
        async def call() -> httpx2.Response:
            return httpx2.Response(200, content=streamed("a" * filling, *KEY))

        return await wire.reply(call(), deadline_s=5, secrets=[KEY])

    assert asyncio.run(send()).body == GONE

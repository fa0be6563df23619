"""Every fault, once in each dialect: a sample, or an error of the right class, with one request.

What a dialect can't have is left out by name, with the reason beside it: `lacks` of its language in
tests/faulty. Faults of the connection are played in all four too: the clients differ.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from lib.domain.configuration import DIALECTS, Dialect, Endpoint
from lib.domain.errors import CallError, RateLimited, Refused, Transient, Unreadable
from lib.domain.vocabulary import Reply, Sample, Slot
from lib.providers.base import Provider
from lib.providers.registry import open_provider
from tests.faulty import FaultyServer, Received, faults
from tests.faulty.languages import LANGUAGES
from tests.faulty.server import refused_url
from tests.providers.fault_ends import PLAIN, ends
from tests.providers.making import KEY, slot

DEADLINE_S = 0.4
SLOW = {"hang", "slow_headers", "slow_body"}
per_dialect = pytest.mark.parametrize("dialect", DIALECTS)


def per_fault(*named: str) -> pytest.MarkDecorator:
    """Over every dialect, and those of these faults that it can have."""
    return pytest.mark.parametrize(
        ("dialect", "fault"),
        [
            (dialect, fault)
            for dialect in DIALECTS
            for fault in named
            if fault.partition(":")[0] in faults.names(dialect)
        ],
    )


@dataclass(frozen=True)
class Ended:
    """What came of one call."""

    result: Sample | CallError
    reply: Reply | None
    seconds: float


@pytest.fixture(scope="module")
def server() -> Iterator[FaultyServer]:
    with FaultyServer() as running:
        yield running


def _deadline_s(fault: str) -> float:
    """Short only where it will be met: this machine may be busy."""
    return DEADLINE_S if fault in SLOW else 20.0


def _asked(dialect: Dialect, fault: str, model: str = "some-model") -> Slot:
    """A slot that asks for what the fault is about: a stream, log probabilities."""
    settings: dict[str, Any] = {"temperature": 0.5, "max_tokens": 60}
    if fault.startswith("sse_") and fault != "sse_unasked":
        settings["stream"] = True
    if fault.endswith("_logprobs"):
        settings["logprobs"] = 2
    if fault == "400_both":
        settings["top_p"] = 0.9
    endpoint = Endpoint(name="mine", dialect=dialect, base_url="http://127.0.0.1:9")
    return slot(endpoint=endpoint, model=model, **settings)


async def _opened(url: str, dialect: Dialect) -> Provider:
    endpoint = Endpoint(name="mine", dialect=dialect, base_url=url)
    return await open_provider(endpoint, key=KEY, at_once=4, home=Path("unused"))


async def _once(provider: Provider, asked: Slot, fault: str) -> Ended:
    loop = asyncio.get_running_loop()
    start, received = loop.time(), None
    try:
        received = await provider.send(provider.build(asked), deadline_s=_deadline_s(fault))
        result: Sample | CallError = provider.read(asked, received)
    except CallError as error:
        result = error
    return Ended(result, received, loop.time() - start)


def ask(server: FaultyServer, fault: str, dialect: Dialect = "openai") -> Ended:
    """Ask once."""
    return asyncio.run(_alone(server, fault, dialect))


async def _alone(
    server: FaultyServer, fault: str, dialect: Dialect, *, asked: Slot | None = None
) -> Ended:
    """One call by a provider of its own."""
    provider = await _opened(server.url(fault, dialect=dialect), dialect)
    try:
        return await _once(provider, asked or _asked(dialect, fault.partition(":")[0]), fault)
    finally:
        await provider.close()


@per_dialect
def test_every_fault_has_its_expected_end_or_the_reason_why_it_can_not_be(dialect: Dialect) -> None:
    played, lacks = faults.names(dialect), LANGUAGES[dialect].lacks

    assert sorted([*played, *lacks]) == list(faults.EVERY)
    assert set(faults.EVERY) == ends(dialect).keys()
    assert all(len(why.split()) > 3 for why in lacks.values())


async def _each(server: FaultyServer, dialect: Dialect) -> dict[str, Ended]:
    """Every fault once; those that meet their deadline meet it together."""
    played = faults.names(dialect)
    ended = {each: await _alone(server, each, dialect) for each in played if each not in SLOW}
    slow = [each for each in played if each in SLOW]
    together = await asyncio.gather(*(_alone(server, each, dialect) for each in slow))
    return ended | dict(zip(slow, together, strict=True))


def _end(ended: Ended, fault: str) -> tuple[object, str]:
    """What it came to, as `ends` has it."""
    if not isinstance(ended.result, Sample):
        return type(ended.result), ended.result.code
    found = (ended.result.outcome, ended.result.text)
    return PLAIN if fault == "echo_headers" else found


def _sentences(ended: Ended) -> tuple[str, ...]:
    return ended.result.flags if isinstance(ended.result, Sample) else (ended.result.says,)


def _keeps_what_came(ended: Ended, received: Received, fault: str) -> bool:
    """To the last invalid byte."""
    if ended.reply is None or ended.reply.redacted or "gzip" in fault:
        return True
    return hashlib.sha256(ended.reply.body).hexdigest() == received.sent_sha256


@per_dialect
def test_every_fault_ends_in_a_row_a_class_and_a_sentence(
    server: FaultyServer, dialect: Dialect
) -> None:
    before = len(server.requests)

    ended = asyncio.run(_each(server, dialect))

    came = server.requests[before:]
    assert sorted(each.fault for each in came) == sorted(ended)  # one request each
    assert {each.key for each in came} == {KEY}
    assert {each: _end(ended[each], each) for each in ended} == {
        each: ends(dialect)[each] for each in ended
    }
    assert [each for each in ended if ended[each].seconds >= _deadline_s(each) + 1] == []
    by_fault = {each.fault: each for each in came}
    assert [e for e in ended if not _keeps_what_came(ended[e], by_fault[e], e)] == []
    assert [e for e in ended if not all(s.endswith(".") for s in _sentences(ended[e]))] == []


STATUSES = ("400_param", "401", "403", "429_none", "500", "503", "529")


@per_dialect
def test_a_refusal_is_the_same_where_a_stream_was_asked_for(
    server: FaultyServer, dialect: Dialect
) -> None:
    stream = _asked(dialect, "sse_ok")

    async def each() -> list[Ended]:
        return [await _alone(server, fault, dialect, asked=stream) for fault in STATUSES]

    found = dict(zip(STATUSES, asyncio.run(each()), strict=True))

    assert {fault: _end(ended, fault) for fault, ended in found.items()} == {
        fault: ends(dialect)[fault] for fault in STATUSES
    }


@per_fault("hang", "reset_body")
def test_what_may_have_been_answered_may_have_been_billed(
    server: FaultyServer, dialect: Dialect, fault: str
) -> None:
    error = ask(server, fault, dialect).result

    assert isinstance(error, Transient)
    assert error.maybe_billed


@per_dialect
def test_a_web_page_is_the_answer_of_a_wrong_place(server: FaultyServer, dialect: Dialect) -> None:
    error = ask(server, "html_200", dialect).result

    assert isinstance(error, Unreadable)
    assert error.wrong_place


@per_dialect
def test_a_good_answer_is_the_same_whole_and_streamed(
    server: FaultyServer, dialect: Dialect
) -> None:
    server.answer = "A pear, not an apple"

    async def both() -> list[Sample | CallError]:
        provider = await _opened(server.url("ok", dialect=dialect), dialect)
        asked = [_asked(dialect, fault) for fault in ("ok", "sse_ok")]
        found = [(await _once(provider, each, "ok")).result for each in asked]
        await provider.close()
        return found

    try:
        whole, streamed = asyncio.run(both())
    finally:
        server.answer = "Apple"

    assert isinstance(whole, Sample)
    assert isinstance(streamed, Sample)
    assert (whole.text, whole.finish_reason) == ("A pear, not an apple", "stop")
    assert (streamed.text, streamed.finish_reason) == (whole.text, "stop")
    assert streamed.usage == whole.usage
    assert whole.usage.output_tokens == 5
    assert streamed.first_text_s is not None
    assert (whole.flags, streamed.flags) == ((), ())


WAITS_S = {
    "429_seconds:7": 7.0,
    "429_date:9": pytest.approx(9.0, abs=1.5),
    "429_ms:250": 0.25,
    "429_long": 3600.0,
    "429_delay": 2.0,
    "429_none": 0.0,
    "429_garbage": 0.0,
    "429_negative": 0.0,
    "503_retry": 1.0,
}


@per_fault(*WAITS_S)
def test_the_wait_that_is_asked_for_is_known(
    server: FaultyServer, dialect: Dialect, fault: str
) -> None:
    error = ask(server, fault, dialect).result

    assert isinstance(error, Transient)
    assert isinstance(error, RateLimited) == fault.startswith("429")
    assert error.retry_after_s == WAITS_S[fault]


@per_fault("400_param", "400_value", "400_null_code", "400_both")
def test_a_refused_setting_is_told_by_its_own_name(
    server: FaultyServer, dialect: Dialect, fault: str
) -> None:
    error = ask(server, fault, dialect).result

    assert isinstance(error, Refused)
    assert error.setting is not None
    name = "max_tokens" if fault == "400_param" and "openai" in dialect else "temperature"
    assert f"some-model at mine doesn't take {name} = " in error.says


@per_fault("401_echo_key", "echo_headers", "param_echo_key")
def test_an_echoed_key_is_in_no_byte_that_is_kept_and_in_no_sentence(
    server: FaultyServer, dialect: Dialect, fault: str
) -> None:
    ended = ask(server, fault, dialect)

    holding = [name for name, value in server.requests[-1].headers.items() if KEY in value]
    assert holding == [LANGUAGES[dialect].key_header]
    assert ended.reply is not None
    assert ended.reply.redacted
    assert KEY.encode() not in ended.reply.body
    assert KEY not in repr(ended)


@per_fault("bad_status_line", "bad_header")
def test_no_exception_holds_what_a_broken_head_echoed(
    server: FaultyServer, dialect: Dialect, fault: str
) -> None:
    error = ask(server, fault, dialect).result

    seen: BaseException | None = error if isinstance(error, BaseException) else None
    assert seen is not None
    assert seen.__cause__ is None
    assert seen.__suppress_context__
    assert KEY not in f"{seen} {seen!r} {seen.args}"


@per_fault("redirect_host", "redirect_302", "redirect_loop")
def test_no_redirect_is_followed_and_the_other_host_gets_no_key(
    server: FaultyServer, dialect: Dialect, fault: str
) -> None:
    before = len(server.requests)

    ended = ask(server, fault, dialect)

    assert isinstance(ended.result, Refused)
    assert server.evil_hits == []
    assert len(server.requests) == before + 1
    if fault != "redirect_loop":
        assert str(ended.result).startswith(f"mine redirects to {server.evil}: nothing was sent")


@per_dialect
def test_where_nothing_listens_it_is_said_and_nothing_can_have_been_billed(
    dialect: Dialect,
) -> None:
    url = refused_url()

    async def call() -> CallError:
        provider = await _opened(url, dialect)
        try:
            with pytest.raises(CallError) as error:
                await provider.send(provider.build(_asked(dialect, "ok")), deadline_s=20)
        finally:
            await provider.close()
        return error.value

    error = asyncio.run(call())

    assert (type(error), error.code, error.maybe_billed) == (Transient, "connection", False)
    assert str(error) == (
        f"Nothing listens at {url.removesuffix('/v1')}. "
        "Is the server started, and the base URL right?"
    )


@per_dialect
def test_a_worker_goes_on_after_every_fault(server: FaultyServer, dialect: Dialect) -> None:
    """One provider meets them one after the other; its connections are shared by all."""
    names = [name for name in faults.names(dialect) if name not in {"huge", "gzip_bomb", *SLOW}]

    async def all_of_them() -> list[Ended]:
        provider = await _opened(server.url(dialect=dialect), dialect)
        ended = [await _once(provider, _asked(dialect, n, model=n), n) for n in (*names, "hang")]
        ended.append(await _once(provider, _asked(dialect, "ok"), "ok"))
        await provider.close()
        return ended

    *_, last = asyncio.run(all_of_them())

    assert isinstance(last.result, Sample)
    assert (last.result.outcome, last.result.text) == PLAIN

"""The seam to the network: one deadline, bounded memory, no cookie, nothing of the environment."""

from __future__ import annotations

import asyncio
import hashlib
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator

import pytest

from lib.domain.errors import CallError, Unreadable
from lib.domain.message import Message
from lib.domain.vocabulary import Reply
from lib.providers.transport import MOST_BYTES
from tests.faulty import FaultyServer
from tests.providers.making import KEY, opened, slot


@pytest.fixture(scope="module")
def server() -> Iterator[FaultyServer]:
    with FaultyServer() as running:
        yield running


def sent(
    url: str,
    *messages: Message,
    times: int = 1,
    deadline_s: float = 5,
    stream: bool | None = None,
) -> list[Reply]:
    async def send() -> list[Reply]:
        provider = await opened(url)
        try:
            request = provider.build(slot(*messages, stream=stream))
            return [await provider.send(request, deadline_s=deadline_s) for _ in range(times)]
        finally:
            await provider.close()

    return asyncio.run(send())


def test_the_bytes_that_are_stored_are_the_bytes_that_went_out(server: FaultyServer) -> None:
    message = Message("user", "“é” \U0001f34e \u202e \x00 " + "a" * 100_000)

    sent(server.url("ok"), message)

    async def build() -> bytes:
        provider = await opened(server.url("ok"))
        await provider.close()
        return provider.build(slot(message)).body

    assert server.requests[-1].body == asyncio.run(build())
    assert server.requests[-1].sha256 == hashlib.sha256(asyncio.run(build())).hexdigest()


def test_latency_is_from_sending_to_the_last_byte() -> None:
    with FaultyServer(latency_s=0.2) as slow:
        [reply] = sent(slow.url("ok"))

    assert 0.2 <= reply.seconds < 2


@pytest.fixture
def other_process() -> Iterator[str]:
    """The address of a server whose memory is not that of the tests."""
    program = [sys.executable, "-m", "tests.faulty"]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as running:
        assert running.stdout is not None
        yield running.stdout.readline().decode().strip().removesuffix("/v1")
        running.communicate()


@pytest.mark.parametrize("fault", ["huge:40", "gzip_bomb:200"])
def test_a_hostile_answer_takes_little_more_memory_than_the_bound(
    other_process: str, fault: str
) -> None:
    tracemalloc.start()
    with pytest.raises(Unreadable) as error:
        sent(f"{other_process}/fault/{fault}/v1", deadline_s=20)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert error.value.code == "too_large"
    assert peak < 3 * MOST_BYTES


def test_an_answer_just_below_the_bound_is_taken(server: FaultyServer) -> None:
    [reply] = sent(server.url("huge:7"))

    assert 7 * 2**20 < len(reply.body) < MOST_BYTES


def test_the_deadline_is_for_the_whole_call_even_if_bytes_keep_coming(
    server: FaultyServer,
) -> None:
    with pytest.raises(CallError) as error:
        sent(server.url("slow_body:0.05"), deadline_s=0.4)

    assert (error.value.code, error.value.maybe_billed) == ("timeout", True)
    assert str(error.value) == (
        "No whole answer came within 0.4 s. Lower max_tokens, or allow more time."
    )


def test_a_call_can_be_cancelled_and_is_then_gone_from_the_server(server: FaultyServer) -> None:
    async def cancel() -> None:
        provider = await opened(server.url("hang"))
        call = asyncio.create_task(provider.send(provider.build(slot()), deadline_s=60))
        before = len(server.requests)
        async with asyncio.timeout(5):
            while len(server.requests) == before:
                await asyncio.sleep(0)
            call.cancel()
            while server.in_flight:
                await asyncio.sleep(0)
        assert call.cancelled() or call.cancelling()
        await asyncio.gather(call, return_exceptions=True)
        await provider.close()

    asyncio.run(cancel())


def test_no_cookie_goes_from_one_call_to_the_next(server: FaultyServer) -> None:
    url = server.url("set_cookie").replace("127.0.0.1", "localhost")

    replies = sent(url, times=2)

    assert "cookie" not in server.requests[-1].headers
    assert all("set-cookie" not in reply.headers for reply in replies)
    assert all("org-secret" not in repr(reply.headers) for reply in replies)


def test_nothing_leaves_but_what_the_call_needs(
    server: FaultyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-the-environment")
    monkeypatch.setenv("OPENAI_ADMIN_KEY", "sk-of-the-admin")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-secret")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "proj-secret")
    names = ("x-secret", "authorization", "content-type", "user-agent", "accept")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "\n".join(f"{name}: other" for name in names))
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")

    sent(server.url("ok"))

    headers = server.requests[-1].headers
    assert headers.keys() == {
        *("host", "accept", "accept-encoding", "authorization", "content-type"),
        *("content-length", "user-agent"),
    }
    assert headers["authorization"] == f"Bearer {KEY}"
    assert headers["accept-encoding"] == "identity"
    assert "other" not in headers.values()


def test_without_a_key_none_is_looked_for(
    server: FaultyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-the-environment")

    async def send() -> None:
        provider = await opened(server.url("ok"), key=None)
        await provider.send(provider.build(slot()), deadline_s=5)
        await provider.close()

    asyncio.run(send())

    assert server.requests[-1].authorization == "Bearer none"


def test_a_netrc_does_not_replace_the_key(
    server: FaultyServer, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    netrc = tmp_path_factory.mktemp("home") / "netrc"
    netrc.write_text("machine 127.0.0.1 login you password sk-of-netrc\n")
    monkeypatch.setenv("NETRC", str(netrc))

    sent(server.url("ok"))

    assert server.requests[-1].authorization == f"Bearer {KEY}"


def test_a_connection_is_used_again_but_not_after_a_stream(server: FaultyServer) -> None:
    """llama.cpp promises to keep a connection, and closes it after a stream."""
    assert len(sent(server.url("promise_keep_alive"), times=5, stream=True)) == 5

    before = server.connections
    sent(server.url("ok"), times=5)
    assert server.connections == before + 1


def test_many_calls_at_once_are_each_answered_once() -> None:
    with FaultyServer(lambda asked, number: f"answer {number}", latency_s=0.05) as server:

        async def send() -> list[str]:
            provider = await opened(server.url("ok"), at_once=30)
            asked = slot()
            request = provider.build(asked)
            replies = await asyncio.gather(
                *(provider.send(request, deadline_s=20) for _ in range(120))
            )
            await provider.close()
            return [provider.read(asked, reply).text for reply in replies]

        texts = asyncio.run(send())

        assert len(set(texts)) == len(server.requests) == 120
        assert 20 <= server.max_in_flight <= 30


def test_the_time_to_the_first_text_of_a_stream_is_known(server: FaultyServer) -> None:
    [whole] = sent(server.url("ok"))
    [streamed] = sent(server.url("ok"), stream=True)

    assert whole.first_text_s is None
    assert streamed.first_text_s is not None
    assert 0 < streamed.first_text_s <= streamed.seconds

"""Clients that only ask, each in a process of its own: what the lab's calls are compared with."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import Awaitable, Callable, Iterator
from urllib.parse import urlsplit

from benchmarks.process import Clock
from benchmarks.sdks import Bare, bare
from lib.domain.configuration import DIALECTS, Dialect

PATH = "/chat/completions"
Work = Callable[[str, bytes, int, int, Clock], Awaitable[None]]
"""URL, body, calls, how many at once, and the clock to tell."""


async def sockets(url: str, body: bytes, calls: int, at_once: int, clock: Clock) -> None:
    """Nothing but sockets: what the endpoint, the kernel and the event loop take."""
    loop, where = asyncio.get_running_loop(), urlsplit(url)
    head = f"POST {where.path}{PATH} HTTP/1.1\r\nhost: {where.netloc}\r\n"
    request = f"{head}content-length: {len(body)}\r\n\r\n".encode() + body
    left = iter(range(calls))

    async def work() -> None:
        with socket.socket() as connection:
            connection.setblocking(False)
            await loop.sock_connect(connection, (where.hostname, where.port))
            for _ in left:
                await loop.sock_sendall(connection, request)
                await _whole_answer(loop, connection)

    clock.ready()
    await _together(work, at_once)
    clock.done()


async def _whole_answer(loop: asyncio.AbstractEventLoop, connection: socket.socket) -> None:
    heard = await loop.sock_recv(connection, 65_536)
    head, _, rest = heard.partition(b"\r\n\r\n")
    missing = int(head.rpartition(b"content-length: ")[2].split(b"\r\n")[0]) - len(rest)
    while missing > 0:
        missing -= len(await loop.sock_recv(connection, 65_536))


def sdk(dialect: Dialect) -> Work:
    """A vendor's SDK, bare, over its own transport."""

    async def work(url: str, body: bytes, calls: int, at_once: int, clock: Clock) -> None:
        await _by(bare(dialect, url, body, at_once), calls, at_once, clock)

    return work


async def transport(url: str, body: bytes, calls: int, at_once: int, clock: Clock) -> None:
    """OpenAI's SDK, bare, over the lab's transport."""
    from lib.providers import wire

    await _by(
        bare("openai", url, body, at_once, wire.client(at_once=at_once)), calls, at_once, clock
    )


async def _by(sdk: Bare, calls: int, at_once: int, clock: Clock) -> None:
    left = iter(range(calls))

    async def work() -> None:
        for _ in left:
            await sdk.call()

    clock.ready()
    await _together(work, at_once)
    clock.done()
    await sdk.close()


async def _together(work: Callable[[], Awaitable[None]], at_once: int) -> None:
    await asyncio.gather(*(work() for _ in range(at_once)))


CLIENTS: dict[str, Work] = {
    "sockets": sockets,
    "transport": transport,
    **{dialect: sdk(dialect) for dialect in DIALECTS},
}


def main(words: Iterator[str]) -> None:
    """Spawned as: when, which client, where, what, how many, how many at once."""
    clock, work = Clock(float(next(words))), CLIENTS[next(words)]
    url, body, calls, at_once = next(words), next(words).encode(), int(next(words)), next(words)
    asyncio.run(_run(work, url, body, calls, int(at_once), clock))
    clock.tell()


async def _run(work: Work, url: str, body: bytes, calls: int, at_once: int, clock: Clock) -> None:
    await work(url, body, calls, at_once, clock)


if __name__ == "__main__":
    main(iter(sys.argv[1:]))

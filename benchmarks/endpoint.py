"""An endpoint that answers every call after a fixed time, in a process of its own.

It speaks as much of each dialect as a client needs, over connections that are kept, and does as
little as it can: a benchmark that asks it measures the client. `calls` shows what raw sockets get
out of it, which is the floor of everything else.
"""

from __future__ import annotations

import asyncio
import gc
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.request import urlopen

from benchmarks.bodies import ANSWERS, bodies
from lib.domain.configuration import DIALECTS, Dialect

LATENCY_S = 0.2


@contextmanager
def running(latency_s: float = LATENCY_S) -> Iterator[str]:
    """The base URL of an endpoint that is there until the end of the block."""
    command = [sys.executable, "-m", "benchmarks.endpoint", str(latency_s)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as it:
        assert it.stdout is not None  # noqa: S101 - we asked for a pipe
        yield it.stdout.readline().strip()
        it.communicate()  # closes its stdin: it ends


def base_url(url: str, dialect: Dialect) -> str:
    """What its clients call the base URL: Anthropic's write the version into each path."""
    return url.removesuffix("/v1") if dialect == "anthropic" else url


def counted(url: str) -> tuple[int, int]:
    """Calls since this was asked last, and how many of them were under way together at most."""
    with urlopen(f"{url}/counted") as answer:  # noqa: S310 - our own address
        calls, at_once = json.load(answer)
    return int(calls), int(at_once)


def ensure_counted(who: str, url: str, calls: int, at_once: int) -> None:
    """No figure of a client that asked more, less, or more at once than it was told."""
    made, together = counted(url)
    if made != calls or together > at_once:
        sys.exit(f"{who} made {made} calls, {together} at once, not {calls} and {at_once}.")


class _Served:
    """What all connections share."""

    def __init__(self, latency_s: float) -> None:
        self.latency_s = latency_s
        self.answers = {each: [_packet(body) for body in bodies(each)] for each in DIALECTS}
        self.calls = self.in_flight = self.most = 0

    def begun(self, dialect: Dialect) -> bytes:
        """Count a call; returns its answer."""
        self.calls += 1
        self.in_flight += 1
        self.most = max(self.most, self.in_flight)
        return self.answers[dialect][self.calls % ANSWERS]

    def report(self) -> bytes:
        """The counts, which begin anew."""
        said = json.dumps([self.calls, self.most]).encode()
        self.calls = self.most = 0
        return _packet(said)


class _Connection(asyncio.Protocol):
    """One connection: a request, its answer, the next request."""

    def __init__(self, served: _Served) -> None:
        self._served, self._heard = served, b""
        self._loop = asyncio.get_running_loop()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._heard += data
        head, ended, rest = self._heard.partition(b"\r\n\r\n")
        if not ended or len(rest) < _length(head):
            return
        self._heard = b""
        if head.startswith(b"GET"):
            self._write(self._served.report())
        else:
            packet = self._served.begun(_dialect(head))
            self._loop.call_later(self._served.latency_s, self._answer, packet)

    def _answer(self, packet: bytes) -> None:
        self._served.in_flight -= 1
        self._write(packet)

    def _write(self, packet: bytes) -> None:
        assert isinstance(self._transport, asyncio.WriteTransport)  # noqa: S101 - of a socket
        self._transport.write(packet)


def _length(head: bytes) -> int:
    """Of a request's body. All clients here say it: none sends pieces."""
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


def _dialect(head: bytes) -> Dialect:
    """Of a request, by its path."""
    path = head.split(b" ", 2)[1]
    for ending, dialect in _PATHS.items():
        if path.endswith(ending):
            return dialect
    raise ValueError(path)


_PATHS: dict[bytes, Dialect] = {
    b"/chat/completions": "openai",
    b"/responses": "openai-responses",
    b"/messages": "anthropic",
    b":generateContent": "gemini",
}


def _packet(body: bytes) -> bytes:
    head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nx-request-id: req_benchmark\r\n"
    return f"{head}content-length: {len(body)}\r\n\r\n".encode() + body


async def _serve(latency_s: float) -> None:
    loop, served = asyncio.get_running_loop(), _Served(latency_s)
    server = await loop.create_server(lambda: _Connection(served), "127.0.0.1", 0, backlog=1024)
    port = server.sockets[0].getsockname()[1]
    gc.freeze()
    gc.disable()  # a collection would be a delay that no client is guilty of
    print(f"http://127.0.0.1:{port}/v1", flush=True)
    await loop.run_in_executor(None, sys.stdin.read)  # until whoever started it is done, or dead


if __name__ == "__main__":
    asyncio.run(_serve(float(sys.argv[1])))

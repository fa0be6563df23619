"""An endpoint that answers every call after a fixed time, in a process of its own.

It speaks as much of the OpenAI chat dialect as a client needs, over connections that are kept, and
does as little as it can: a benchmark that asks it measures the client. `calls` shows what raw
sockets get out of it, which is the floor of everything else.
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

from benchmarks.made import MODEL, texts

LATENCY_S = 0.2
BODY_BYTES = 2_048
_ANSWERS = 64
"""Different ones, given in turn."""


@contextmanager
def running(latency_s: float = LATENCY_S) -> Iterator[str]:
    """The base URL of an endpoint that is there until the end of the block."""
    command = [sys.executable, "-m", "benchmarks.endpoint", str(latency_s)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as it:
        assert it.stdout is not None  # noqa: S101 - we asked for a pipe
        yield it.stdout.readline().strip()
        it.communicate()  # closes its stdin: it ends


def counted(url: str) -> tuple[int, int]:
    """Calls since this was asked last, and how many of them were under way together at most."""
    with urlopen(f"{url}/counted") as answer:  # noqa: S310 - our own address
        calls, at_once = json.load(answer)
    return int(calls), int(at_once)


class _Served:
    """What all connections share."""

    def __init__(self, latency_s: float) -> None:
        self.latency_s = latency_s
        self.answers = [_packet(body) for body in bodies()]
        self.calls = self.in_flight = self.most = 0

    def begun(self) -> bytes:
        """Count a call; returns its answer."""
        self.calls += 1
        self.in_flight += 1
        self.most = max(self.most, self.in_flight)
        return self.answers[self.calls % _ANSWERS]

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
            self._loop.call_later(self._served.latency_s, self._answer, self._served.begun())

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


def _packet(body: bytes) -> bytes:
    head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nx-request-id: req_benchmark\r\n"
    return f"{head}content-length: {len(body)}\r\n\r\n".encode() + body


def bodies() -> list[bytes]:
    """Chat completions of about `BODY_BYTES`."""
    return [
        json.dumps(_completion(place, text)).encode()
        for place, text in enumerate(texts(_ANSWERS, tokens=250, seed=1))
    ]


def _completion(place: int, text: str) -> dict[str, object]:
    content = text[: BODY_BYTES - 640]
    return {
        "id": f"chatcmpl-benchmark{place:05}",
        "object": "chat.completion",
        "created": 1_790_000_000,
        "model": MODEL,
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": content, "refusal": None},
                "logprobs": None,
                "finish_reason": "stop",
            }
        ],
        "usage": {
            "prompt_tokens": 19,
            "completion_tokens": 240,
            "total_tokens": 259,
            "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
            "completion_tokens_details": {
                "reasoning_tokens": 0,
                "audio_tokens": 0,
                "accepted_prediction_tokens": 0,
                "rejected_prediction_tokens": 0,
            },
        },
        "service_tier": "default",
        "system_fingerprint": "fp_benchmark",
    }


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

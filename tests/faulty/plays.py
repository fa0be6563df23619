"""The faults of the connection itself: what is written to the socket, and when it is closed."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable, Mapping

from tests.faulty.scene import Scene, as_json
from tests.faulty.streams import Stream, begun

Wire = asyncio.StreamWriter
Act = Callable[[Wire, Scene], Awaitable[None]]
"""Plays on the wire. Before it ends the body it tells the scene which one it is, for then the other
side may be gone at once. The connection is closed behind it."""

_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
_STREAM = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
)


def _body(scene: Scene) -> bytes:
    return as_json(scene.answer)


def _sized(body: bytes) -> bytes:
    return _HEAD + b"content-length: %d\r\n\r\n" % len(body)


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


def reset(writer: Wire) -> None:
    """Close with a reset in place of an orderly end."""
    writer.get_extra_info("socket").setsockopt(
        socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
    )
    writer.transport.abort()


async def _say(writer: Wire, data: bytes) -> None:
    writer.write(data)
    await writer.drain()


async def reset_headers(writer: Wire, scene: Scene) -> None:
    reset(writer)


async def close_headers(writer: Wire, scene: Scene) -> None:
    """Without a word."""


async def cut_headers(writer: Wire, scene: Scene) -> None:
    await _say(writer, _HEAD)


async def close_body(writer: Wire, scene: Scene) -> None:
    body = _body(scene)
    half = body[: len(body) // 2]
    scene.sends(half)
    await _say(writer, _sized(body) + half)


async def reset_body(writer: Wire, scene: Scene) -> None:
    await close_body(writer, scene)
    reset(writer)


async def chunk_break(writer: Wire, scene: Scene) -> None:
    half = _body(scene)[:60]
    scene.sends(half)
    await _say(writer, _HEAD + b"transfer-encoding: chunked\r\n\r\n" + chunk(half))


async def bad_chunk(writer: Wire, scene: Scene) -> None:
    await _say(writer, _HEAD + b"transfer-encoding: chunked\r\n\r\nzz\r\nnot a length\r\n")


async def bad_status_line(writer: Wire, scene: Scene) -> None:
    await _say(writer, b"SSH-2.0-OpenSSH_9.2 " + scene.key.encode() + b"\r\n\r\n")


async def bad_header(writer: Wire, scene: Scene) -> None:
    await _say(writer, b"HTTP/1.1 200 OK\r\nno colon " + scene.key.encode() + b"\r\n\r\n")


async def hang(writer: Wire, scene: Scene) -> None:
    await asyncio.sleep(float(scene.value or 3600))


async def slow_headers(writer: Wire, scene: Scene) -> None:
    await _say(writer, _HEAD)
    await hang(writer, scene)


async def slow_body(writer: Wire, scene: Scene) -> None:
    """A byte at a time, so that no timeout between two bytes is ever met."""
    body = _body(scene)
    scene.sends(body)
    await _say(writer, _sized(body))
    for at in range(len(body)):
        await _say(writer, body[at : at + 1])
        await asyncio.sleep(float(scene.value or 0.2))


async def no_length(writer: Wire, scene: Scene) -> None:
    """An old server's way to end a body: it closes the connection."""
    body = _body(scene)
    scene.sends(body)
    await _say(writer, _HEAD.replace(b"1.1", b"1.0") + b"\r\n" + body)


async def early_hints(writer: Wire, scene: Scene) -> None:
    body = _body(scene)
    scene.sends(body)
    await _say(writer, b"HTTP/1.1 103 Early Hints\r\n\r\n" + _sized(body) + body)


async def sse_break(writer: Wire, scene: Scene) -> None:
    await _stream(writer, scene, begun(scene))


def streaming(told: Stream) -> Act:
    """The act of a stream that comes to its end."""

    async def act(writer: Wire, scene: Scene) -> None:
        await _stream(writer, scene, told(scene))
        await _say(writer, b"0\r\n\r\n")

    return act


async def _stream(writer: Wire, scene: Scene, pieces: list[bytes]) -> None:
    scene.sends(b"".join(pieces))
    await _say(writer, _STREAM)
    for piece in pieces:
        await _say(writer, chunk(piece))


ACTS: Mapping[str, Act] = {
    act.__name__: act
    for act in (
        reset_headers,
        close_headers,
        cut_headers,
        reset_body,
        close_body,
        chunk_break,
        bad_chunk,
        bad_status_line,
        bad_header,
        hang,
        slow_headers,
        slow_body,
        no_length,
        early_hints,
        sse_break,
    )
}

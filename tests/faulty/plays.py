"""The faults of the connection itself: what is written to the socket, and when it is closed."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from tests.faulty.answers import events
from tests.faulty.scene import Scene, error

Wire = asyncio.StreamWriter
Act = Callable[[Wire, Scene], Awaitable[bytes]]
"""Plays on the wire and returns the body that it sent, as far as it got. Closes the connection."""

_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
_STREAM = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
)


def _body(scene: Scene) -> bytes:
    return json.dumps(scene.answer).encode()


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


async def reset_headers(writer: Wire, scene: Scene) -> bytes:
    reset(writer)
    return b""


async def close_headers(writer: Wire, scene: Scene) -> bytes:
    return b""


async def cut_headers(writer: Wire, scene: Scene) -> bytes:
    await _say(writer, _HEAD)
    return b""


async def _half(writer: Wire, scene: Scene) -> bytes:
    body = _body(scene)
    half = body[: len(body) // 2]
    await _say(writer, _sized(body) + half)
    return half


async def reset_body(writer: Wire, scene: Scene) -> bytes:
    half = await _half(writer, scene)
    reset(writer)
    return half


async def chunk_break(writer: Wire, scene: Scene) -> bytes:
    half = _body(scene)[:60]
    await _say(writer, _HEAD + b"transfer-encoding: chunked\r\n\r\n" + chunk(half))
    return half


async def bad_chunk(writer: Wire, scene: Scene) -> bytes:
    await _say(writer, _HEAD + b"transfer-encoding: chunked\r\n\r\nzz\r\nnot a length\r\n")
    return b""


async def bad_status_line(writer: Wire, scene: Scene) -> bytes:
    await _say(writer, b"SSH-2.0-OpenSSH_9.2 " + scene.key.encode() + b"\r\n\r\n")
    return b""


async def bad_header(writer: Wire, scene: Scene) -> bytes:
    await _say(writer, b"HTTP/1.1 200 OK\r\nno colon " + scene.key.encode() + b"\r\n\r\n")
    return b""


async def hang(writer: Wire, scene: Scene) -> bytes:
    await asyncio.sleep(float(scene.value or 3600))
    return b""


async def slow_headers(writer: Wire, scene: Scene) -> bytes:
    await _say(writer, _HEAD)
    return await hang(writer, scene)


async def slow_body(writer: Wire, scene: Scene) -> bytes:
    """A byte at a time, so that no timeout between two bytes is ever met."""
    body = _body(scene)
    await _say(writer, _sized(body))
    for at in range(len(body)):
        await _say(writer, body[at : at + 1])
        await asyncio.sleep(float(scene.value or 0.2))
    return body


async def no_length(writer: Wire, scene: Scene) -> bytes:
    """An old server's way to end a body: it closes the connection."""
    await _say(writer, _HEAD.replace(b"1.1", b"1.0") + b"\r\n" + _body(scene))
    return _body(scene)


async def early_hints(writer: Wire, scene: Scene) -> bytes:
    await _say(writer, b"HTTP/1.1 103 Early Hints\r\n\r\n" + _sized(_body(scene)) + _body(scene))
    return _body(scene)


async def promise_keep_alive(writer: Wire, scene: Scene) -> bytes:
    """Like llama.cpp after a stream: it says keep-alive, and closes."""
    return await _stream(writer, events(scene.answer))


async def _stream(writer: Wire, pieces: list[bytes], *, whole: bool = True) -> bytes:
    await _say(writer, _STREAM)
    for piece in pieces:
        await _say(writer, chunk(piece))
    if whole:
        await _say(writer, b"0\r\n\r\n")
    return b"".join(pieces)


async def sse_break(writer: Wire, scene: Scene) -> bytes:
    return await _stream(writer, events(scene.answer)[:2], whole=False)


async def sse_no_done(writer: Wire, scene: Scene) -> bytes:
    return await _stream(writer, events(scene.answer)[:2])


async def sse_no_finish(writer: Wire, scene: Scene) -> bytes:
    """Whole, but nobody says why it ended."""
    pieces = events(scene.answer)
    return await _stream(writer, pieces[:-3] + pieces[-2:])


async def sse_cut_event(writer: Wire, scene: Scene) -> bytes:
    pieces = events(scene.answer)
    return await _stream(writer, [*pieces[:2], pieces[2][:40]])


async def sse_error(writer: Wire, scene: Scene) -> bytes:
    broken = b"data: " + error("Something broke.", kind="oops") + b"\n\n"
    return await _stream(writer, [*events(scene.answer)[:2], broken])


async def sse_limit(writer: Wire, scene: Scene) -> bytes:
    broken = b"data: " + error("Slow down.", code="rate_limit_exceeded") + b"\n\n"
    return await _stream(writer, [broken])


async def sse_junk(writer: Wire, scene: Scene) -> bytes:
    pieces = events(scene.answer)
    return await _stream(writer, [pieces[0], b"data: {not json\n\n", *pieces[1:]])


async def sse_comments(writer: Wire, scene: Scene) -> bytes:
    """All that the standard allows: comments, other fields, other line ends."""
    pieces = [b": keep-alive\r\n\r\n", b"event: x\r\nid: 1\r\n"]
    for piece in events(scene.answer):
        pieces.append(piece.replace(b"\n", b"\r\n"))
    return await _stream(writer, pieces)


async def sse_unasked(writer: Wire, scene: Scene) -> bytes:
    return await _stream(writer, events(scene.answer))


async def sse_split_pair(writer: Wire, scene: Scene) -> bytes:
    """One character in two halves, each in an event of its own."""
    halves: list[dict[str, Any]] = [{"content": "\ud83c"}, {"content": "\udf4e"}]
    pieces = [{"choices": [{"index": 0, "delta": each}]} for each in halves]
    end = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
    written = [b"data: %b\n\n" % json.dumps(each).encode() for each in (*pieces, end)]
    return await _stream(writer, [*written, b"data: [DONE]\n\n"])


ACTS: Mapping[str, Act] = {
    act.__name__: act
    for act in (
        reset_headers,
        close_headers,
        cut_headers,
        reset_body,
        chunk_break,
        bad_chunk,
        bad_status_line,
        bad_header,
        hang,
        slow_headers,
        slow_body,
        no_length,
        early_hints,
        promise_keep_alive,
        sse_break,
        sse_no_done,
        sse_no_finish,
        sse_cut_event,
        sse_error,
        sse_limit,
        sse_junk,
        sse_comments,
        sse_unasked,
        sse_split_pair,
    )
} | {"close_body": _half}

"""One HTTP call, made once: no redirect, no retry, no cookie, and a bound on what comes back.

It lies under the SDKs' client, and is ours for four reasons. The key is put in here, so that no SDK
has it: Anthropic's writes the headers that it is given into its log. A reply is read whole in here,
so that every way to fail is met in one place and named by one table. What arrives is counted after
it was unpacked, so that 200 kB of gzip can't become 600 MB. And no cookie is kept: two calls of one
run must not know of each other.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Mapping
from typing import TypeAlias

import aiohttp
import httpx2
from yarl import URL

from lib.providers import arriving, failures, headers
from lib.providers.error_body import CUT, MOST_OF_AN_ERROR

STREAM = "text/event-stream"
"""In the `accept` header of a call whose answer is to be streamed."""
MOST_BYTES = 8 * 2**20
"""Of one reply, unpacked. The whole distribution of a vocabulary of 49,152 tokens has 4 MB."""

ARRIVALS = "arrivals"
"""In a response's extensions: when its bytes came."""
Arrival: TypeAlias = tuple[int, float]
"""How many bytes had come, unpacked, and when, by the monotonic clock."""

_CONNECT_S = 10.0
_KEEPALIVE_S = 4.0
"""Below the 5 s after which uvicorn and node close a connection that is not used."""

_SENT = frozenset(
    (
        "accept",
        "content-type",
        "user-agent",
        "anthropic-version",
    )
)
"""Of what the SDKs say only these leave. They would add the machine's description, and headers from
variables such as OPENAI_ORG_ID and OPENAI_CUSTOM_HEADERS, which they send to any base URL."""

_UNPACKABLE = frozenset({"gzip", "x-gzip", "deflate"})
_GZIP_OR_ZLIB = 47


class Transport(httpx2.AsyncBaseTransport):
    """Carries an SDK's requests by aiohttp, which holds many calls at once for little CPU.

    Args:
        at_once: how many calls are under way together at most.
        key: the header that carries the key, and what stands in it.
        proxy: the address of this system's proxy, if there is one.
    """

    def __init__(
        self, *, at_once: int, key: Mapping[str, str] | None = None, proxy: str | None = None
    ) -> None:
        self._at_once, self._key, self._proxy = at_once, dict(key or {}), proxy
        self._sessions: dict[bool, aiohttp.ClientSession] = {}  # made inside the loop's thread

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """The whole reply, unpacked, whatever its status.

        Raises:
            CallError: if no whole reply came.
        """
        # llama.cpp promises to keep a connection, and closes it after a stream: the next call on it
        # would be lost. Over https a proxy stands between, and keeps its promise.
        secure = request.url.scheme == "https"
        once = not secure and STREAM in request.headers.get("accept", "")
        arrivals: list[Arrival] = []
        try:
            reply = await self._session(secure=secure, once=once).request(
                request.method,
                URL(str(request.url), encoded=True),
                headers={
                    **{name: value for name, value in request.headers.items() if name in _SENT},
                    **self._key,
                    "Accept-Encoding": "identity",
                },
                data=request.content or None,
                allow_redirects=False,
                proxy=self._proxy,
            )
            async with reply:
                body = await _body(reply, arrivals)
        except Exception as error:
            # Not `from error`: its text may be the endpoint's, and hold the key.
            raise failures.failure(error, origin(request.url)) from None
        said = headers.kept(reply.headers.items())
        return httpx2.Response(
            reply.status,
            headers=said,
            content=body,
            request=request,
            extensions={ARRIVALS: arrivals},
        )

    async def aclose(self) -> None:
        """Close all connections."""
        for session in self._sessions.values():
            await session.close()

    def _session(self, *, secure: bool, once: bool) -> aiohttp.ClientSession:
        """Where connections are kept for the next call, or used once."""
        if once not in self._sessions:
            connector = aiohttp.TCPConnector(
                limit=self._at_once,
                force_close=once,
                keepalive_timeout=None if once else _KEEPALIVE_S,
                ssl=httpx2.create_ssl_context() if secure else True,  # takes 50 ms
            )
            self._sessions[once] = aiohttp.ClientSession(
                connector=connector,
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_S),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                trust_env=False,  # a .netrc would replace the key
                max_line_size=2**17,
                max_field_size=2**17,
                max_headers=1000,
            )
        return self._sessions[once]


def origin(url: httpx2.URL) -> str:
    """Scheme, host and port: as the user wrote them, and without anything secret."""
    return str(url.copy_with(userinfo=b"", raw_path=b"/", fragment=None)).rstrip("/")


async def _body(reply: aiohttp.ClientResponse, arrivals: list[Arrival]) -> bytes:
    whole = _Unpacked(
        reply.headers.get("content-encoding", ""), succeeded=200 <= reply.status < 300
    )
    async for piece in reply.content.iter_any():
        whole.add(piece)
        arrivals.append((whole.size, time.monotonic()))
        arriving.tell(whole.latest)
        if whole.full:
            break
    return whole.end()


class _Unpacked:
    """Bytes as they arrive, unpacked no further than the bound.

    Packed replies are not asked for, but some servers and proxies send them all the same.
    """

    def __init__(self, encodings: str, *, succeeded: bool) -> None:
        names = [name.strip().lower() for name in encodings.split(",")]
        packed = [name for name in names if name not in {"", "identity"}]
        if len(packed) > 2 or not _UNPACKABLE.issuperset(packed):
            raise failures.packed()
        self._decoders = [zlib.decompressobj(_GZIP_OR_ZLIB) for _ in packed]
        self._pieces: list[bytes] = []
        self._succeeded = succeeded
        self._most = MOST_BYTES if succeeded else MOST_OF_AN_ERROR
        self.size = 0
        self.latest = b""
        """The last piece, unpacked."""
        self.full = False
        """Whether the body of an error has grown past the bound."""

    def add(self, piece: bytes) -> None:
        for decoder in self._decoders:
            piece = decoder.decompress(piece, self._most + 1)
            self._check(len(piece))
        self.size += len(piece)
        self._check(self.size)
        self._pieces.append(piece)
        self.latest = piece

    def end(self) -> bytes:
        if self.full:
            return b"".join(self._pieces)[: self._most] + CUT
        if self.size and not all(each.eof and not each.unused_data for each in self._decoders):
            raise zlib.error  # cut off, or something behind its end
        return b"".join(self._pieces)

    def _check(self, size: int) -> None:
        if size > self._most and self._succeeded:
            raise failures.too_large(MOST_BYTES)
        self.full = self.full or size > self._most

"""Failures of the connection: every error of the HTTP libraries has its meaning."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import aiohttp
import httpx2
import pytest

from lib.domain.errors import CallError, Refused, Transient, Unreadable
from lib.providers import failures

ORIGIN = "http://127.0.0.1:9"
NOT_OURS = {
    "WSServerHandshakeError",  # no web sockets here
    "WSMessageTypeError",
    "WebSocketError",
    "BadContentDispositionHeader",  # nor files
    "BadContentDispositionParam",
    "EofStream",  # inside of aiohttp
    "SSEError",  # streams are read by `sse`
    "ClientError",  # bases
    "ClientResponseError",
    "HTTPError",
    "RequestError",
    "TransportError",
    "ProtocolError",
    "HTTPStatusError",  # a status is a reply
    "TooManyRedirects",  # none is followed
    "RedirectClientError",
    "LocalProtocolError",  # bugs of ours
    "CookieConflict",
    "StreamError",
    "StreamConsumed",
    "StreamClosed",
    "ResponseNotRead",
    "RequestNotRead",
    "HTTPXDeprecationWarning",
}


def errors_of(module: ModuleType) -> Iterator[type[BaseException]]:
    for name in dir(module):
        found = getattr(module, name)
        if isinstance(found, type) and issubclass(found, Exception) and name not in NOT_OURS:
            yield found


def made(kind: Any) -> Any:
    """One of it, without what its constructor would ask for."""
    return kind.__new__(kind)


@pytest.mark.parametrize(
    "kind", [*errors_of(aiohttp), *errors_of(httpx2)], ids=lambda kind: kind.__name__
)
def test_every_error_of_the_http_libraries_has_a_row(kind: type[BaseException]) -> None:
    error = made(kind)

    assert any(isinstance(error, kinds) for kinds, _ in failures.FAILURES)


def found(error: BaseException) -> CallError:
    return failures.failure(error, ORIGIN)


@pytest.mark.parametrize(
    ("kind", "ours", "code", "maybe_billed"),
    [
        (aiohttp.InvalidURL, Refused, "other", False),
        (aiohttp.ClientProxyConnectionError, Transient, "connection", False),
        (aiohttp.ClientConnectorCertificateError, Refused, "connection", False),
        (aiohttp.ClientConnectorSSLError, Transient, "connection", False),
        (aiohttp.ClientConnectorDNSError, Transient, "connection", False),
        (aiohttp.ClientConnectorError, Transient, "connection", False),
        (aiohttp.ConnectionTimeoutError, Transient, "timeout", False),
        (aiohttp.SocketTimeoutError, Transient, "timeout", True),
        (aiohttp.ServerDisconnectedError, Transient, "connection", True),
        (aiohttp.ClientOSError, Transient, "connection", True),
        (aiohttp.ClientPayloadError, Transient, "connection", True),
        (ConnectionResetError, Transient, "connection", True),
        (aiohttp.ClientResponseError, Unreadable, "malformed", True),
        (zlib.error, Unreadable, "malformed", True),
        (httpx2.ConnectError, Transient, "connection", False),
        (httpx2.ReadTimeout, Transient, "timeout", True),
        (httpx2.ReadError, Transient, "connection", True),
        (KeyError, Unreadable, "malformed", True),
    ],
)
def test_the_most_specific_meaning_holds_and_bytes_that_were_sent_may_be_billed(
    kind: type[BaseException], ours: type[CallError], code: str, maybe_billed: bool
) -> None:
    error = found(made(kind))

    assert type(error) is ours
    assert (error.code, error.maybe_billed) == (code, maybe_billed)


def test_an_error_of_ours_stays_as_it_is() -> None:
    error = failures.too_large(8 * 2**20)

    assert found(error) is error
    assert str(error).startswith("The answer is larger than 8 MB, so the rest was not received.")


def test_nothing_of_a_foreign_text_is_in_a_sentence() -> None:
    for kind in (*errors_of(aiohttp), *errors_of(httpx2), zlib.error, KeyError):
        error = made(kind)
        error.args = ("sk-canary",)
        assert "canary" not in str(found(error))


def test_the_users_own_address_is_in_the_sentence() -> None:
    assert str(found(made(aiohttp.ClientConnectorError))) == (
        "Nothing listens at http://127.0.0.1:9. Is the server started, and the base URL right?"
    )

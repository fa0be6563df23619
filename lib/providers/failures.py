"""What the HTTP library's errors mean: one table, the most specific row first.

The sentences are ours. A foreign error's text is never shown: it can quote what the endpoint sent.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable

import aiohttp
import httpx2

from lib.domain.errors import CallError, Refused, Transient, Unreadable


def failure(error: BaseException, origin: str) -> CallError:
    """The error that a call without a whole reply ends with.

    Args:
        error: what was raised on the way.
        origin: scheme, host and port of the address that was called.
    """
    if isinstance(error, CallError):
        return error
    for kinds, meaning in FAILURES:
        if isinstance(error, kinds):
            return meaning(origin)
    return Unreadable(
        f"The answer of {origin} could not be received.", "Try again, or check the base URL."
    )


def timeout(deadline_s: float) -> Transient:
    """No whole reply within the lab's own deadline."""
    return Transient(
        f"No whole answer came within {deadline_s:g} s.",
        "Lower max_tokens, or allow more time.",
        code="timeout",
        maybe_billed=True,
    )


def too_large(most_bytes: int) -> Unreadable:
    """A reply that grew past the bound."""
    return Unreadable(
        f"The answer is larger than {most_bytes // 2**20} MB, so the rest was not received.",
        "Lower max_tokens or logprobs, or check the base URL.",
        code="too_large",
    )


def packed() -> Unreadable:
    """A reply in a compression that nobody asked for."""
    return Unreadable(
        "The answer is compressed in a way that was not asked for.",
        "Switch compression off at the endpoint.",
    )


def _unreachable(origin: str) -> CallError:
    return Transient(
        f"Nothing listens at {origin}.",
        "Is the server started, and the base URL right?",
        code="connection",
    )


def _unknown_host(origin: str) -> CallError:
    return Transient(
        f"The name in {origin} is not known to this network.",
        "Check the base URL and the network.",
        code="connection",
    )


def _slow_to_connect(origin: str) -> CallError:
    return Transient(
        f"{origin} doesn't take connections.", "Check the base URL and the network.", code="timeout"
    )


def _untrusted(origin: str) -> CallError:
    return Refused(
        f"The certificate of {origin} is not trusted here, so nothing was sent.",
        "Ask who runs it, or add its issuer to this system's certificates.",
        code="connection",
    )


def _no_tls(origin: str) -> CallError:
    return Transient(
        f"No secure connection to {origin} could be made.",
        "Does the server speak https at this port?",
        code="connection",
    )


def _proxy(_: str) -> CallError:
    return Transient(
        "The proxy of this system can't be reached, or refuses.",
        "Check the variables HTTPS_PROXY and NO_PROXY.",
        code="connection",
    )


def _lost(origin: str) -> CallError:
    return Transient(
        f"The connection to {origin} was lost before the answer was whole.",
        code="connection",
        maybe_billed=True,
    )


def _slow(origin: str) -> CallError:
    return Transient(f"{origin} was silent for too long.", code="timeout", maybe_billed=True)


def _not_http(origin: str) -> CallError:
    return Unreadable(
        f"{origin} doesn't answer in HTTP.", "Check the base URL and its port.", wrong_place=True
    )


def _bad_address(_: str) -> CallError:
    return Refused("The base URL is not an address that can be called.", "Check the base URL.")


def _broken(_: str) -> CallError:
    return Unreadable(
        "The answer is compressed, and its data are broken.",
        "Switch compression off at the endpoint.",
    )


FAILURES: tuple[tuple[tuple[type[BaseException], ...], Callable[[str], CallError]], ...] = (
    ((aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError), _bad_address),
    ((httpx2.InvalidURL, httpx2.UnsupportedProtocol), _bad_address),
    ((aiohttp.ClientProxyConnectionError, aiohttp.ClientHttpProxyError, httpx2.ProxyError), _proxy),
    ((aiohttp.ClientConnectorCertificateError, aiohttp.ServerFingerprintMismatch), _untrusted),
    ((aiohttp.ClientSSLError,), _no_tls),
    ((aiohttp.ClientConnectorDNSError,), _unknown_host),
    ((aiohttp.ClientConnectorError, httpx2.ConnectError), _unreachable),
    ((aiohttp.ConnectionTimeoutError, httpx2.ConnectTimeout, httpx2.PoolTimeout), _slow_to_connect),
    ((aiohttp.ServerTimeoutError, httpx2.TimeoutException), _slow),
    (
        (aiohttp.ClientPayloadError, aiohttp.ClientConnectionError, aiohttp.UploadAbortedError),
        _lost,
    ),
    ((httpx2.NetworkError, httpx2.RemoteProtocolError, OSError), _lost),
    ((aiohttp.ClientResponseError,), _not_http),
    ((zlib.error, httpx2.DecodingError), _broken),
)
"""Read from the top: the first row that fits holds."""

"""From an endpoint to the provider that speaks to it: addresses, keys and clients in one place."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path

import httpx2

from lib.domain import configuration
from lib.domain.configuration import KNOWN_ENDPOINTS, LOCAL, Endpoint
from lib.domain.errors import InputError
from lib.providers.addresses import VENDORS, base_url, is_loopback
from lib.providers.base import Provider
from lib.providers.capabilities import Profile, profile_of
from lib.providers.dialect import Dialect
from lib.providers.local import Lease, LocalChat
from lib.providers.secrets import checked_key


def dialect(endpoint: Endpoint) -> Dialect:
    """How an endpoint is asked and read, without a key, a client or a network.

    Raises:
        InputError: if it names a profile that doesn't exist.
    """
    return Dialect(profile_of(endpoint))


async def open_provider(
    endpoint: Endpoint,
    *,
    key: str | None,
    at_once: int,
    home: Path,
    environ: Mapping[str, str] = os.environ,
) -> Provider:
    """The provider of an endpoint, ready to be used in this event loop.

    Args:
        endpoint: what to speak to.
        key: from `key_for`, or typed. None is looked for in here.
        at_once: how many calls will be under way together.
        home: where the embedded model lives.
        environ: where the vendors' variables may stand, such as OPENAI_BASE_URL.

    Raises:
        InputError: if the address or the key can't be used.
        LabError: if the embedded model can't be started.
    """
    profile = profile_of(endpoint)
    await asyncio.to_thread(_import_client, profile.dialect)
    if endpoint.embedded:
        local = LocalChat(lambda: _lease(home), _leased, profile)
        await local.start()
        return local
    url, secret = address_and_key(endpoint, key, environ)
    return _chat(url, secret, at_once, profile)


def address_and_key(
    endpoint: Endpoint, key: str | None, environ: Mapping[str, str]
) -> tuple[httpx2.URL, str | None]:
    """Where to send, and with what.

    Raises:
        InputError: if either can't be used, or both not together.
    """
    url, secret = base_url(endpoint, environ), checked_key(key)
    if secret and url.scheme == "http" and not is_loopback(url):
        raise InputError(
            f"The key for {endpoint.name} would travel unencrypted over http.",
            "Use an https address, or leave the key empty.",
        )
    return url, secret


def key_for(endpoint: Endpoint, environ: Mapping[str, str] = os.environ) -> str | None:
    """The key that the environment holds for an endpoint.

    A vendor's key goes to the vendor, to where the vendor's variable points (such as
    OPENAI_BASE_URL), and to this machine. A file that comes from elsewhere can't send it to
    another address.

    Raises:
        InputError: if the endpoint may not have this key, or it can't be one.
    """
    variable = endpoint.api_key_env
    if endpoint.embedded or not variable:
        return None
    if variable in _vendors_keys() and endpoint.base_url is not None:
        url = base_url(endpoint, environ)
        if not is_loopback(url) and not f".{url.host}".endswith(f".{_vendors_keys()[variable]}"):
            raise InputError(
                f"{variable} is not sent to {url.host}, the address of {endpoint.name}.",
                "Put this endpoint's own key into another variable, and name it in api_key_env.",
            )
    return checked_key(environ.get(variable))


def _vendors_keys() -> dict[str, str]:
    """The variables that hold vendors' keys, and the domain that each may go to."""
    return {
        each.api_key_env: VENDORS[each.dialect].domain
        for each in KNOWN_ENDPOINTS
        if each.api_key_env
    }


def _lease(home: Path) -> Lease:
    from lib.providers.embedded.lease import acquire  # late: an endpoint elsewhere needs no model

    return acquire(home)


def _leased(lease: Lease) -> Provider:
    return _chat(httpx2.URL(f"{lease.url}/v1"), lease.key, lease.slots, profile_of(LOCAL))


def _import_client(dialect: configuration.Dialect) -> None:
    from lib.providers.clients import import_sdk  # late: the HTTP library takes long, too

    import_sdk(dialect)


def _chat(url: httpx2.URL, key: str | None, at_once: int, profile: Profile) -> Provider:
    from lib.providers.clients import client
    from lib.providers.remote import RemoteChat

    connected = client(profile.dialect, url, key=key, at_once=at_once)
    return RemoteChat(connected, profile, at_once=at_once, secrets=[key] if key else [])

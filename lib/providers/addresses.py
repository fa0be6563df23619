"""Where an endpoint is: its base URL, whether that is this machine, and the way through a proxy."""

from __future__ import annotations

import ipaddress
import urllib.request
from collections.abc import Mapping

import httpx2

from lib.domain.configuration import Endpoint
from lib.domain.errors import InputError

OPENAI_HOST = "api.openai.com"
OPENAI_URL = f"https://{OPENAI_HOST}/v1"
_MOST_CHARACTERS = 2000


def base_url(endpoint: Endpoint, environ: Mapping[str, str]) -> httpx2.URL:
    """The address of an endpoint: its own, else what OPENAI_BASE_URL says, else OpenAI's.

    Raises:
        InputError: if it can't be called, or holds a name or password.
    """
    written = (endpoint.base_url or environ.get("OPENAI_BASE_URL") or OPENAI_URL).strip()
    try:
        if len(written) > _MOST_CHARACTERS or not written.isprintable():
            raise httpx2.InvalidURL("")
        url = httpx2.URL(written)
        if url.port is not None and not 0 < url.port < 2**16:
            raise httpx2.InvalidURL("")
    except (httpx2.InvalidURL, ValueError, TypeError):
        raise InputError(f"The base URL of {endpoint.name} is not an address.", _EXAMPLE) from None
    if url.scheme not in {"http", "https"} or not url.host:
        raise InputError(
            f"The base URL of {endpoint.name} must begin with https:// or http://.", _EXAMPLE
        )
    if url.userinfo:
        raise InputError(
            f"The base URL of {endpoint.name} holds a name or password.", "Write the key as a key."
        )
    if url.query or url.fragment:
        raise InputError(
            f"The base URL of {endpoint.name} has a part behind ? or #, which is not taken.",
            _EXAMPLE,
        )
    return url


_EXAMPLE = "It looks like https://api.example.com/v1."


def is_loopback(url: httpx2.URL) -> bool:
    """Whether an address is on this machine, by what is written: no name is looked up."""
    if url.host.lower().rstrip(".") == "localhost":
        return True
    try:
        return ipaddress.ip_address(url.host).is_loopback
    except ValueError:
        return False


def proxy_for(url: httpx2.URL) -> str | None:
    """This system's proxy for an address, or `None`: none is used to this machine itself.

    Raises:
        InputError: if it isn't an HTTP proxy, which is the only kind that is spoken.
    """
    if is_loopback(url) or urllib.request.proxy_bypass(url.host):
        return None
    proxies = urllib.request.getproxies()
    proxy = proxies.get(url.scheme) or proxies.get("all")
    if not proxy:
        return None
    address = proxy if "://" in proxy else f"http://{proxy}"
    if not address.startswith(("http://", "https://")):
        raise InputError(
            "This system's proxy is not an HTTP proxy, the only kind that can be used.",
            f"Set {url.scheme.upper()}_PROXY to one, or name {url.host} in NO_PROXY.",
        )
    return address

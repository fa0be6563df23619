"""Where an endpoint is: its base URL, whether that is this machine, and the way through a proxy."""

from __future__ import annotations

import ipaddress
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass

import httpx2

from lib.domain.configuration import Dialect, Endpoint
from lib.domain.errors import InputError

_MOST_CHARACTERS = 2000


@dataclass(frozen=True, slots=True)
class Vendor:
    """Where a dialect's own vendor is, and which variables speak of it."""

    url: str
    domain: str
    """Its key goes to addresses under this one."""
    url_variable: str
    """What its SDK reads another base URL from."""
    version: str = ""
    """What the SDK puts behind the base URL of that variable."""


_OPENAI = Vendor("https://api.openai.com/v1", "openai.com", "OPENAI_BASE_URL")
VENDORS: Mapping[Dialect, Vendor] = {
    "openai": _OPENAI,
    "openai-responses": _OPENAI,
    "anthropic": Vendor("https://api.anthropic.com", "anthropic.com", "ANTHROPIC_BASE_URL"),
    "gemini": Vendor(
        "https://generativelanguage.googleapis.com/v1",
        "googleapis.com",
        "GOOGLE_GEMINI_BASE_URL",
        version="/v1",
    ),
}


def base_url(endpoint: Endpoint, environ: Mapping[str, str]) -> httpx2.URL:
    """The address of an endpoint: its own, else what the vendor's variable says, else the vendor's.

    Raises:
        InputError: if it can't be called, or holds a name or password.
    """
    vendor = VENDORS[endpoint.dialect]
    written = (endpoint.base_url or _elsewhere(vendor, environ) or vendor.url).strip()
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


def _elsewhere(vendor: Vendor, environ: Mapping[str, str]) -> str | None:
    """Where the vendor's variable sends, with the version where the SDK would add one."""
    written = environ.get(vendor.url_variable)
    return written and written.strip().rstrip("/") + vendor.version


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

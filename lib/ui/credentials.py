"""Keys that a visitor typed. They live in this browser session's memory, and nowhere else."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass

import httpx2
import streamlit as st

from lib.domain.configuration import KNOWN_ENDPOINTS, Endpoint
from lib.providers import registry
from lib.providers.addresses import is_loopback


@dataclass(frozen=True, slots=True)
class _Credential:
    base_url: str | None
    """A key goes to the address that it was typed for, and to no other."""
    key: str

    def __repr__(self) -> str:
        return "_Credential(…)"


def _kept() -> dict[str, _Credential]:
    kept: dict[str, _Credential] = st.session_state.setdefault("credentials", {})
    return kept


def remember(endpoint: Endpoint, key: str) -> None:
    """Keep a key for an endpoint until the session ends."""
    _kept()[endpoint.name] = _Credential(endpoint.base_url, key.strip())


def forget(endpoint: Endpoint) -> None:
    """Forget the key that was typed for an endpoint."""
    _kept().pop(endpoint.name, None)


def typed(endpoint: Endpoint) -> str | None:
    """The key that was typed for this endpoint at this address."""
    kept = _kept().get(endpoint.name)
    return kept.key if kept is not None and kept.base_url == endpoint.base_url else None


def key_of(endpoint: Endpoint) -> str | None:
    """The key to use: the one typed for this address, else the environment's."""
    return typed(endpoint) or _environment(endpoint)


def _environment(endpoint: Endpoint) -> str | None:
    """The environment's key; for an address off this machine only where the lab knows it.

    Which variable goes where would otherwise be decided by whoever made a link.
    """
    own = endpoint not in KNOWN_ENDPOINTS
    if own and not is_loopback(httpx2.URL(endpoint.base_url or "")):
        return None
    return registry.key_for(endpoint, os.environ)


def by_key() -> list[list[Endpoint]]:
    """Known endpoints that need a key, those that share one together."""
    groups: dict[str, list[Endpoint]] = {}
    for each in KNOWN_ENDPOINTS:
        if each.api_key_env:
            groups.setdefault(each.api_key_env, []).append(each)
    return list(groups.values())


def source(endpoint: Endpoint) -> str:
    """Where its key comes from, in words."""
    if typed(endpoint):
        return "typed in this session"
    return f"from {endpoint.api_key_env}" if _environment(endpoint) else "none"


def keys_of(endpoints: Iterable[Endpoint]) -> dict[str, str]:
    """The keys that a run takes along, by endpoint name."""
    return {each.name: key for each in endpoints if (key := key_of(each))}

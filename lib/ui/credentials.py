"""Keys that a visitor typed. They live in this browser session's memory, and nowhere else."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass

import streamlit as st

from lib.domain.configuration import Endpoint
from lib.providers import registry


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
    """Keep a key for an endpoint until the session ends; an empty one forgets it."""
    if key.strip():
        _kept()[endpoint.name] = _Credential(endpoint.base_url, key.strip())
    else:
        _kept().pop(endpoint.name, None)


def key_of(endpoint: Endpoint) -> str | None:
    """The key to use: the one typed for this address, else the environment's."""
    typed = _kept().get(endpoint.name)
    if typed is not None and typed.base_url == endpoint.base_url:
        return typed.key
    return registry.key_for(endpoint, os.environ)


def source(endpoint: Endpoint) -> str:
    """Where its key comes from, in words."""
    typed = _kept().get(endpoint.name)
    if typed is not None and typed.base_url == endpoint.base_url:
        return "typed in this session"
    if registry.key_for(endpoint, os.environ):
        return f"from {endpoint.api_key_env}"
    return "none"


def keys_of(endpoints: Iterable[Endpoint]) -> dict[str, str]:
    """The keys that a run takes along, by endpoint name."""
    return {each.name: key for each in endpoints if (key := key_of(each))}

"""A server as someone typed it, as an endpoint, or what is wrong with it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx2

from lib.domain.configuration import DIALECTS, KNOWN_ENDPOINTS, Dialect, Endpoint
from lib.domain.errors import InputError
from lib.domain.experiment_file import parse
from lib.providers import capabilities, registry
from lib.providers.addresses import base_url, is_loopback

LONGEST_NAME = 60

DIALECT_WORDS: Mapping[Dialect, str] = {
    "openai": "OpenAI chat completions, and what copies it",
    "openai-responses": "OpenAI Responses",
    "anthropic": "Anthropic messages",
    "gemini": "Gemini generateContent",
}
_ANY: Mapping[Dialect, str] = {
    "openai": "any OpenAI-compatible server",
    "openai-responses": "any server that speaks OpenAI Responses",
    "anthropic": "any server that speaks Anthropic messages",
    "gemini": "any server that speaks generateContent",
}
_NAMES: Mapping[str, str] = {
    "base_url": "The base URL",
    "api_key_env": "The variable with its key",
    "dialect": "The dialect",
}


def kinds(dialect: Dialect) -> dict[str, str | None]:
    """What a server of a dialect can be, in words, and its profile; `None`: nothing is known."""
    built_in = {each.profile for each in KNOWN_ENDPOINTS} | {capabilities.DEFAULTS[dialect]}
    profiles = map(capabilities.profile, capabilities.profile_names())
    known = {
        each.says: each.name
        for each in profiles
        if each.dialect == dialect and each.name not in built_in
    }
    return {_ANY[dialect]: None, **known}


def endpoint(
    name: str,
    *,
    base_url: str,
    dialect: Dialect = "openai",
    profile: str | None = None,
    api_key_env: str = "",
) -> Endpoint:
    """The server that was typed.

    Raises:
        InputError: one line for each problem, in the page's own words.
    """
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise InputError(f"A name has 1 to {LONGEST_NAME} characters, in one line.")
    given = {
        "dialect": dialect,
        "base_url": base_url.strip(),
        "profile": profile,
        "api_key_env": api_key_env.strip() or None,
    }
    try:
        # A whole document, so that an address is judged by the one place that judges it.
        found = _parsed(name, {key: value for key, value in given.items() if value is not None})
    except InputError as error:
        raise InputError(
            "\n".join(_plainly(line, name) for line in str(error).splitlines())
        ) from None
    capabilities.profile_of(found)
    registry.key_for(found, {})  # a vendor's own variable isn't sent elsewhere
    return found


def _parsed(name: str, given: Mapping[str, Any]) -> Endpoint:
    experiment = parse(
        {
            "messages": [{"role": "user", "content": "x"}],
            "endpoints": {name: given},
            "configurations": [{"name": "x", "endpoint": name, "model": "x"}],
        }
    )
    return experiment.configurations[0].endpoint


def _plainly(line: str, name: str) -> str:
    rest = line.removeprefix(f"endpoints.{name}.")
    word, _, said = rest.partition(" ")
    return f"{_NAMES[word]} {said}" if word in _NAMES else rest


def entry(server: Endpoint) -> dict[str, str]:
    """The server as a draft has it: a copy, so that a draft's file needs nothing else."""
    given = {
        "dialect": None if server.dialect == DIALECTS[0] else server.dialect,
        "base_url": server.base_url,
        "api_key_env": server.api_key_env,
        "profile": server.profile,
    }
    return {key: value for key, value in given.items() if value is not None}


def address(server: Endpoint, environ: Mapping[str, str]) -> httpx2.URL | None:
    """Where calls go, or `None` if that is no address, or this is the embedded model.

    Of a text that is being typed nothing is told before it is one.
    """
    if server.embedded:
        return None
    try:
        return base_url(server, environ)
    except InputError:
        return None


def in_the_open(server: Endpoint, environ: Mapping[str, str]) -> bool:
    """Whether what is sent there could be read on the way: plain http off this machine."""
    url = address(server, environ)
    return url is not None and url.scheme == "http" and not is_loopback(url)

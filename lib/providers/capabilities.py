"""What a kind of server takes, adds and reports: `capabilities.toml`, as values."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

from lib.domain.configuration import KNOWN_ENDPOINTS, Dialect, Endpoint
from lib.domain.errors import InputError
from lib.domain.message import Role
from lib.domain.vocabulary import Added

Prefill = Literal["continued", "echoed", "repeated", "answered", "unknown"]
LogprobsDescribe = Literal["before_sampling", "after_sampling", "unknown"]

DEFAULTS: Mapping[Dialect, str] = {
    "openai": "compatible",
    "openai-responses": "responses-compatible",
    "anthropic": "anthropic-compatible",
    "gemini": "gemini-compatible",
}
"""The profile of a base URL of which nothing is known but its dialect."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A kind of server. It holds data only, so that a new one needs no code."""

    name: str
    says: str
    """How sentences call it, in their middle."""
    fields: Mapping[str, str]
    """The request field that carries each setting it has; a dot leads into an object."""
    dialect: Dialect = "openai"
    beside: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    """What a setting sends besides its own field, by setting."""
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By setting: the lab's word for a value, and the provider's own."""
    in_path: tuple[str, ...] = ()
    """Settings that stand in the address, not in the body."""
    lacks: Mapping[str, str] = field(default_factory=dict)
    """Settings it has no field for, and what to do instead."""
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    """Narrower ones than the lab's own, by setting."""
    most_stops: int | None = None
    """How many stop sequences it takes."""
    whole_bias: bool = False
    """Whether it takes a logit bias in whole numbers only."""
    roles: Mapping[Role, Role] = field(default_factory=dict)
    """Roles it doesn't know, and what is sent in their place."""
    prefill: Prefill = "unknown"
    """What becomes of a trailing assistant message."""
    logprobs: LogprobsDescribe = "unknown"
    """Which distribution its log probabilities describe."""
    ignores_unknown: bool = False
    """Whether it drops in silence what a model doesn't take."""
    models_named: bool = True
    """Whether the model in its answers is a name, to be compared with the one asked for."""
    holds_back: bool = False
    """Whether text that could begin a stop sequence is lost when the limit cuts an answer there."""
    slot_seed: bool = False
    """Whether each planned sample has a seed of its own."""
    samplers: tuple[str, ...] = ()
    """The samplers it has, where it ignores the names of others in silence."""
    added: tuple[Added, ...] = ()
    """Fields that the lab sends although nobody set them."""
    prefill_added: tuple[Added, ...] = ()
    """Further ones, where there is a prefill."""
    prefill_message: tuple[Added, ...] = ()
    """What a prefill's own message needs besides its role and text."""
    stream_usage: bool = True
    """Whether a stream has to be asked for its usage."""
    served: tuple[Added, ...] = ()
    """How the lab starts this server for the bundled model: in no request, but it has an effect."""


def profile(name: str) -> Profile:
    """The profile of this name.

    Raises:
        InputError: if there is none.
    """
    found = _profiles().get(name)
    if found is None:
        raise InputError(
            f"There is no profile {name!r}.",
            f"Known ones are {', '.join(profile_names())}; leave it out for any other server.",
        )
    return found


def profile_names() -> tuple[str, ...]:
    """All profiles, in the order of the file."""
    return tuple(_profiles())


def profile_of(endpoint: Endpoint) -> Profile:
    """What is known of an endpoint: its own profile, else that of the known endpoint it names.

    Raises:
        InputError: if it names a profile that doesn't exist, or one of another dialect.
    """
    known = {each.name: each.profile for each in KNOWN_ENDPOINTS if each.profile}
    own = known.get(endpoint.name) if endpoint.base_url is None else None
    found = profile(endpoint.profile or own or DEFAULTS[endpoint.dialect])
    if found.dialect != endpoint.dialect:
        raise InputError(
            f"The profile {found.name} is of the dialect {found.dialect}, but {endpoint.name} is "
            f"spoken to in {endpoint.dialect}.",
            "Change one of the two, or leave the profile out.",
        )
    return found


def setting_of(field: str) -> str | None:
    """The setting that a request field carries, at whatever server."""
    for each in _profiles().values():
        for setting, name in each.fields.items():
            if field in {name, setting, name.rpartition(".")[2]}:
                return setting
    return None


def capital(says: str) -> str:
    """The same at the beginning of a sentence."""
    return says[:1].upper() + says[1:]


@cache
def _profiles() -> dict[str, Profile]:
    data = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    profiles = data["profiles"]
    likes = {name: profiles.get(raw.get("like"), {}) for name, raw in profiles.items()}
    return {name: _profile(name, {**likes[name], **raw}, data) for name, raw in profiles.items()}


def _profile(name: str, given: dict[str, Any], data: dict[str, Any]) -> Profile:
    raw = {key: value for key, value in given.items() if key != "like"}
    dialect = raw.get("dialect", "openai")
    named = {**data["fields"][dialect], **raw.pop("fields", {})}
    lacks = raw.pop("lacks", {})
    ranges = raw.pop("ranges", {})
    return Profile(
        name=name,
        fields={setting: named[setting] for setting in named if setting not in lacks},
        lacks=lacks,
        ranges={setting: (low, high) for setting, (low, high) in ranges.items()},
        beside=data["beside"].get(dialect, {}),
        in_path=tuple(raw.pop("in_path", ())),
        samplers=tuple(raw.pop("samplers", ())),
        added=_added(raw.pop("added", {})),
        prefill_added=_added(raw.pop("prefill_added", {})),
        prefill_message=_added(raw.pop("prefill_message", {})),
        served=_added(raw.pop("served", {})),
        **raw,
    )


def _added(raw: dict[str, Any]) -> tuple[Added, ...]:
    return tuple(Added(field, each["value"], each["why"]) for field, each in raw.items())

"""The shape of an experiment file: which keys there are, and of which type their values.

Ranges are not here: `Settings` and `Experiment` check their own values.
"""

from __future__ import annotations

import re
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from lib.domain.configuration import KNOWN_ENDPOINTS, Dialect
from lib.domain.message import Role
from lib.domain.settings import SETTING_NAMES, ReasoningEffort, Verbosity

DEFAULT_ALTERNATIVES = 5
"""How many alternatives `logprobs = true` asks for."""

RESERVED_EXTRA = frozenset({"model", "messages", "prompt", "n", *SETTING_NAMES})


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


def _alternatives(value: object) -> object:
    if isinstance(value, bool):
        return DEFAULT_ALTERNATIVES if value else None
    return value


def _sequences(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _extra(value: dict[str, Any]) -> dict[str, Any]:
    for key in value:
        if key == "n":
            raise ValueError("has n, but one call is one sample: raise repeats instead")
        if key in RESERVED_EXTRA:
            raise ValueError(f"has {key}, which is a key of its own: set it there")
    return value


def _base_url(value: str) -> str:
    try:
        parts = urlsplit(value)
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError:
        port_is_fine = False
    if not port_is_fine or parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must be a web address such as http://127.0.0.1:8000/v1")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("must be an address alone: no name, password, ? or #")
    return value.rstrip("/")


def _variable_name(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,99}", value):
        raise ValueError("must be the name of an environment variable, such as MY_KEY")
    return value


def _endpoint_names(value: dict[str, Endpoint]) -> dict[str, Endpoint]:
    for endpoint in KNOWN_ENDPOINTS:
        if endpoint.name in value:
            raise ValueError(f"has {endpoint.name}, which is built in: choose another name")
    return value


def _variables(value: dict[str, str]) -> dict[str, str]:
    for name in value:
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
            raise ValueError(f"has {name!r}: a name is letters, digits and _, no digit first")
    return value


def _swept(value: dict[str, list[Any]]) -> dict[str, list[Any]]:
    for key, values in value.items():
        if key not in {*SETTING_NAMES, "model", "endpoint", "prefill"}:
            raise ValueError(f"has {key!r}, which is not a setting, model, endpoint or prefill")
        if not values:
            raise ValueError(f"has no values for {key}")
    return value


class Message(_Strict):
    """One turn."""

    role: Role
    content: str


class _Asked(_Strict):
    """What `[defaults]` and a configuration share: whom to ask, with which settings."""

    endpoint: str | None = None
    model: Annotated[str, Field(min_length=1, max_length=300)] | None = None
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    min_p: float | None = None
    max_tokens: int | None = None
    stop: Annotated[list[str] | None, BeforeValidator(_sequences)] = None
    seed: int | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    logit_bias: dict[str, float] | None = None
    logprobs: Annotated[int | None, BeforeValidator(_alternatives)] = None
    reasoning_effort: ReasoningEffort | None = None
    thinking: dict[str, Any] | None = None
    verbosity: Verbosity | None = None
    service_tier: str | None = None
    stream: bool | None = None
    extra: Annotated[dict[str, Any], AfterValidator(_extra)] | None = None


class Defaults(_Asked):
    """What all configurations share."""


class Configuration(_Asked):
    """One column."""

    name: str = ""
    messages: list[Message] | None = None
    prefill: str | None = None


class Endpoint(_Strict):
    """An endpoint that the file brings along."""

    dialect: Dialect = "openai"
    base_url: Annotated[str, AfterValidator(_base_url)]
    api_key_env: Annotated[str, AfterValidator(_variable_name)] | None = None
    profile: str | None = None


class Check(_Strict):
    """What a good answer is."""

    name: str
    equals: str | None = None
    contains: str | None = None
    matches: str | None = None
    json_: Annotated[bool | None, Field(alias="json", serialization_alias="json")] = None
    json_schema: dict[str, Any] | None = None
    max_words: int | None = None


class Answer(_Strict):
    """How the value of a closed answer is taken out of its text."""

    labels: list[str] | None = None
    number: bool | None = None
    json_field: str | None = None
    pattern: str | None = None


class Stop(_Strict):
    """When a run may end before all repeats: see `Document.repeats` for the most."""

    batch: int = 10


class Analysis(_Strict):
    """How the run is to be judged."""

    margin: float | None = None
    alpha: float | None = None
    answer: Answer | None = None
    similar: float | None = None
    stop: Stop | None = None


class Document(_Strict):
    """A whole experiment file."""

    name: str = "Untitled"
    repeats: int = 20
    prefill: str = ""
    messages: list[Message] = []
    variables: Annotated[dict[str, str], AfterValidator(_variables)] = {}
    defaults: Defaults = Defaults()
    configurations: list[Configuration] = []
    sweep: Annotated[dict[str, list[Any]], AfterValidator(_swept)] = {}
    endpoints: Annotated[dict[str, Endpoint], AfterValidator(_endpoint_names)] = {}
    checks: list[Check] = []
    analysis: Analysis = Analysis()

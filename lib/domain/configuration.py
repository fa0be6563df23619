"""A configuration: a named column of the comparison, and the endpoint that it asks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from lib.domain.message import Message
from lib.domain.settings import Settings

Dialect = Literal["openai"]
"""How an endpoint is spoken to. More dialects will come; the others are refused by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A provider dialect at a base URL. It holds no key, only where one may be found."""

    name: str
    dialect: Dialect = "openai"
    base_url: str | None = None
    """`None`: the dialect's own, or the embedded model's where `embedded` is true."""
    api_key_env: str | None = None
    """The environment variable that holds the key."""
    profile: str | None = None
    """What kind of server it is, where that is known: a name in the capability data."""

    @property
    def embedded(self) -> bool:
        """Whether this is the model that comes with the lab."""
        return self.name == LOCAL.name


LOCAL = Endpoint(name="local", profile="embedded")
OPENAI = Endpoint(name="openai", api_key_env="OPENAI_API_KEY", profile="openai")
KNOWN_ENDPOINTS: tuple[Endpoint, ...] = (LOCAL, OPENAI)

BUNDLED_MODEL = "smollm2-135m-instruct"


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """One column: endpoint, model and settings, and optionally its own messages or prefill."""

    name: str
    endpoint: Endpoint = LOCAL
    model: str = BUNDLED_MODEL
    settings: Settings = field(default_factory=Settings)
    messages: tuple[Message, ...] | None = None
    """Replaces all of the experiment's messages, and its prefill."""
    prefill: str | None = None
    """Replaces the experiment's prefill alone; `""` takes it away."""

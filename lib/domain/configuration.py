"""A configuration: a named column of the comparison, and the endpoint that it asks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

from lib.domain.message import Message
from lib.domain.settings import Settings

Dialect = Literal["openai", "openai-responses", "anthropic", "gemini"]
"""How an endpoint is spoken to: OpenAI chat completions, and what copies them; OpenAI Responses;
Anthropic messages; Gemini's generateContent."""

DIALECTS: tuple[Dialect, ...] = get_args(Dialect)


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
OPENAI_RESPONSES = Endpoint(
    name="openai-responses",
    dialect="openai-responses",
    api_key_env="OPENAI_API_KEY",
    profile="openai-responses",
)
ANTHROPIC = Endpoint(
    name="anthropic", dialect="anthropic", api_key_env="ANTHROPIC_API_KEY", profile="anthropic"
)
GEMINI = Endpoint(name="gemini", dialect="gemini", api_key_env="GEMINI_API_KEY", profile="gemini")
KNOWN_ENDPOINTS: tuple[Endpoint, ...] = (LOCAL, OPENAI, OPENAI_RESPONSES, ANTHROPIC, GEMINI)

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

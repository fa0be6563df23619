"""What each setting does, takes and is called, and what it means to leave it empty. Pure.

What an endpoint is sent comes from the capability data, so that the page says what is done.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lib.domain.configuration import Endpoint
from lib.domain.errors import InputError
from lib.domain.settings import RANGES
from lib.providers.capabilities import Profile, capital, profile_of
from lib.ui.compare import columns

DOES: Mapping[str, str] = {
    "temperature": "Divides the logits before the softmax. 0 always takes the likeliest token; "
    "1 is the model's own distribution.",
    "top_p": "Draws from the smallest set of tokens whose probabilities reach this sum.",
    "max_tokens": "Ends the answer after this many tokens, with finish reason length.",
    "stop": "Ends the answer before this would appear. Several are parted by ` | `; "
    "`\\n` is a line break.",
    "logprobs": "Asks for log probabilities with this many alternatives at each position. "
    "They make the first-token chart exact.",
    "seed": "One seed for all calls, so that they are one draw asked for often.",
    "top_k": "Draws from this many of the likeliest tokens.",
    "min_p": "Drops tokens less likely than this share of the likeliest one's probability.",
    "presence_penalty": "Lowers the logit of every token that has appeared, once. The embedded "
    "model counts the prompt's tokens too.",
    "frequency_penalty": "Lowers the logit of a token for each time that it has appeared. The "
    "embedded model counts the prompt's tokens too.",
    "reasoning_effort": "How long a reasoning model thinks before it answers.",
    "verbosity": "How long an answer the model aims at.",
    "service_tier": "The provider's class of service: price and speed, not the distribution.",
    "endpoint": "Who is asked.",
    "model": "Which of its models.",
}
"""A sentence for each setting, where it is edited."""

UNITS: Mapping[str, str] = {
    "temperature": "a plain number",
    "top_p": "probability",
    "max_tokens": "tokens",
    "stop": "text",
    "logprobs": "alternatives a position",
    "seed": "a whole number",
    "top_k": "tokens",
    "min_p": "share of the top probability",
    "presence_penalty": "logits",
    "frequency_penalty": "logits an appearance",
    "reasoning_effort": "a word",
    "verbosity": "a word",
    "service_tier": "a word",
}

_UNSET: Mapping[str, str] = {
    "stop": "nothing ends it early",
    "logprobs": "none are asked for",
}
"""What leaving a setting out means wherever it is asked."""

_EMBEDDED: Mapping[str, str] = {
    "max_tokens": "until the model ends by itself, or its context is full",
    "seed": "each call gets a seed of its own, which is stored",
}

# vLLM: config/model.py and protocol.py, 2026. llama.cpp: tools/server/README.md, 2026. OpenAI:
# docstrings of its SDK's completion_create_params.py, 2026, which state no others.
_STATED: Mapping[str, Mapping[str, str]] = {
    "vllm": {
        "temperature": "as the model's generation_config has it, else 1",
        "top_p": "as the model's generation_config has it, else 1",
        "top_k": "as the model's generation_config has it, else off",
        "min_p": "as the model's generation_config has it, else 0",
    },
    "openai": {"verbosity": "its own default: medium", "service_tier": "its own default: auto"},
    "llamacpp": {
        "temperature": "its own default: 0.8",
        "top_k": "its own default: 40",
        "top_p": "its own default: 0.95",
        "min_p": "its own default: 0.05",
    },
}


def limits(setting: str, profile: Profile | None = None) -> str:
    """What a setting takes, in words: narrower where the endpoint's profile says so."""
    if setting == "stop":
        most = profile.most_stops if profile else None
        return "texts" if most is None else f"up to {most} texts"
    if setting in columns.CHOICES:
        return ", ".join(columns.CHOICES[setting])
    if setting == "service_tier":
        return "the provider's own words"
    bounds = (profile.ranges if profile else {}).get(setting, RANGES.get(setting))
    if bounds is None:
        return ""
    low, high = (f"{each:,.0f}" if abs(each) >= 1000 else f"{each:g}" for each in bounds)
    return f"{low} to {high}"


def sent_as(setting: str, profile: Profile) -> str | None:
    """The provider's own name of it, or `None` if it has no such setting."""
    return profile.fields.get(setting)


def unset(setting: str, endpoint: Endpoint) -> str | None:
    """What it comes to that a setting isn't set there, in a few words; `None`: not known."""
    profile = _profile(endpoint)
    if profile is None or (field := profile.fields.get(setting)) is None:
        return None
    for added in profile.added:
        if added.field == field:
            return f"{setting} {added.value} ({added.why.partition(';')[0]}, added by the lab)"
    own = _EMBEDDED if profile.slot_seed else _STATED.get(profile.name, {})
    return f"{setting}: {own[setting]}" if setting in own else None


def left_empty(setting: str, profile: Profile) -> str:
    """What happens if the setting is not set, at this kind of endpoint."""
    field = profile.fields.get(setting)
    if field is None:
        return "there is no such setting"
    for added in profile.added:
        if added.field == field:
            return f"the lab sends {added.value}: {added.why}"
    own = _EMBEDDED if profile.slot_seed else _STATED.get(profile.name, {})
    told = own.get(setting) or _UNSET.get(setting)
    return told or "nothing is sent, and the provider's default holds, which it doesn't state"


def tooltip(setting: str, endpoint: Endpoint | None = None) -> str:
    """All of this in a few sentences, for the help of one field."""
    said = DOES[setting]
    profile = _profile(endpoint)
    if span := limits(setting, profile):
        said += f" Takes {span} ({UNITS[setting]})."
    if profile is None or setting not in columns.SETTINGS:
        return said
    name = sent_as(setting, profile)
    if name is None:
        return f"{said} {capital(profile.says)} has no {setting}: leave it empty."
    return f"{said} Sent to {profile.says} as `{name}`. Left empty: {left_empty(setting, profile)}."


def rows(settings: Sequence[str], endpoints: Sequence[Endpoint]) -> list[list[str]]:
    """A row for each setting: name, range, unit, effect, and for each endpoint name and default."""
    profiles = [profile for each in endpoints if (profile := _profile(each)) is not None]
    return [
        [
            setting,
            limits(setting),
            UNITS[setting],
            DOES[setting].replace("`", ""),
            *(_at(setting, profile) for profile in profiles),
        ]
        for setting in settings
    ]


def headings(endpoints: Sequence[Endpoint]) -> list[str]:
    """Those of `rows`."""
    known = [each for each in endpoints if _profile(each) is not None]
    return ["setting", "range", "unit", "what it does", *(f"at {each.name}" for each in known)]


def _at(setting: str, profile: Profile) -> str:
    name = sent_as(setting, profile)
    if name is None:
        return f"{capital(profile.says)} has no such setting."
    span = limits(setting, profile)
    own = f"{span}. " if span and span != limits(setting) else ""
    return f"Sent as {name}. {own}Left empty: {left_empty(setting, profile)}."


def _profile(endpoint: Endpoint | None) -> Profile | None:
    if endpoint is None:
        return None
    try:
        return profile_of(endpoint)
    except (InputError, KeyError):  # the validation tells
        return None

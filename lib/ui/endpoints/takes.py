"""What a model at an endpoint takes, setting by setting, in words. Pure.

Rule: what no source says is called not known, and nothing here is guessed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import get_args

from lib.domain.configuration import Endpoint
from lib.domain.settings import SETTING_NAMES, ReasoningEffort, Verbosity
from lib.providers.capabilities import LogprobsDescribe, Profile, capital, profile_of
from lib.providers.known_models import UNSET, Family, Rule, family_of
from lib.ui.compare import setting_reference

HEADINGS: tuple[str, ...] = (
    "setting",
    "called there",
    "takes",
    "what it does with it",
    "left empty",
)
SETTINGS = tuple(name for name in SETTING_NAMES if name != "extra")

NOT_KNOWN = "not known: nothing is assumed"
NOTHING_AGAINST = "nothing is known against it"
OWN = "taken: the lab starts this server itself"

_TAKES: Mapping[str, str] = {
    "logit_bias": "-100 to 100 for each token",
    "reasoning_effort": ", ".join(get_args(ReasoningEffort)),
    "thinking": "a table, in the provider's words",
    "verbosity": ", ".join(get_args(Verbosity)),
    "service_tier": "a word of the provider's",
    "stream": "yes or no",
}
_UNSET: Mapping[str, str] = {
    "logit_bias": "no token is favoured",
    "stream": "the answer comes in one piece",
}

_PREFILL: Mapping[str, str] = {
    "continued": "The model goes on where a trailing assistant message ends.",
    "echoed": "The model goes on where a trailing assistant message ends. The server may repeat "
    "that message in its text; the lab takes it off.",
    "answered": "A trailing assistant message is answered as a turn of its own, not continued.",
    "refused": "The model refuses a trailing assistant message.",
    "unknown": "Not known. An audit tells.",
}
_LOGPROBS: Mapping[LogprobsDescribe, str] = {
    "before_sampling": "The model's own distribution, before temperature, top_p and the like.",
    "after_sampling": "The distribution that tokens are drawn from, after all settings.",
    "unknown": "Not known: they may be from before the settings or from after them.",
}


def rows(endpoint: Endpoint, model: str) -> list[list[str]]:
    """A row for each setting, under `HEADINGS`.

    Raises:
        InputError: if the endpoint names a profile that doesn't exist.
    """
    profile, family = profile_of(endpoint), family_of(endpoint, model)
    return [
        [
            setting,
            setting_reference.sent_as(setting, profile) or "none",
            span(setting, profile, family) if setting in profile.fields else "nothing",
            stance(setting, endpoint, family),
            unset(setting, profile, family),
        ]
        for setting in SETTINGS
    ]


def span(setting: str, profile: Profile, family: Family | None) -> str:
    """The values that a setting takes, narrower where this endpoint or model says so."""
    words = [
        ", ".join(rule.values)
        for rule in (family.rules if family else ())
        if rule.setting == setting and rule.values
    ]
    if words:
        return words[0]
    return setting_reference.limits(setting, profile) or _TAKES.get(setting, "")


def stance(setting: str, endpoint: Endpoint, family: Family | None) -> str:
    """What becomes of a setting that is sent, as sentences."""
    profile = profile_of(endpoint)
    if setting not in profile.fields:
        fix = profile.lacks.get(setting, f"Leave {setting} empty.")
        return f"There is no such setting. {fix}"
    if family is None:
        return OWN if endpoint.embedded else NOT_KNOWN
    return " ".join(_told(setting, family, profile)) or NOTHING_AGAINST


def _told(setting: str, family: Family, profile: Profile) -> Iterator[str]:
    for rule in family.rules:
        if rule.setting == setting:
            yield _sentence(rule, profile, condition(rule))
        elif rule.beside == setting:
            yield _sentence(rule, profile, f" together with {rule.setting}")


def condition(rule: Rule) -> str:
    """When a rule holds, as the end of a sentence."""
    said = "".join(f" while {name} is {_either(words)}" for name, words in rule.where.items())
    if rule.beside is not None:
        said += f" together with {rule.beside}"
    if rule.only is not None:
        said += f", except {rule.only}"
    return f"{said}, with any other word" if rule.values else said


def _sentence(rule: Rule, profile: Profile, condition: str) -> str:
    match rule.stance:
        case "refused" if profile.ignores_unknown:
            said = f"Refused{condition}: {profile.says} drops it in silence."
        case "refused":
            said = f"Refused{condition}: the lab doesn't send it."
        case "ignored":
            said = f"Ignored{condition}: it is sent, and has no effect."
        case "doubtful":
            said = (
                f"Doubtful{condition}: sources differ. It is sent; a call tells whether it is "
                "refused, an audit whether it acts."
            )
    return f"{said} {rule.fix}".rstrip()


def _either(words: tuple[str, ...]) -> str:
    said = ["left empty" if word == UNSET else word for word in words]
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} or {said[-1]}"


def unset(setting: str, profile: Profile, family: Family | None) -> str:
    """What it means to leave a setting empty."""
    if setting not in profile.fields:
        return "nothing is sent"
    if family is not None and setting in family.defaults:
        return f"nothing is sent, and the provider's default holds: {family.defaults[setting]}"
    if setting in _UNSET and all(each.field != setting for each in profile.added):
        return _UNSET[setting]
    return setting_reference.left_empty(setting, profile)


def known_as(family: Family, today: date) -> list[str]:
    """What the table rests on, and how long the model will be there."""
    said = [f"Known as {family.name}. Read on {family.date:%Y-%m-%d}: {family.source}."]
    if family.ends is not None:
        ends = "has switched" if family.ends <= today else "will switch"
        said.append(f"Its vendor {ends} it off on {family.ends:%Y-%m-%d}.")
    return said


def besides(endpoint: Endpoint, model: str) -> list[list[str]]:
    """What isn't about one setting: prefill, log probabilities, roles.

    Raises:
        InputError: if the endpoint names a profile that doesn't exist.
    """
    profile, family = profile_of(endpoint), family_of(endpoint, model)
    prefill = (family.prefill if family else None) or profile.prefill
    logprobs = _LOGPROBS[profile.logprobs] if "logprobs" in profile.fields else "It reports none."
    said = [["prefill", _PREFILL[prefill]], ["log probabilities describe", logprobs]]
    said += [[f"role {role}", f"Sent as {other}."] for role, other in profile.roles.items()]
    if profile.ignores_unknown:
        said.append(["unknown fields", f"{capital(profile.says)} drops them in silence."])
    if profile.holds_back:
        said.append(
            [
                "limits and stop",
                "Where the limit cuts an answer, text that could begin a stop sequence is lost.",
            ]
        )
    return said


def added(endpoint: Endpoint) -> list[list[str]]:
    """Fields that the lab sends although nobody set them: the field, its value, and why.

    Raises:
        InputError: if the endpoint names a profile that doesn't exist.
    """
    profile = profile_of(endpoint)
    always = [[each.field, _value(each.value), each.why] for each in profile.added]
    prefilled = [
        [each.field, _value(each.value), f"with a prefill: {each.why}"]
        for each in profile.prefill_added
    ]
    return [
        *always,
        *prefilled,
        *([each.field, _value(each.value), each.why] for each in profile.served),
    ]


def _value(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case list() | tuple():
            return ", ".join(map(str, value))
        case _:
            return str(value)

"""What models are known to take, refuse or ignore: `known_models.toml`, as values.

An unknown model has no family, and nothing is assumed of it.
"""

from __future__ import annotations

import datetime
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal

from lib.domain.configuration import Configuration, Endpoint
from lib.domain.settings import Settings
from lib.providers.capabilities import profile_of

Stance = Literal["refused", "ignored", "doubtful"]
KnownPrefill = Literal["continued", "answered", "refused"]

UNSET = "unset"
"""Stands for a setting that is left to the provider's default."""

_VERSION = re.compile(r"(?:[-@](?:\d{4}-\d\d-\d\d|\d{8}|\d{4}|\d{3}|latest))$|:latest$")
"""What follows a model's name: a date, a version number, an alias."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What a family does with one setting, and when."""

    setting: str
    stance: Stance
    only: object = None
    """The one value that is taken all the same."""
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """It holds where these settings have one of these values; the empty table: always."""
    beside: str | None = None
    """It holds where this setting is set as well."""
    values: tuple[str, ...] = ()
    """The words that are taken; others are refused."""
    fix: str = ""

    def holds(self, settings: Settings) -> bool:
        """Whether it speaks of the value that these settings have."""
        given = settings.given()
        if self.setting not in given:
            return False
        value = given[self.setting]
        if (self.only is not None and value == self.only) or value in self.values:
            return False
        return self.applies(given)

    def applies(self, given: Mapping[str, object]) -> bool:
        """Whether it speaks of its setting beside these ones, whatever its value."""
        if self.beside is not None and self.beside not in given:
            return False
        return all(_word(given, name) in words for name, words in self.where.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Models that are known to behave alike."""

    name: str
    vendor: str
    models: tuple[str, ...]
    """Patterns of bare names."""
    source: str
    date: datetime.date
    ends: datetime.date | None = None
    """The day on which its vendor switches it off."""
    most_output: int | None = None
    """The most tokens that any of them answers with, where it was read."""
    prefill: KnownPrefill | None = None
    defaults: Mapping[str, object] = field(default_factory=dict)
    """What an unset setting means, by setting."""
    rules: tuple[Rule, ...] = ()


_DECIMAL = re.compile(r"(?<=\d)\.(?=\d)")
"""Routers write claude-opus-4.6 where the vendor writes claude-opus-4-6."""


@lru_cache(maxsize=256)  # each call of a run asks again
def family_of(endpoint: Endpoint, model: str) -> Family | None:
    """The family of a model at an endpoint, or `None` if it is not known.

    The same name at another address may be another model, or behind a proxy that translates: it
    is known only at its vendor's own, and at a router where the name says whose it is.

    Raises:
        InputError: if the endpoint names a profile that doesn't exist.
    """
    data, kind = _data(), profile_of(endpoint)
    vendor, bare = _bare(model)
    for family in data.families:
        own = kind.name in data.vendors[family.vendor]
        routed = kind.ignores_unknown and vendor == family.vendor
        if (own or routed) and any(fnmatchcase(bare, pattern) for pattern in family.models):
            return family
    return None


def most_output(vendor: str, model: str) -> int | None:
    """The most tokens that a vendor's model answers with, if that is known."""
    _, bare = _bare(model)
    for family in _data().families:
        if family.vendor == vendor and any(fnmatchcase(bare, each) for each in family.models):
            return family.most_output
    return None


def refused(configuration: Configuration, *, prefilled: bool) -> Iterator[str]:
    """A sentence for everything in a configuration that its model is known to refuse."""
    family = family_of(configuration.endpoint, configuration.model)
    if family is None or profile_of(configuration.endpoint).ignores_unknown:
        return
    settings = configuration.settings
    for rule in _holding(family, settings, {"refused"}):
        fix = rule.fix or f"Leave {rule.setting} empty."
        yield f"{configuration.model} doesn't take {_said(rule, settings)}{_told(family)}. {fix}"
    if prefilled and family.prefill == "refused":
        yield (
            f"{configuration.model} doesn't take a prefill{_told(family)}. "
            "Take the last assistant message out, or choose another model."
        )


def ignored(configuration: Configuration) -> tuple[str, ...]:
    """The settings of a configuration that its model is known to accept and not to follow.

    A router that drops what a model refuses turns a refusal into that, and doesn't say so.
    """
    family = family_of(configuration.endpoint, configuration.model)
    if family is None:
        return ()
    dropped = profile_of(configuration.endpoint).ignores_unknown
    stances: set[Stance] = {"ignored", "refused"} if dropped else {"ignored"}
    return tuple(rule.setting for rule in _holding(family, configuration.settings, stances))


def families() -> tuple[Family, ...]:
    """All that are known, in the order of the file."""
    return _data().families


def vendors() -> Mapping[str, frozenset[str]]:
    """The profiles of each vendor's own endpoints."""
    return _data().vendors


def _holding(family: Family, settings: Settings, stances: set[Stance]) -> Iterator[Rule]:
    yield from (rule for rule in family.rules if rule.stance in stances and rule.holds(settings))


def _said(rule: Rule, settings: Settings) -> str:
    value = settings.given()[rule.setting]
    if rule.beside is not None:
        return f"{rule.setting} together with {rule.beside}"
    if rule.values:
        return f"{rule.setting} = {value}, only {', '.join(rule.values)}"
    what = f"{rule.setting} = {value}" if isinstance(value, int | float | str) else rule.setting
    states = [f"{name} is {_word(settings.given(), name)}" for name in rule.where]
    return f"{what} while {' and '.join(states)}" if states else what


def _told(family: Family) -> str:
    return f" (known since {family.date:%Y-%m-%d})"


def _word(given: Mapping[str, object], name: str) -> str:
    """The word that a setting has, or one in its table: `thinking.type`."""
    outer, _, inner = name.partition(".")
    value = given.get(outer)
    if inner:
        value = value.get(inner) if isinstance(value, Mapping) else None
    return UNSET if value is None else str(value)


def _bare(model: str) -> tuple[str, str]:
    """The vendor that a name begins with, if any, and the name without it and without a date."""
    vendor, _, name = model.lower().removeprefix("models/").rpartition("/")
    bare = _VERSION.sub("", name.partition(":")[0] if vendor else name)
    return vendor, _DECIMAL.sub("-", bare) if bare.startswith("claude") else bare


@dataclass(frozen=True, slots=True)
class _Data:
    vendors: Mapping[str, frozenset[str]]
    families: tuple[Family, ...]


@cache
def _data() -> _Data:
    raw = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    vendors = {name: frozenset(profiles) for name, profiles in raw["vendors"].items()}
    return _Data(vendors, tuple(_family(each) for each in raw["families"]))


def _family(raw: dict[str, Any]) -> Family:
    rules = tuple(
        _rule(name, each)
        for name, one_or_more in raw.pop("rules").items()
        for each in (one_or_more if isinstance(one_or_more, list) else [one_or_more])
    )
    return Family(models=tuple(raw.pop("models")), rules=rules, **raw)


def _rule(setting: str, raw: dict[str, Any]) -> Rule:
    where = {name: tuple(words) for name, words in raw.pop("where", {}).items()}
    return Rule(setting=setting, where=where, values=tuple(raw.pop("values", ())), **raw)

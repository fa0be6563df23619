"""What the models that are asked take of a setting, and why they don't. Pure.

Rule: these words stand in Markdown, so they hold nothing of a draft, no name of a model or a
configuration either: only the lab's own data.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lib.domain.configuration import Endpoint
from lib.domain.errors import InputError
from lib.providers.capabilities import Profile, capital, profile_of
from lib.providers.known_models import Family, Rule, family_of
from lib.ui.compare import columns, setting_reference
from lib.ui.endpoints import takes

_EFFORT = "reasoning_effort"


@dataclass(frozen=True, slots=True)
class Taking:
    """Who a configuration asks, as far as that is known."""

    endpoint: Endpoint | None
    profile: Profile | None
    """`None`: nobody that is known, so nothing is said."""
    family: Family | None

    def refuses(self, setting: str, given: Mapping[str, object]) -> bool:
        """Whether any usual value of it is refused beside the other settings that are given."""
        if self.profile is None:
            return False
        return setting not in self.profile.fields or any(
            rule.applies(given) if rule.setting == setting else _meets(rule, setting, given)
            for rule in self.refusing(setting)
        )

    def never(self, setting: str) -> bool:
        """Whether it is refused whatever else is set."""
        if self.profile is None:
            return False
        return setting not in self.profile.fields or any(
            rule.setting == setting and not rule.where and rule.beside is None
            for rule in self.refusing(setting)
        )

    def words(self, setting: str) -> tuple[str, ...]:
        """The words that a setting takes here."""
        words = columns.CHOICES[setting]
        known = self.profile.values.get(setting) if self.profile else None
        told = [each.values for each in self._rules() if each.setting == setting and each.values]
        return tuple(
            word
            for word in words
            if (not known or word in known) and all(word in each for each in told)
        )

    def why(self, setting: str) -> str:
        """What becomes of a setting here, as sentences; `""` where nothing is known against it."""
        if self.endpoint is None or self.profile is None:
            return ""
        if setting in self.profile.fields and self.family is None:
            return ""
        said = takes.stance(setting, self.endpoint, self.family)
        if said == takes.NOTHING_AGAINST:
            return ""
        if self.family is None or setting not in self.profile.fields:
            return said
        return f"{named(self.family)}: {said}"

    def conditions(self) -> set[str]:
        """The settings with a column that decide what becomes of others."""
        return {name for each in self._rules() for name in each.where} & {*columns.SETTINGS}

    def refusing(self, setting: str) -> Iterator[Rule]:
        """What is known to be refused of a setting, alone or beside another one."""
        for rule in self._rules():
            # One that takes some words is met by offering these.
            if rule.stance == "refused" and not rule.values and setting in _of(rule):
                yield rule

    def _rules(self) -> tuple[Rule, ...]:
        """None where a server in between drops what is refused: then nothing is."""
        if self.family is None or self.profile is None or self.profile.ignores_unknown:
            return ()
        return self.family.rules


def taking(endpoint: Endpoint | None, model: str) -> Taking:
    """What is known of a model at an endpoint."""
    if endpoint is None:
        return Taking(None, None, None)
    try:
        return Taking(endpoint, profile_of(endpoint), family_of(endpoint, model))
    except InputError:  # the validation tells
        return Taking(endpoint, None, None)


def all_of(
    configurations: Sequence[Mapping[str, Any]], known: Mapping[str, Endpoint]
) -> list[Taking]:
    """Of each configuration of a draft, in order."""
    return [
        taking(known.get(str(each.get("endpoint", "local"))), str(each.get("model") or ""))
        for each in configurations
    ]


def left_out(
    settings: Sequence[str], configurations: Sequence[Mapping[str, Any]], asked: Sequence[Taking]
) -> tuple[str, ...]:
    """Those of the settings that nobody who is asked ever takes, and that nothing sets."""
    return tuple(
        name
        for name in settings
        if asked
        and all(each.never(name) for each in asked)
        and all(each.get(name) is None for each in configurations)
    )


def in_use(configurations: Sequence[Mapping[str, Any]], asked: Sequence[Taking]) -> tuple[str, ...]:
    """The settings that are worth a column: the usual, those set, and what decides about them.

    Where no temperature is taken, reasoning effort is what there is to vary.
    """
    used = set(columns.in_use(configurations))
    used = used.union(*(each.conditions() for each in asked))
    for each in asked:
        if each.never("temperature") and each.profile and _EFFORT in each.profile.fields:
            used.add(_EFFORT)
    return tuple(name for name in columns.SETTINGS if name in used)


def choices(
    setting: str, configurations: Sequence[Mapping[str, Any]], asked: Sequence[Taking]
) -> list[str]:
    """The words that any of these takes, and those that are set already."""
    taken = {word for each in asked for word in each.words(setting)}
    taken = taken.union(str(each.get(setting)) for each in configurations)
    return [word for word in columns.CHOICES[setting] if word in taken or not asked]


def told(settings: Sequence[str], asked: Sequence[Taking]) -> list[str]:
    """A sentence for each kind of server and each family, on what it refuses of these settings."""
    said = dict.fromkeys(
        sentence
        for each in asked
        for sentence in (_lacking(settings, each), *_families(settings, each))
    )
    return [each for each in said if each]


def tooltip(setting: str, one: Taking) -> str:
    """The help of a field: what it is, and what this model is known to do with it."""
    said = setting_reference.tooltip(setting, one.endpoint if one.profile else None)
    why = one.why(setting) if one.profile and setting in one.profile.fields else ""
    return f"{said} {why}".rstrip()


def named(family: Family) -> str:
    """A family, with the day on which it was read."""
    return f"{family.name} (known since {family.date:%Y-%m-%d})"


def _of(rule: Rule) -> tuple[str | None, ...]:
    return (rule.setting, rule.beside)


def _meets(rule: Rule, setting: str, given: Mapping[str, object]) -> bool:
    """Whether it refuses its own setting, which is given, beside this one."""
    return rule.beside == setting and rule.setting in given and rule.applies({**given, setting: 0})


def _lacking(settings: Sequence[str], one: Taking) -> str:
    if one.profile is None:
        return ""
    lacking = [name for name in settings if name not in one.profile.fields]
    return f"{capital(one.profile.says)} has no {_listed(lacking, 'or')}." if lacking else ""


def _families(settings: Sequence[str], one: Taking) -> Iterator[str]:
    conditions: dict[str, list[str]] = {}
    for name in settings:
        for rule in one.refusing(name):
            if rule.setting == name:
                when = takes.condition(replace(rule, only=None))
                only = "" if rule.only is None else f" (except {rule.only})"
                conditions.setdefault(when, []).append(f"{name}{only}")
    for when, names in conditions.items():
        if one.family is not None:
            yield f"{named(one.family)} refuses {_listed(names, 'and')}{when}."


def _listed(names: Sequence[str], last: str) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {last} {names[-1]}"

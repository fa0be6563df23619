"""Names of configurations that say their settings: they follow when a setting changes. Pure.

A name is made of parts, such as `warm, T = 0.7`. A part that says what a setting was follows the
setting; a part that somebody typed stays. A name that only says settings says those that vary.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from lib.ui.compare import columns, examples

Configuration = Mapping[str, Any]

_SAYING = (*columns.SETTINGS, "model")
_COPY = re.compile(r" \(\d+\)$")
_LONGEST = 200
_HEADS = {"temperature": "Temperature", "max_tokens": "Length limit"}
"""What a setting is called in an experiment's name, where that is not its own name."""
_MOST_LISTED = 8
_NUMBERS = re.compile(r"(-?[\d.]+|default)(, (-?[\d.]+|default|…))*( tokens)?")
_SHORT_FORMS = {"temperature": r"(^|, )T = ", "max_tokens": r"(^|, )\d+ tokens"}


def named(
    configurations: Sequence[Configuration], bases: Sequence[Configuration]
) -> list[dict[str, Any]]:
    """The configurations, each with a name: one that is missing is made, a stale one follows.

    Args:
        configurations: as they are now.
        bases: what each was before; empty for one that is new.
    """
    names = [
        _followed(str(now.get("name", "")), before, now)
        for now, before in zip(configurations, bases, strict=True)
    ]
    varied = list(_varied(configurations))
    short = _short(names)
    if any(_said(before) != _said(now) for before, now in zip(bases, configurations, strict=True)):
        names = [
            _made(now, varied, short) if _says_other(name, before, now, varied) else name
            for name, before, now in zip(names, bases, configurations, strict=True)
        ]
    own = [name == now.get("name") for name, now in zip(names, configurations, strict=True)]
    taken = {name for name, mine in zip(names, own, strict=True) if mine and name}
    for index, now in enumerate(configurations):
        if own[index] and names[index]:
            continue  # typed, or as it was
        wanted = names[index] or _made(now, varied, short) or f"Configuration {index + 1}"
        names[index] = another(wanted, taken)
        taken.add(names[index])
    return [{**now, "name": name} for now, name in zip(configurations, names, strict=True)]


def experiment_name(
    name: str, before: Sequence[Configuration], now: Sequence[Configuration]
) -> str:
    """The experiment's name: what the lab made says what varies, and what somebody typed stays.

    Made are an example's title, a list of a setting's values such as `Temperature: 0, 0.7, 1.3`,
    and `Sweep of temperature and top_p`.
    """
    if not now or not is_made(name, before):
        return name
    setting = _listed(name, before)
    titled = setting is None and not _sweep_of(name)
    if titled and _varied(before) == _varied(now):
        return name
    varied = list(_varied(now))
    if len(varied) > 1:
        known = set(_sweep_of(name)) == set(varied)  # in the order in which it was asked for
        return name if known else f"Sweep of {' and '.join(varied)}"[:_LONGEST]
    one = varied[0] if varied else setting
    if one is None or _sweep_of(name) == [one]:
        return name
    return _list(one, now)


def is_made(name: str, configurations: Sequence[Configuration]) -> bool:
    """Whether the lab gave an experiment its name, so that it may give it another."""
    titled = name in examples.titles().values()
    return titled or bool(_sweep_of(name)) or _listed(name, configurations) is not None


def _varied(configurations: Sequence[Configuration]) -> dict[str, list[str]]:
    """The settings in which configurations differ, and their values in order, each once."""
    values = {
        name: list(dict.fromkeys(_value(each.get(name)) for each in configurations))
        for name in _SAYING
    }
    return {name: each for name, each in values.items() if len(each) > 1}


def _list(setting: str, configurations: Sequence[Configuration]) -> str:
    values = list(dict.fromkeys(_value(each.get(setting)) for each in configurations))
    rest = ["…"] if len(values) > _MOST_LISTED else []
    unit = " tokens" if setting == "max_tokens" else ""
    listed = ", ".join([*values[:_MOST_LISTED], *rest])
    return f"{_HEADS.get(setting, setting)}: {listed}{unit}"[:_LONGEST]


def _listed(name: str, before: Sequence[Configuration]) -> str | None:
    """The setting whose values a name lists, whether they are still there or not."""
    head, colon, rest = name.rpartition(": ")
    for setting in _SAYING if colon else ():
        if head in {setting, _HEADS.get(setting)}:
            numbers = setting in {*columns.FLOATS, *columns.WHOLE}
            if name == _list(setting, before) or (numbers and _NUMBERS.fullmatch(rest)):
                return setting
    return None


def _sweep_of(name: str) -> list[str]:
    """The settings that the name of a sweep has, or none."""
    if not name.startswith("Sweep of "):
        return []
    named_ = name.removeprefix("Sweep of ").split(" and ")
    return named_ if set(named_) <= set(_SAYING) else []


def another(name: str, taken: set[str]) -> str:
    """The name, with a number behind it if it is taken: `T = 0.7 (2)`."""
    plain, number = _COPY.sub("", name) or name, 2
    if plain not in taken:
        return plain
    while (numbered := f"{plain[: _LONGEST - 8]} ({number})") in taken:
        number += 1
    return numbered


def _followed(name: str, before: Configuration, now: Configuration) -> str:
    if not name or name != before.get("name"):
        return name
    for setting in _SAYING:
        if before.get(setting) != now.get(setting):
            was, is_ = _ways(setting, before.get(setting)), _ways(setting, now.get(setting))
            for old, new in zip(was, is_, strict=True):
                name = _replaced(name, old, new)
    return name


def _says_other(
    name: str, before: Configuration, now: Configuration, varied: Sequence[str]
) -> bool:
    """Whether a name only says settings, and not those in which this configuration stands out."""
    if not name or now.get("name") != before.get("name") or not varied:
        return False
    parts = _COPY.sub("", name).split(", ")
    said = [
        next((each for each in _SAYING if part in _ways(each, now.get(each))), None)
        for part in parts
    ]
    return None not in said and set(said) != set(_standing_out(now, varied))


def _standing_out(configuration: Configuration, varied: Sequence[str]) -> list[str]:
    return [each for each in varied if configuration.get(each) is not None] or list(varied[:1])


def _said(configuration: Configuration) -> list[str]:
    return [repr(configuration.get(name)) for name in _SAYING]


def _short(names: Sequence[str]) -> set[str]:
    """The settings that names say in their short form."""
    return {
        setting
        for setting, form in _SHORT_FORMS.items()
        if any(re.search(form, name) for name in names)
    }


def _replaced(name: str, old: str, new: str) -> str:
    """The name with one part replaced: a whole part only, as `T = 0.7` is not in `T = 0.75`."""
    part = re.compile(rf"(^|, ){re.escape(old)}(?=$|, | \(\d+\)$)")
    return part.sub(lambda found: f"{found.group(1)}{new}", name)


def _made(configuration: Configuration, varied: Sequence[str], short: set[str]) -> str:
    """What sets a configuration apart, as a sweep would name it."""
    said = [
        _ways(setting, configuration.get(setting))[setting in short]
        for setting in _standing_out(configuration, varied)
    ]
    return ", ".join(said)[:_LONGEST]


def _ways(setting: str, value: object) -> tuple[str, str]:
    """How a name says a setting: in full, and in the short form that some settings have."""
    said = _value(value)
    full = f"{setting} = {said}"
    match setting:
        case "temperature":
            return full, f"T = {said}"
        case "max_tokens":
            return full, f"{said} tokens"
        case _:
            return full, full


def _value(value: object) -> str:
    match value:
        case None:
            return "default"
        case float():
            return f"{value:g}"
        case [*_]:
            return columns.stop_text([str(each) for each in value]) or ""
        case str() if len(value) > 40:
            return f"{value[:37]}…"
        case _:
            return str(value)

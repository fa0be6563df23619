"""Settings as they are written for a reader: with what an unset one means. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from lib.domain.configuration import Endpoint
from lib.domain.settings import SETTING_NAMES, Settings
from lib.ui.compare import setting_reference

_UNSET = {"stop": "no stop sequence", "seed": "no seed", "logprobs": "no log probabilities"}
"""Of settings that do nothing unless they are set; of any other the provider's default holds."""


def settings(given: Settings, names: Sequence[str], endpoint: Endpoint | None = None) -> list[str]:
    """These settings, each as `name value`, or what it means that it isn't set."""
    values = given.given()
    return [setting(name, values.get(name), endpoint) for name in names]


def setting(name: str, value: object, endpoint: Endpoint | None = None) -> str:
    """One setting with its value.

    Args:
        name: of the setting.
        value: `None`: it isn't set.
        endpoint: who is asked, as it is up to them what an unset one comes to.
    """
    match value:
        case None:
            if name in _UNSET:
                return _UNSET[name]
            known = None if endpoint is None else setting_reference.unset(name, endpoint)
            return known or f"{name}: provider's default"
        case float():
            return f"{name} {value:g}"
        case int() if name == "max_tokens":
            return f"max_tokens {value:,}"
        case tuple() if name == "stop" and value:
            *first, last = (json.dumps(str(each), ensure_ascii=False) for each in value)
            return f"stop at {' or '.join([', '.join(first), last] if first else [last])}"
        case _:
            return f"{name} {value}"


def named_in(name: str, given: Settings, names: Sequence[str]) -> bool:
    """Whether a configuration's name says these settings already, as those of a sweep do."""
    told = (setting(each, given.given().get(each)).replace(" ", " = ", 1) for each in names)
    return all(each in name for each in told)


def varied(given: Sequence[Settings]) -> list[str]:
    """The settings in which configurations differ, in the order of `Settings`."""
    return [name for name in SETTING_NAMES if len(_values(given, name)) > 1]


def shared(given: Sequence[Settings]) -> Mapping[str, object]:
    """The settings that all configurations set to the same value."""
    return {
        name: value
        for name, value in (given[0].given() if given else {}).items()
        if len(_values(given, name)) == 1
    }


def _values(given: Sequence[Settings], name: str) -> set[str]:
    return {repr(each.given().get(name)) for each in given}

"""One-click edits for settings that are known to be refused, each tried before it is offered.

Pure. Rule: an edit is offered only if what it leaves has fewer problems, judged by the very request
that would be sent. So no rule of an endpoint is written a second time here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lib.domain.configuration import Configuration
from lib.domain.errors import InputError
from lib.domain.experiment import Experiment
from lib.domain.experiment_file import parse
from lib.engine import starting
from lib.providers.capabilities import profile_of
from lib.ui.compare import naming, taken

MOST = 6
"""Edits that are offered together."""

_THINKING = "thinking.type"
_PLAIN = re.compile(r"[^\W_](?:[\w =,%()+-]|\.(?=\d)){0,39}")
"""A name that no Markdown can be made of: a label is read as such."""

Column = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Fix:
    """An edit that mends something."""

    label: str
    """Markdown, and plain."""
    document: dict[str, Any]
    """The draft with it."""


def fixes(document: Mapping[str, Any], experiment: Experiment) -> tuple[Fix, ...]:
    """Edits that make the endpoints refuse less.

    Args:
        document: the draft.
        experiment: the same, as it was read.
    """
    columns = document.get("configurations", [])
    if len(columns) != len(experiment.configurations):  # a sweep that is not laid out yet
        return ()
    found: dict[str, dict[int, dict[str, Any]]] = {}
    for index, column in enumerate(columns):
        before = _problems(experiment, experiment.configurations[index])
        if not before:
            continue
        for says, changed in _candidates(experiment.configurations[index], column):
            after = _read(document, changed)
            if after is not None and _problems(after, after.configurations[0]) < before:
                found.setdefault(says, {})[index] = changed
    return tuple(
        Fix(f"{says} in {_where(columns, list(changes))}", _changed(document, changes))
        for says, changes in list(found.items())[:MOST]
    )


def without(document: Mapping[str, Any], setting: str, numbers: Sequence[int]) -> dict[str, Any]:
    """The document with a setting, or the prefill, left empty in these configurations, from 1."""
    columns = document.get("configurations", [])
    changes = {
        number - 1: _without_prefill(columns[number - 1])
        if setting == "prefill"
        else _without(columns[number - 1], setting)
        for number in numbers
    }
    return _changed(document, changes)


def _problems(experiment: Experiment, configuration: Configuration) -> int:
    """How many things stand against its request."""
    try:
        starting.requests(replace(experiment, configurations=(configuration,)))
    except InputError as error:
        return len(str(error).splitlines())
    return 0


def _read(document: Mapping[str, Any], column: Column) -> Experiment | None:
    """The experiment of this configuration alone."""
    whole = {key: value for key, value in document.items() if value != ""}
    try:
        return parse({**whole, "configurations": [column]})
    except InputError:
        return None


def _candidates(one: Configuration, column: Column) -> Iterator[tuple[str, dict[str, Any]]]:
    yield from _conditions(one, column)
    ranges = profile_of(one.endpoint).ranges
    for name, value in one.settings.given().items():
        if name not in column or name == "extra":
            continue
        if name in ranges and isinstance(value, int | float):
            low, high = ranges[name]
            near = min(max(value, low), high)
            yield f"Set {name} to {near:g}", {**column, name: near}
        yield f"Leave {name} empty", _without(column, name)
    yield "Take the prefill out", _without_prefill(column)


def _conditions(one: Configuration, column: Column) -> Iterator[tuple[str, dict[str, Any]]]:
    """Another value of the setting that a refusal depends on."""
    asked = taken.taking(one.endpoint, one.model)
    for name in one.settings.given():
        for rule in asked.refusing(name):
            if "reasoning_effort" in rule.where:
                refused = rule.where["reasoning_effort"]
                for word in asked.words("reasoning_effort"):
                    if word not in refused:
                        yield (
                            f"Set reasoning_effort to {word}",
                            {**column, "reasoning_effort": word},
                        )
            if _THINKING in rule.where:
                yield "Switch thinking off", {**column, "thinking": {"type": "disabled"}}


def _without(column: Column, setting: str) -> dict[str, Any]:
    return {name: value for name, value in column.items() if name != setting}


def _without_prefill(column: Column) -> dict[str, Any]:
    """Where it has messages of its own, the trailing one of the assistant is its prefill."""
    own = column.get("messages")
    if own and own[-1].get("role") == "assistant" and not column.get("prefill"):
        return {**column, "messages": list(own[:-1])}
    return {**column, "prefill": ""}


def _changed(document: Mapping[str, Any], changes: Mapping[int, Column]) -> dict[str, Any]:
    """The document with these configurations in place of its own; names follow."""
    before = document.get("configurations", [])
    after = [dict(changes.get(index, column)) for index, column in enumerate(before)]
    name = str(document.get("name", ""))
    return {
        **document,
        **({"name": naming.experiment_name(name, before, after)} if name else {}),
        "configurations": naming.named(after, before),
    }


def _where(columns: Sequence[Column], indexes: Sequence[int]) -> str:
    if len(indexes) > 1:
        every = "all " if len(indexes) == len(columns) else ""
        return f"{every}{len(indexes)} configurations"
    name = str(columns[indexes[0]].get("name") or "")
    return f"'{name}'" if _PLAIN.fullmatch(name) else f"configuration {indexes[0] + 1}"

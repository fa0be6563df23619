"""The experiment file: its shape, and the way from a document to an `Experiment` and back.

A document is what TOML or JSON gives: dicts, lists, texts and numbers. The page, the shell, the
store and imports all come through `parse`, so that an experiment is checked in one place.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from lib.domain import declared_file
from lib.domain import file_shape as shape
from lib.domain.checks import Check
from lib.domain.configuration import KNOWN_ENDPOINTS, LOCAL, Configuration, Endpoint
from lib.domain.errors import InputError
from lib.domain.experiment import MOST_CONFIGURATIONS, Experiment
from lib.domain.file_problems import keys_in, problems
from lib.domain.message import Message
from lib.domain.settings import SETTING_NAMES, Settings

MOST_BYTES = 16 * 2**20
"""Of an experiment file: far beyond any message that an endpoint takes."""


def load(path: Path) -> Experiment:
    """The experiment in a TOML file.

    Raises:
        InputError: if it can't be read, isn't TOML, or isn't an experiment: one line a problem.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InputError(f"{path.name} is larger than {MOST_BYTES // 2**20} MB.")
        raw = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} can't be read: {error.strerror}.", "Check the path.") from error
    return parse_toml(raw, source=path.name)


def parse_toml(raw: bytes, *, source: str = "The text") -> Experiment:
    """The experiment in the bytes of a TOML file. Raises `InputError`, as `load` does."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{source} is not UTF-8: byte {error.start} is {raw[error.start]:#04x}.",
            "Save it as UTF-8.",
        ) from error
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # also for a number of thousands of digits
        raise InputError(f"{source} is not TOML: {error}.") from error
    return parse(document)


def parse(document: Mapping[str, Any]) -> Experiment:
    """The experiment that a document describes, defaults and sweep expanded.

    Raises:
        InputError: one line for each problem, with its key path.
    """
    if found := list(keys_in(document)):
        raise InputError("\n".join(found))
    try:
        read = shape.Document.model_validate(document)
    except ValidationError as error:
        raise InputError("\n".join(problems(error, document))) from error
    except RecursionError as error:
        raise InputError("The document is nested too deeply.") from error
    endpoints = _endpoints(read)
    trouble: list[str] = []
    configurations = tuple(_configurations(read, endpoints, trouble))
    checks = tuple(_checks(read, trouble))
    declared = declared_file.read(read, trouble)
    if trouble:
        raise InputError("\n".join(dict.fromkeys(trouble)))
    return Experiment(
        name=read.name,
        messages=_messages(read.messages),
        prefill=read.prefill,
        configurations=configurations,
        repeats=read.repeats,
        variables=read.variables,
        checks=checks,
        declared=declared,
    )


def _endpoints(read: shape.Document) -> dict[str, Endpoint]:
    known = {endpoint.name: endpoint for endpoint in KNOWN_ENDPOINTS}
    own = {
        name: Endpoint(name=name, **given.model_dump(exclude_none=True))
        for name, given in read.endpoints.items()
    }
    return {**own, **known}


def _checks(read: shape.Document, trouble: list[str]) -> Iterator[Check]:
    for index, check in enumerate(read.checks):
        try:
            yield Check(**check.model_dump(by_alias=True))
        except InputError as error:
            trouble.extend(f"checks[{index}]: {line}" for line in str(error).splitlines())


def _configurations(
    read: shape.Document, endpoints: Mapping[str, Endpoint], trouble: list[str]
) -> Iterator[Configuration]:
    points = 1
    for values in read.sweep.values():
        points *= len(values)
    if points * max(1, len(read.configurations)) > MOST_CONFIGURATIONS:
        trouble.append(
            f"sweep makes {points * max(1, len(read.configurations)):,} configurations, "
            f"but at most {MOST_CONFIGURATIONS} are taken."
        )
        return
    shared = read.defaults.model_dump(exclude_none=True)
    bases: list[tuple[str, shape.Configuration]] = [
        (f"configurations[{index}]", configuration)
        for index, configuration in enumerate(read.configurations)
    ] or [("defaults", shape.Configuration(name="" if read.sweep else "Defaults"))]
    number = 0
    for where, base in bases:
        own = base.model_dump(exclude_none=True)
        for point in product(*read.sweep.values()):
            number += 1
            swept = dict(zip(read.sweep, point, strict=True))
            words = ", ".join(f"{name} = {_short(value)}" for name, value in swept.items())
            merged = {**shared, **own, **swept}
            merged["name"] = (
                ", ".join(filter(None, (base.name, words))) or f"Configuration {number}"
            )
            where_now = f"sweep ({words})" if words else where
            yield from _configuration(merged, base, where_now, endpoints, trouble)


def _configuration(
    merged: dict[str, Any],
    base: shape.Configuration,
    where: str,
    endpoints: Mapping[str, Endpoint],
    trouble: list[str],
) -> Iterator[Configuration]:
    try:
        # Read again: what a sweep lays over a configuration has not been checked yet.
        read = shape.Configuration.model_validate(merged)
    except ValidationError as error:
        trouble.extend(problems(error, merged, where=where))
        return
    endpoint = endpoints.get(name := merged.get("endpoint", LOCAL.name))
    if endpoint is None:
        known = ", ".join(sorted(endpoints))
        trouble.append(f"{where}.endpoint is {name!r}, but known are {known}.")
    if endpoint is not None and not endpoint.embedded and "model" not in merged:
        trouble.append(f"{where}.model is missing: which model should {name} be asked for?")
    given = {key: getattr(read, key) for key in SETTING_NAMES if getattr(read, key) is not None}
    if read.stop is not None:
        given["stop"] = tuple(read.stop)
    try:
        settings = Settings(**given)
    except InputError as error:
        trouble.extend(f"{where}.{line}" for line in str(error).splitlines())
        return
    if endpoint is not None:
        yield Configuration(
            name=merged["name"],
            endpoint=endpoint,
            model=merged.get("model", Configuration(name="").model),
            settings=settings,
            messages=None if base.messages is None else _messages(base.messages),
            prefill=read.prefill,
        )


def _short(value: object) -> str:
    """A swept value as it stands in a configuration's name."""
    match value:
        case bool():
            return str(value).lower()
        case float():
            return f"{value:g}"
        case str() if len(value) > 40:
            return f"{value[:37]}…"
        case _:
            return str(value)


def _messages(given: list[shape.Message]) -> tuple[Message, ...]:
    return tuple(Message(message.role, message.content) for message in given)


def document(experiment: Experiment) -> dict[str, Any]:
    """The document of an experiment: `parse` gives the same experiment back."""
    own = {
        c.endpoint.name: c.endpoint
        for c in experiment.configurations
        if c.endpoint not in KNOWN_ENDPOINTS
    }
    stop = experiment.declared.stop
    whole: dict[str, Any] = {
        "name": experiment.name,
        "repeats": experiment.repeats if stop is None else stop.most,
        "prefill": experiment.prefill,
        "messages": [_turn(message) for message in experiment.messages],
        "variables": dict(experiment.variables),
        "configurations": [_column(configuration) for configuration in experiment.configurations],
        "endpoints": {
            name: {
                key: value
                for key in ("dialect", "base_url", "api_key_env", "profile")
                if (value := getattr(endpoint, key)) is not None
            }
            for name, endpoint in own.items()
        },
        "checks": [
            {key: value for key in Check.__slots__ if (value := getattr(check, key)) is not None}
            for check in experiment.checks
        ],
        "analysis": declared_file.document(experiment.declared),
    }
    return {key: value for key, value in whole.items() if value not in ("", [], {})}


def _turn(message: Message) -> dict[str, str]:
    return {"role": message.role, "content": message.content}


def _column(configuration: Configuration) -> dict[str, Any]:
    column: dict[str, Any] = {
        "name": configuration.name,
        "endpoint": configuration.endpoint.name,
        "model": configuration.model,
    }
    for name, value in configuration.settings.given().items():
        column[name] = list(value) if isinstance(value, tuple) else value
    if configuration.prefill is not None:
        column["prefill"] = configuration.prefill
    if configuration.messages is not None:
        column["messages"] = [_turn(message) for message in configuration.messages]
    return column

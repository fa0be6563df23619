"""What is wrong with an experiment file, in sentences: one line each, with its key path."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from lib.domain.file_shape import (
    Analysis,
    Check,
    Configuration,
    Defaults,
    Document,
    Endpoint,
    Message,
)

_KEY_SHAPES = re.compile(
    r"\bsk-(?:ant|proj|or|svcacct|admin)-[A-Za-z0-9_-]{16,}|\bsk-[A-Za-z0-9]{32,}"
    r"|\bAIza[0-9A-Za-z_-]{35}\b|\bgsk_[A-Za-z0-9]{32,}|\bhf_[A-Za-z0-9]{30,}"
)
"""How the keys of well-known providers look. A message that quotes one is refused as well:
experiments are stored, exported and linked to, and no key may be."""

_KEY_NAMES = frozenset(
    {"api_key", "apikey", "x_api_key", "key", "token", "authorization", "headers", "secret"}
)
_PASSED_THROUGH = frozenset({"extra", "thinking"})
"""Tables that go to the endpoint as they are, so that nothing else checks their names."""
_NO_KEY = (
    "is not taken: a key does not belong in a file. Name the environment "
    'variable that has it instead, as in api_key_env = "MY_KEY".'
)

_EXPECTED = {
    "float_type": "a number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "string_type": "a text in quotes",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
}

_KNOWN_KEYS: Mapping[str, Iterable[str]] = {
    "": Document.model_fields,
    "defaults": Defaults.model_fields,
    "configurations": Configuration.model_fields,
    "messages": Message.model_fields,
    "endpoints": Endpoint.model_fields,
    "analysis": Analysis.model_fields,
    "checks": [field.alias or name for name, field in Check.model_fields.items()],
}


def keys_in(value: object, path: str = "", *, within: str = "") -> Iterator[str]:
    """A line for each API key in the document. The key itself is never repeated.

    Args:
        value: the document, or a part of it.
        path: where that is.
        within: inside a table that is passed through, the name of the table around; else empty.
    """
    match value:
        case Mapping():
            for name, inner in value.items():
                there = f"{path}.{name}" if path else str(name)
                yield from keys_in(str(name), f"a name in {path or 'the document'}")
                if within and _names_a_key(str(name), inner, within):
                    yield f"{there} {_NO_KEY}"
                    continue
                passed = str(name) if within or name in _PASSED_THROUGH else ""
                yield from keys_in(inner, there, within=passed)
        case list():
            for index, inner in enumerate(value):
                yield from keys_in(inner, f"{path}[{index}]", within=within)
        case str() if _KEY_SHAPES.search(value):
            yield (
                f"{path} holds an API key. Take it out: name the environment variable that "
                'has it instead, as in api_key_env = "MY_KEY".'
            )


def _names_a_key(name: str, value: object, within: str) -> bool:
    """Whether a value is a key by its name. A JSON schema may describe a property of that name."""
    if within == "properties" and isinstance(value, Mapping):
        return False
    plain = name.lower().replace("-", "_")
    return plain in _KEY_NAMES and isinstance(value, str | list | Mapping)


def problems(
    error: ValidationError, document: Mapping[str, Any], *, where: str = ""
) -> Iterator[str]:
    """A line for each thing that pydantic found, in the lab's words."""
    for found in error.errors(include_url=False):
        location = tuple(part for part in found["loc"] if not _is_branch(part))
        path = _path(location, document, where)
        yield _sentence(path, location, found["type"], found["input"], found["msg"])


def _sentence(
    path: str, location: tuple[int | str, ...], kind: str, value: object, said: str
) -> str:
    match kind:
        case "extra_forbidden":
            return _unknown(path, location)
        case "missing":
            return f"{path} is missing."
        case "value_error":
            return f"{path} {said.removeprefix('Value error, ')}."
        case "literal_error":
            choices = said.removeprefix("Input should be ").replace("'", "")
            return f"{path} is {_shown(value)}, but must be {choices}."
        case _ if kind in _EXPECTED:
            return f"{path} is {_shown(value)}, but must be {_EXPECTED[kind]}."
        case _:
            return f"{path}: {said}."


def _unknown(path: str, location: tuple[int | str, ...]) -> str:
    name = str(location[-1])
    if name == "inputs":
        return "inputs are not supported yet: write one experiment for each row."
    if name.lower() in _KEY_NAMES:
        return f"{path} {_NO_KEY}"
    parents = [part for part in location[:-1] if isinstance(part, str)]
    known = list(_KNOWN_KEYS.get(parents[0] if parents else "", Configuration.model_fields))
    near = get_close_matches(name, known, n=1)
    hint = f" Did you mean {near[0]}?" if near else f" Known are {', '.join(known)}."
    return f"{path} is not a known key.{hint}"


def _path(location: tuple[int | str, ...], document: Mapping[str, Any], where: str) -> str:
    path, value, name = where, document, None
    for part in location:
        if isinstance(part, int):
            path += f"[{part}]"
        else:
            path += f".{part}" if path else part
        try:
            value = value[part]  # type: ignore[index]  # a list has numbers, a table names
        except (KeyError, IndexError, TypeError):
            break
        if isinstance(part, int) and isinstance(value, Mapping):
            name = value.get("name")
    return f"{path} (of {name!r})" if isinstance(name, str) and name else path


def _is_branch(part: int | str) -> bool:
    """Whether this part of a location names pydantic's way there, not a key of the document."""
    return isinstance(part, str) and ("[" in part or part.startswith("function-"))


def _shown(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else f"{shown[:57]}…"

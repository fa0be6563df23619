"""A message: one turn of a conversation, and the variables that it may hold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast

Role = Literal["system", "developer", "user", "assistant"]
ROLES: tuple[Role, ...] = ("system", "developer", "user", "assistant")

_VARIABLE = re.compile(r"(\\?)\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}|\\\{\{")


@dataclass(frozen=True, slots=True)
class Message:
    """One turn: a role and its content."""

    role: Role
    content: str


def filled(text: str, variables: Mapping[str, str]) -> str:
    r"""The text with every `{{name}}` replaced; a backslash before it keeps it as it is.

    A value is put in as it is: `{{x}}` inside a value is not filled again.

    Raises:
        KeyError: if a variable has no value. Ask `unfilled` first.
    """

    def value(match: re.Match[str]) -> str:
        whole = match.group()
        return whole[1:] if whole.startswith("\\") else variables[match.group(2)]

    return _VARIABLE.sub(value, text)


def filled_length(text: str, variables: Mapping[str, str]) -> int:
    """How long the filled text would be, without filling it; missing values count as nothing."""
    return len(text) + sum(
        -1
        if match.group().startswith("\\")
        else len(variables.get(match.group(2), "")) - len(match.group())
        for match in _VARIABLE.finditer(text)
    )


def unfilled(text: str, variables: Mapping[str, str]) -> list[str]:
    """The names of variables in the text that have no value, in order of appearance."""
    names = (
        cast("str", match.group(2))
        for match in _VARIABLE.finditer(text)
        if not match.group().startswith("\\")
    )
    return [name for name in dict.fromkeys(names) if name not in variables]

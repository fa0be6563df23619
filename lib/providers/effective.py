"""Settings that an answer says were used: where they aren't those that were sent, it is told.

OpenAI's Responses answer with the temperature, the limit and the like that were in force; chat
completions and Gemini with the service tier alone. What an answer doesn't say is not known to
differ.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any

from lib.providers.reading import Received, name

_MOST = 10**9
_OTHER_NAMES: dict[tuple[str, object], str] = {("service_tier", "fast"): "priority"}
"""By setting and value sent: another name that the answer has for it."""
_OPEN: set[tuple[str, object]] = {("service_tier", "auto")}
"""Values that leave the choice to the endpoint."""


def differing(received: Received, answer: dict[str, Any], settings: Iterable[str]) -> Iterator[str]:
    """A sentence for each of these settings that was sent, and of which the answer says another.

    Args:
        received: the reply, and what was asked.
        answer: the object in it.
        settings: those that this dialect's answers repeat, in the field that carries them.
    """
    sent, fields = received.slot.configuration.settings.given(), received.profile.fields
    for setting in settings:
        value = sent.get(setting)
        if value is None or (setting, value) in _OPEN or setting not in fields:
            continue
        used = _at(answer, fields[setting])
        also = _OTHER_NAMES.get((setting, value))
        if used is not None and used != also and not _same(value, used):
            yield f"{setting} = {value} was sent, but the answer says that {used} was used."


def _at(answer: dict[str, Any], field: str) -> float | str | None:
    """The value of a dotted field, if it is a number or a name."""
    value: Any = answer
    for each in field.split("."):
        value = value.get(each) if isinstance(value, dict) else None
    match value:
        case bool():
            return None
        case int() | float() if abs(value) < _MOST:
            return value
        case _:
            return name(value)


def _same(sent: object, used: float | str) -> bool:
    """Whether two values are the same, but for the precision of a smaller kind of number."""
    match sent, used:
        case int() | float(), int() | float():
            return math.isclose(sent, used, rel_tol=1e-6)
        case str(), str():
            return sent.lower() == used.lower()
        case _:
            return sent == used

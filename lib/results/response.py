"""A stored reply as an object to look into: parsed as it came, or assembled from a stream."""

from __future__ import annotations

import json
import math
from typing import Any

from lib.domain.errors import CallError
from lib.domain.vocabulary import Reply, Slot
from lib.providers.dialect import assembled
from lib.providers.events import is_stream

MOST_LEVELS = 100
"""Nested deeper than that, it is shown as text: neither a person nor every JSON writer follows."""


def response(slot: Slot, reply: Reply) -> dict[str, Any]:
    """What the endpoint answered, for reading; the raw bytes stay beside it.

    Returns:
        `kind` is `json` (the body, parsed), `assembled` (a stream, put together) or `text` (neither
        could be read, so it is shown as it came); `value` is the object or the text. It is strict
        JSON: NaN and infinity, which some servers write, are `None`.
    """
    endpoint = slot.configuration.endpoint
    try:
        if is_stream(reply):
            return {"kind": "assembled", "value": _strict(assembled(reply, endpoint.dialect))}
        return {"kind": "json", "value": _strict(json.loads(reply.body.decode("utf-8-sig")))}
    except (CallError, ValueError, RecursionError):
        return {"kind": "text", "value": reply.body.decode("utf-8", "backslashreplace")}


def _strict(value: object, levels: int = MOST_LEVELS) -> object:
    if not levels:
        raise RecursionError
    match value:
        case dict():
            return {name: _strict(inner, levels - 1) for name, inner in value.items()}
        case list():
            return [_strict(inner, levels - 1) for inner in value]
        case float() if not math.isfinite(value):
            return None
        case _:
            return value

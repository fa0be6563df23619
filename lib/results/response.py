"""A stored reply as an object to look into: parsed as it came, or assembled from a stream."""

from __future__ import annotations

import json
from typing import Any

from lib.domain.errors import CallError
from lib.domain.vocabulary import Reply, Slot
from lib.providers import sse


def response(slot: Slot, reply: Reply) -> dict[str, Any]:
    """What the endpoint answered, for reading; the raw bytes stay beside it.

    Returns:
        `kind` is `json` (the body, parsed), `assembled` (a stream, put together) or `text` (neither
        could be read, so it is shown as it came); `value` is the object or the text.
    """
    del slot  # every dialect so far streams in the same way
    try:
        if sse.is_stream(reply):
            return {"kind": "assembled", "value": sse.assembled(reply)}
        return {"kind": "json", "value": json.loads(reply.body.decode("utf-8-sig"))}
    except (CallError, ValueError, RecursionError):
        return {"kind": "text", "value": reply.body.decode("utf-8", "backslashreplace")}

"""A server of this dialect: good answers and refusals, as the player plays them."""

from __future__ import annotations

import json
from typing import Any

from tests.providers.openai_responses.answers import error, events, response, stream
from tests.providers.player import Got, Play, json_play, stream_play


def good(got: Got) -> Play:
    """What the API answers, streamed if it was asked to."""
    asked = json.loads(got.body)
    whole = response(asked, "Apple pie")
    if asked.get("stream"):
        return stream_play(b"".join(stream(events(whole))))
    return json_play(whole)


def refusal(status: int, words: str, *, kind: str = "invalid_request_error", **more: Any) -> Play:
    """An error of the API; `retry_after` is the header."""
    headers = {name: more.pop(name) for name in ("retry_after",) if name in more}
    return json_play(error(words, kind=kind, **more), status, **headers)

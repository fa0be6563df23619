"""A server of this dialect: good answers, as the player plays them."""

from __future__ import annotations

import json

from tests.providers.openai_responses.answers import events, response, stream
from tests.providers.player import Got, Play, json_play, stream_play


def good(got: Got) -> Play:
    """What the API answers, streamed if it was asked to."""
    asked = json.loads(got.body)
    whole = response(asked, "Apple pie")
    if asked.get("stream"):
        return stream_play(b"".join(stream(events(whole))))
    return json_play(whole)

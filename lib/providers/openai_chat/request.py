"""From a slot to the body of an OpenAI chat request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lib.domain.vocabulary import Added, Request, Slot
from lib.providers import building
from lib.providers.capabilities import Profile

PATH = "/chat/completions"
_USAGE = Added("stream_options.include_usage", True, "a stream reports its tokens only so")


def build(slot: Slot, profile: Profile) -> Request:
    """The request that a slot means at a server of this kind. Pure.

    Raises:
        InputError: with one line for each setting that can't be sent here.
    """
    messages: list[dict[str, Any]] = [
        {"role": profile.roles.get(message.role, message.role), "content": message.content}
        for message in slot.messages
    ]
    if messages and messages[-1]["role"] == "assistant":
        messages[-1] |= {each.field: each.value for each in profile.prefill_message}
    conversation = {"model": slot.configuration.model, "messages": messages}
    options = slot.configuration.settings.extra.get("stream_options", {})
    asks = profile.stream_usage and building.streams(slot, profile)
    added = (_USAGE,) if asks and isinstance(options, Mapping) else ()
    return building.build(slot, profile, path=PATH, conversation=conversation, added=added)

"""Short ways to ask in this dialect and to read an answer."""

from __future__ import annotations

from typing import Any

import pytest

from lib.domain.configuration import ANTHROPIC, Endpoint
from lib.domain.errors import CallError
from lib.domain.message import Message
from lib.domain.vocabulary import Sample, Slot
from lib.providers.registry import dialect
from tests.providers.anthropic_messages.answers import events
from tests.providers.making import reply, slot

MINE = Endpoint(name="mine", dialect="anthropic", base_url="http://127.0.0.1:9")


def asked(*messages: Message, endpoint: Endpoint = ANTHROPIC, **settings: Any) -> Slot:
    """A slot at Anthropic that asks for a fruit, unless told otherwise."""
    return slot(*messages, endpoint=endpoint, **settings)


WHOLE = asked()
STREAMED = asked(stream=True)
SAME = (
    *("text", "outcome", "finish_reason", "raw_finish_reason", "usage", "model", "flags"),
    *("response_id", "reasoning"),
)


def read(body: object, slot: Slot = WHOLE, **more: Any) -> Sample:
    return dialect(slot.configuration.endpoint).read(slot, reply(body, **more))


def failed(body: object, slot: Slot = WHOLE, **more: Any) -> CallError:
    with pytest.raises(CallError) as caught:
        read(body, slot, **more)
    return caught.value


def stream(whole: dict[str, Any]) -> bytes:
    return b"".join(events(whole))


def both(whole: dict[str, Any], **settings: Any) -> Sample:
    """The sample in an answer, which must be the same whole and streamed."""
    sample = read(whole, asked(**settings))
    other = read(stream(whole), asked(stream=True, **settings))
    assert {n: getattr(other, n) for n in SAME} == {n: getattr(sample, n) for n in SAME}
    return sample

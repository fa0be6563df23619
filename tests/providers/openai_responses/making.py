"""Short ways to make what the tests of this folder need."""

from __future__ import annotations

from typing import Any

from lib.domain.configuration import OPENAI_RESPONSES
from lib.domain.message import Message
from lib.domain.vocabulary import Reply, Sample, Slot
from lib.providers.registry import dialect
from tests.providers import making


def slot(*messages: Message, **settings: Any) -> Slot:
    """A slot that asks for a fruit by Responses."""
    return making.slot(*messages, **{"endpoint": OPENAI_RESPONSES, **settings})


ASKED = slot()
STREAMED = slot(stream=True)


def read(body: object, asked: Slot = ASKED, **more: Any) -> Sample:
    """The sample in a reply with this body."""
    return read_reply(making.reply(body, **more), asked)


def read_reply(reply: Reply, asked: Slot = ASKED) -> Sample:
    """The sample in a reply."""
    return dialect(asked.configuration.endpoint).read(asked, reply)

"""Short ways to ask in this dialect and to read an answer."""

from __future__ import annotations

from typing import Any

from lib.domain.configuration import ANTHROPIC, Endpoint
from lib.domain.message import Message
from lib.domain.vocabulary import Slot
from tests.providers.making import slot

MINE = Endpoint(name="mine", dialect="anthropic", base_url="http://127.0.0.1:9")


def asked(*messages: Message, endpoint: Endpoint = ANTHROPIC, **settings: Any) -> Slot:
    """A slot at Anthropic that asks for a fruit, unless told otherwise."""
    return slot(*messages, endpoint=endpoint, **settings)

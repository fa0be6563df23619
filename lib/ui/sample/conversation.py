"""What was sent, in words: how many messages, and which of them is the answer's beginning. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lib.domain.message import Message


def counted(messages: Sequence[Message]) -> str:
    """`2 messages`, `1 message and a prefill`."""
    prefilled = is_prefilled(messages)
    turns = len(messages) - prefilled
    told = f"{turns} message{'s' * (turns != 1)}"
    return f"{told} and a prefill" if prefilled else told


def is_prefilled(messages: Sequence[Message]) -> bool:
    """Whether the last message is the beginning of the answer."""
    return bool(messages) and messages[-1].role == "assistant"


def turns(messages: Sequence[Message]) -> Iterator[tuple[str, str]]:
    """Who speaks in each message, and what is said."""
    for place, message in enumerate(messages):
        prefill = place == len(messages) - 1 and is_prefilled(messages)
        yield "prefill: the answer goes on from it" if prefill else message.role, message.content

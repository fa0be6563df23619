"""What of a call is new, and what an earlier call has sent already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from lib.domain.message import Message

News = Literal["repeated", "answer", "new"]
"""`repeated`: the call before sent it as well. `answer`: it is what the call before brought, sent
for the first time now. `new`: neither."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A call's messages beside those of the call before it."""

    news: tuple[News, ...]
    """Of each message of this call."""
    dropped: tuple[Message, ...]
    """Sent by the call before, and not by this one."""
    shared_prefix: int
    """How many messages both begin with: what an endpoint's prompt cache can use again."""


def difference(
    now: Sequence[Message], before: Sequence[Message], *, answer: str | None = None
) -> Difference:
    """Compare two calls of one branch.

    Args:
        now: the messages of this call, with its prefill.
        before: the messages of the call before, with its prefill; empty: this is the first one.
        answer: what the call before brought, its prefill included, as it came.
    """
    # A prefill becomes part of the answer that it begins, so it isn't itself sent again.
    kept = before[:-1] if before and before[-1].role == "assistant" else before
    matcher = SequenceMatcher(None, [*kept], [*now], autojunk=False)
    news: list[News] = ["new"] * len(now)
    lost = set(range(len(kept)))
    for block in matcher.get_matching_blocks():
        news[block.b : block.b + block.size] = ["repeated"] * block.size
        lost -= set(range(block.a, block.a + block.size))
    if answer is not None:
        place = _last(now, Message("assistant", answer), news)
        if place is not None:
            news[place] = "answer"
    pairs = zip(now, kept, strict=False)
    shared = next((i for i, (a, b) in enumerate(pairs) if a != b), min(len(now), len(kept)))
    return Difference(tuple(news), tuple(kept[place] for place in sorted(lost)), shared)


def _last(now: Sequence[Message], message: Message, news: Sequence[News]) -> int | None:
    places = [i for i, each in enumerate(now) if each == message and news[i] == "new"]
    return places[-1] if places else None

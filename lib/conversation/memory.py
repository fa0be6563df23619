"""Ways to manage the context: which earlier turns a call takes along, and which it doesn't.

Turns go in exchanges, a user's turn with what was answered, so that what is left begins with a
user's turn: some endpoints refuse anything else. The last turn, which is to be answered, is always
sent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Literal, get_args

from lib.conversation.turns import Turn, exchanges

Kind = Literal["all", "none", "drop_oldest", "window", "summarise"]
KINDS: tuple[Kind, ...] = get_args(Kind)

NAMES: Mapping[Kind, str] = {
    "all": "Keep all",
    "none": "No history",
    "drop_oldest": "Drop the oldest",
    "window": "Sliding window",
    "summarise": "Summarise",
}

Fits = Callable[[Sequence[Turn]], bool]
"""Whether a call with these turns has room for its answer."""


@dataclass(frozen=True, slots=True)
class Memory:
    """How context is managed."""

    kind: Kind = "all"
    exchanges: int = 2
    """Earlier exchanges that a sliding window, and a summary, leave as they are. 0 or more."""
    limit: int | None = None
    """Tokens that "Drop the oldest" gives to the messages; `None`: what the model's window has."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What of a branch is sent."""

    kept: tuple[Turn, ...]
    """As they are, in order. The last is the one to be answered."""
    left_out: tuple[Turn, ...] = ()
    """What the model doesn't see in this call."""
    summarised: tuple[Turn, ...] = ()
    """What it sees a summary of, and not more."""


def select(turns: Sequence[Turn], memory: Memory, *, fits: Fits) -> Selection:
    """Choose the turns of a branch that the call for its last one takes along.

    Args:
        turns: the branch, from its first turn to the one to be answered.
        memory: how.
        fits: asked only by "Drop the oldest", with ever fewer turns.
    """
    if not turns:
        return Selection(())
    *earlier, last = list(exchanges(turns))
    match memory.kind:
        case "all":
            return Selection(tuple(turns))
        case "none":
            return _from(earlier, last, len(earlier))
        case "window":
            return _from(earlier, last, max(0, len(earlier) - memory.exchanges))
        case "drop_oldest":
            for gone in range(len(earlier)):
                found = _from(earlier, last, gone)
                if fits(found.kept):
                    return found
            return _from(earlier, last, len(earlier))
        case "summarise":
            found = _from(earlier, last, max(0, len(earlier) - memory.exchanges))
            return Selection(found.kept, (), found.left_out)


def _from(earlier: Sequence[tuple[Turn, ...]], last: tuple[Turn, ...], gone: int) -> Selection:
    return Selection(
        tuple(chain(*earlier[gone:], last)),
        tuple(chain(*earlier[:gone])),
    )


def loses(memory: Memory) -> str:
    """What is lost and saved this way, in a sentence."""
    many = f"{memory.exchanges} exchange{'s' * (memory.exchanges != 1)}"
    match memory.kind:
        case "all":
            return (
                "Every call takes the whole history along: nothing is lost, and the tokens of all "
                "calls together grow with the square of the number of turns."
            )
        case "none":
            return "Only the last message is sent: every call is a first one, so the model forgets."
        case "window":
            return (
                f"The last {many} are sent: a call has a size that doesn't grow, and what was said "
                "earlier is gone at once."
            )
        case "drop_oldest":
            return (
                "Everything is sent until it doesn't fit; then the oldest exchanges go, and what "
                "was said first, often the point of it all, is what is lost."
            )
        case "summarise":
            return (
                f"The last {many} are sent as they are; of what is older, a summary that a call of "
                "its own has made: it costs that call, and keeps what the model found worth it."
            )

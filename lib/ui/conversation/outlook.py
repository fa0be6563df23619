"""The next call, before it is made: what it would send, what is left out, and whether it fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lib.conversation.document import Options
from lib.conversation.memory import Memory, Selection, select
from lib.conversation.room import Room
from lib.conversation.sending import Piece, pieces
from lib.conversation.turns import Conversation, Summary, Turn
from lib.ui.compare import system_parts
from lib.ui.conversation.limits import Limits


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the call for the last turn of a branch would be."""

    selection: Selection
    summary: Summary | None
    sent: tuple[Piece, ...]
    weights: tuple[int, ...]
    """Tokens of each message, exact or about."""
    room: Room

    @property
    def needs_summary(self) -> bool:
        """Whether earlier turns are to be summarised first, by a call of its own."""
        return bool(self.selection.summarised) and self.summary is None


def system_of(options: Options) -> str:
    """The system message that is sent."""
    return system_parts.assembled(options.parts) if options.parts is not None else options.system


def of(
    conversation: Conversation,
    branch: Sequence[Turn],
    options: Options,
    limits: Limits,
    *,
    prefill: str = "",
) -> Outlook:
    """What the call for a branch's last turn would be.

    Args:
        conversation: with its summaries.
        branch: the turns, the one to be answered last.
        options: how the call is made.
        limits: what is known of the model's tokens.
        prefill: the beginning of the answer.
    """
    system = system_of(options)
    selection = select(
        branch,
        options.memory,
        fits=lambda turns: fits(
            turns, options.memory, options, limits, system=system, prefill=prefill
        ),
    )
    summary = conversation.summary_of(selection.summarised) if selection.summarised else None
    sent = pieces(selection, system=system, summary=summary, prefill=prefill)
    weighed = limits.weigh([each.message for each in sent])
    return Outlook(
        selection,
        summary,
        sent,
        weighed.tokens,
        Room(
            input_tokens=weighed.total,
            exact=weighed.exact,
            window=limits.window,
            max_tokens=max_tokens(options),
        ),
    )


def fits(
    turns: Sequence[Turn],
    memory: Memory,
    options: Options,
    limits: Limits,
    *,
    system: str,
    prefill: str,
) -> bool:
    """Whether a call with these turns has room for its longest answer."""
    room = memory.limit
    if room is None:
        if limits.window is None:
            return True  # nothing is known to drop turns for
        room = limits.window - (max_tokens(options) or 0)
    sent = pieces(Selection(tuple(turns)), system=system, prefill=prefill)
    return limits.weigh([each.message for each in sent]).total <= room


def max_tokens(options: Options) -> int | None:
    """The limit of an answer, if one is set."""
    found = options.asking.settings.get("max_tokens")
    return found if isinstance(found, int) else None

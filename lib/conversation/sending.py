"""The messages of a call: the array as it is sent, and where each of its messages is from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from lib.conversation.memory import Selection
from lib.conversation.turns import Summary, Turn
from lib.domain.message import Message

Part = Literal["system", "turn", "prefill"]

SUMMARY_HEADING = "Summary of the conversation so far:"
SUMMARY_SYSTEM = "You summarise conversations. Keep names, numbers, places and what was agreed."
SUMMARY_REQUEST = "Summarise this conversation in at most three sentences."
SUMMARY_PREFILL = "The user said that"
"""Small models answer a conversation that they are shown; begun like this, they report it."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One message of the array."""

    message: Message
    part: Part
    turn: int | None = None
    """The turn that it is, if it is one."""


def pieces(
    selection: Selection, *, system: str = "", summary: Summary | None = None, prefill: str = ""
) -> tuple[Piece, ...]:
    """The array of a call.

    A summary stands at the end of the system message: it is the one place that every endpoint
    takes, and that comes before all turns.

    Args:
        selection: the turns that are sent.
        system: the system message, or none.
        summary: of the turns that are not sent, if there is one.
        prefill: the beginning of the answer, sent as a last message.
    """
    begun = [system] if system else []
    if summary is not None:
        begun.append(f"{SUMMARY_HEADING}\n{summary.text}")
    whole = "\n\n".join(begun)
    return (
        *([Piece(Message("system", whole), "system")] if whole else []),
        *(Piece(Message(each.role, each.text), "turn", each.id) for each in selection.kept),
        *([Piece(Message("assistant", prefill), "prefill")] if prefill else []),
    )


def summary_messages(
    turns: Sequence[Turn], before: Summary | None, *, begun: bool
) -> tuple[Message, ...]:
    """What is asked to get a summary of turns.

    Args:
        turns: what is to be summarised, without what `before` covers.
        before: a summary to go on from.
        begun: whether the summary's beginning is put into the model's mouth, as a prefill.
    """
    lines = [f"{SUMMARY_HEADING}\n{before.text}"] if before is not None else []
    lines += [f"{each.role.capitalize()}: {each.text}" for each in turns]
    transcript = "\n".join(lines)
    return (
        Message("system", SUMMARY_SYSTEM),
        Message("user", f"{transcript}\n\n{SUMMARY_REQUEST}"),
        *([Message("assistant", SUMMARY_PREFILL)] if begun else []),
    )


def prefill_of(messages: Sequence[Message]) -> str:
    """The beginning of the answer in an array: its last message, where that is the assistant's."""
    last = messages[-1] if messages else None
    return last.content if last is not None and last.role == "assistant" else ""


def literal(text: str) -> str:
    r"""The text written so that an experiment sends it as it is: `{{name}}` is no variable here."""
    return text.replace("{{", "\\{{")

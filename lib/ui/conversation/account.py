"""What each call of a branch sent and took, put together from the runs in the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lib.conversation.ledger import Entry, entry
from lib.conversation.repetition import Difference, difference
from lib.conversation.sending import Piece
from lib.conversation.turns import Turn
from lib.domain.message import Message
from lib.domain.vocabulary import Sample
from lib.ui.conversation import limits, runs
from lib.ui.conversation.kept import Open
from lib.ui.conversation.limits import Limits


@dataclass(frozen=True, slots=True)
class Told:
    """A call that was made for a turn."""

    turn: Turn
    pieces: tuple[Piece, ...]
    difference: Difference
    weights: tuple[int, ...]
    exact: bool
    entry: Entry


def of_branch(opened: Open, known: Limits) -> list[Told]:
    """The calls of the branch that is looked at, in order."""
    return _told(opened.branch, known)


def of_turn(opened: Open, turn: Turn) -> Told | None:
    """The call of one turn of the model, beside the call before it in its branch."""
    branch = opened.document.conversation.branch(turn.id)
    told = _told(branch, limits.of(opened.options.asking))
    return told[-1] if told and told[-1].turn.id == turn.id else None


def _told(branch: Sequence[Turn], known: Limits) -> list[Told]:
    found: list[Told] = []
    before: tuple[Message, ...] = ()
    answer: str | None = None
    for turn in branch:
        messages = runs.messages_of(turn) if turn.run is not None else None
        if messages is None:
            continue
        sample = runs.sample_of(turn)
        found.append(_one(turn, messages, sample, before, answer, len(found) + 1, known))
        before, answer = messages, _came(turn, sample)
    return found


def _one(
    turn: Turn,
    messages: tuple[Message, ...],
    sample: Sample | None,
    before: tuple[Message, ...],
    answer: str | None,
    number: int,
    known: Limits,
) -> Told:
    sent = tuple(_pieces(messages))
    news = difference(messages, before, answer=answer)
    usage = sample.usage if sample is not None else None
    reported = usage.input_tokens if usage is not None else None
    weighed = known.measured(messages, reported).weigh(messages)
    told = entry(
        number,
        sent,
        news.news,
        weighed.tokens,
        framing=weighed.framing,
        input_tokens=reported,
        output_tokens=usage.output_tokens if usage is not None else None,
        exact=weighed.exact,
    )
    return Told(turn, sent, news, weighed.tokens, told.exact, told)


def _pieces(messages: Sequence[Message]) -> list[Piece]:
    last = len(messages) - 1
    return [
        Piece(
            each,
            "system"
            if each.role in {"system", "developer"}
            else "prefill"
            if limits.is_open(each, place, last)
            else "turn",
        )
        for place, each in enumerate(messages)
    ]


def _came(turn: Turn, sample: Sample | None) -> str | None:
    """What a call brought, its prefill included."""
    return turn.text if sample is None else turn.prefill + sample.text

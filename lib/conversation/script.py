"""The same user turns under several ways to manage context, side by side.

In each round every lane is asked its next turn: one run, with a configuration for each lane, so
that all are asked at the same time. A lane that summarises may need a run of summaries before it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from lib.conversation.memory import NAMES, Memory, Selection, select
from lib.conversation.sending import Piece, pieces, prefill_of, summary_messages
from lib.conversation.turns import Call, Conversation, Turn
from lib.domain.message import Message

MOST_TURNS = 20
"""Of one script: a call for each in every lane."""

Fits: TypeAlias = Callable[[Memory, Sequence[Turn]], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One way to manage context, and how its conversation went."""

    memory: Memory
    conversation: Conversation = field(default_factory=Conversation)
    head: int | None = None
    ended: str = ""
    """Why it isn't asked any more, where a call of it failed."""

    @property
    def name(self) -> str:
        """What it is called on the screen, and in its runs."""
        return named(self.memory)


def named(memory: Memory) -> str:
    """A way to manage context, with its number where it has one."""
    match memory.kind:
        case "window" | "summarise":
            return f"{NAMES[memory.kind]}, last {memory.exchanges}"
        case "drop_oldest" if memory.limit is not None:
            return f"{NAMES[memory.kind]}, {memory.limit:,} tokens"
        case _:
            return NAMES[memory.kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A run of the comparison, and which lanes its configurations are."""

    run: str
    purpose: Literal["answer", "summary"]
    lanes: tuple[int, ...]
    """By place, in the order of the run's configurations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A script, its lanes, and the runs so far. Of the last run, something may be to come."""

    turns: tuple[str, ...]
    """What the user says, in order."""
    prefill: str = ""
    """How the last answer begins."""
    lanes: tuple[Lane, ...] = ()
    runs: tuple[Asked, ...] = ()
    waiting: bool = False
    """Whether the last run's answers have not been taken yet."""
    stopped: bool = False

    @property
    def round(self) -> int:
        """Of the turn that is asked next or now, from 0."""
        answered = (
            sum(turn.role == "assistant" for turn in lane.conversation.branch(lane.head))
            for lane in self.lanes
            if not lane.ended
        )
        return min(answered, default=len(self.turns))

    @property
    def done(self) -> bool:
        """Whether nothing more is to be asked."""
        return not self.waiting and (self.stopped or self.round >= len(self.turns))


@dataclass(frozen=True, slots=True)
class Step:
    """The next run: what each lane is to be asked."""

    purpose: Literal["answer", "summary"]
    messages: Mapping[int, tuple[Message, ...]]
    """By the lane's place; a prefill is a last message."""


def begin(turns: Sequence[str], memories: Sequence[Memory], *, prefill: str = "") -> Comparison:
    """A comparison of which nothing was asked yet."""
    lanes = tuple(Lane(memory=each) for each in memories)
    return Comparison(turns=tuple(turns)[:MOST_TURNS], prefill=prefill, lanes=lanes)


def next_step(
    comparison: Comparison, *, system: str, fits: Fits, begun: bool
) -> tuple[Comparison, Step | None]:
    """What is to be asked next, and the comparison with the turns said that it is asked for.

    Args:
        comparison: as it is, with no run under way.
        system: the system message of all lanes.
        fits: whether a call with these turns has room for its answer in a lane.
        begun: whether summaries are begun by a prefill.
    """
    if comparison.done or comparison.waiting:
        return comparison, None
    at = comparison.round
    lanes = tuple(_said(lane, comparison.turns[at], at) for lane in comparison.lanes)
    comparison = replace(comparison, lanes=lanes)
    living = {place: lane for place, lane in enumerate(lanes) if not lane.ended}
    chosen = {place: _selected(lane, fits) for place, lane in living.items()}
    wanting = {
        place: to_summarise(living[place].conversation, selection.summarised, begun=begun)
        for place, selection in chosen.items()
        if selection.summarised
        and living[place].conversation.summary_of(selection.summarised) is None
    }
    if wanting:
        return comparison, Step("summary", wanting)
    last = comparison.prefill if at == len(comparison.turns) - 1 else ""
    asked = {
        place: tuple(
            each.message for each in _pieces(living[place], selection, system=system, prefill=last)
        )
        for place, selection in chosen.items()
    }
    return comparison, Step("answer", asked)


def started(comparison: Comparison, step: Step, run: str, *, fits: Fits) -> Comparison:
    """A run for a step is under way."""
    places = tuple(step.messages)
    asked = Asked(run=run, purpose=step.purpose, lanes=places)
    lanes = list(comparison.lanes)
    for place in places:
        lane = lanes[place]
        covered = _selected(lane, fits).summarised if step.purpose == "summary" else ()
        call = Call(
            run=run,
            at=lane.head or 0,
            purpose=step.purpose,
            prefill=prefill_of(step.messages[place]),
            covers=tuple(each.id for each in covered),
        )
        lanes[place] = replace(lane, conversation=lane.conversation.called(call))
    runs = (*comparison.runs, asked)
    return replace(comparison, lanes=tuple(lanes), runs=runs, waiting=True)


def took(comparison: Comparison, answers: Mapping[int, tuple[str, str] | str]) -> Comparison:
    """The last run has ended.

    Args:
        comparison: which waits for it.
        answers: by the lane's place, text and sample; or, as one text, why there is none.
    """
    lanes = list(comparison.lanes)
    for place in comparison.runs[-1].lanes:
        lane, answer = lanes[place], answers.get(place, "There is no answer.")
        if isinstance(answer, str):
            lanes[place] = replace(lane, ended=answer)
        else:
            lanes[place] = _with(lane, *answer)
    return replace(comparison, lanes=tuple(lanes), waiting=False)


def _with(lane: Lane, text: str, sample: str) -> Lane:
    call = lane.conversation.calls[-1]
    if call.purpose == "summary":
        return replace(lane, conversation=lane.conversation.summarised(call, text, sample))
    said = lane.conversation.answered(call, text, sample)
    return replace(lane, conversation=said, head=said.last_id)


def _said(lane: Lane, text: str, at: int) -> Lane:
    branch = lane.conversation.branch(lane.head)
    if lane.ended or sum(each.role == "user" for each in branch) > at:
        return lane
    said = lane.conversation.say("user", text, after=lane.head)
    return replace(lane, conversation=said, head=said.last_id)


def _selected(lane: Lane, fits: Fits) -> Selection:
    branch = lane.conversation.branch(lane.head)
    return select(branch, lane.memory, fits=lambda turns: fits(lane.memory, turns))


def _pieces(lane: Lane, selection: Selection, *, system: str, prefill: str) -> tuple[Piece, ...]:
    summary = lane.conversation.summary_of(selection.summarised)
    return pieces(selection, system=system, summary=summary, prefill=prefill)


def to_summarise(
    conversation: Conversation, turns: Sequence[Turn], *, begun: bool
) -> tuple[Message, ...]:
    """What is asked for a summary of turns. It goes on from an earlier one where there is one."""
    before = conversation.summary_to_go_on_from(turns)
    fresh = turns[len(before.covers) :] if before is not None else turns
    return summary_messages(fresh, before, begun=begun)

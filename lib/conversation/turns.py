"""The turns of a conversation as a tree, and the calls that were made for them. Immutable.

A turn can be answered more than once: each answer, and whatever follows it, is a branch. Calls are
only ever added: an answer that is edited or deleted here stays in the store as it came.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from lib.domain.errors import InputError

Speaker = Literal["user", "assistant"]
Purpose = Literal["answer", "summary"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What was said, once, and after what."""

    id: int
    parent: int | None
    """The turn before it; `None`: it is a first one."""
    role: Speaker
    text: str
    prefill: str = ""
    """How the text begins, where that was put into the model's mouth."""
    run: str | None = None
    """The run that brought it, where a model said it."""
    sample: str | None = None
    """Its sample, `C.R`."""
    edited: bool = False
    """Whether somebody has changed the text since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A run that was made for a turn."""

    run: str
    at: int
    """The turn that it answers; of a summary, the turn for which it was needed."""
    purpose: Purpose = "answer"
    prefill: str = ""
    covers: tuple[int, ...] = ()
    """Of a summary: the turns that it stands for."""
    then_repeats: int = 1
    """Of a summary: how many answers are asked for once it is there."""
    then_prefill: str = ""
    """Of a summary: how these are to begin."""
    settled: bool = False
    """Whether its answer has become a turn, or nobody wants it to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What a model made of earlier turns."""

    text: str
    covers: tuple[int, ...]
    """The turns that it stands for, in order."""
    said: tuple[str, ...]
    """Their texts, as they were: an edited turn needs another summary."""
    run: str
    sample: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """All branches of a conversation."""

    turns: tuple[Turn, ...] = ()
    """In the order in which they were said."""
    calls: tuple[Call, ...] = ()
    summaries: tuple[Summary, ...] = ()
    last_id: int = field(default=0)
    """Of a turn, ever: a deleted turn's is not used again."""

    def turn(self, id_: int) -> Turn:
        """One turn.

        Raises:
            InputError: if there is none of this id, or none any more.
        """
        for each in self.turns:
            if each.id == id_:
                return each
        raise InputError("This turn is not there any more.", "Another tab may have deleted it.")

    def has(self, id_: int | None) -> bool:
        """Whether there is such a turn."""
        return any(each.id == id_ for each in self.turns)

    def branch(self, head: int | None) -> tuple[Turn, ...]:
        """The turns from the first to this one."""
        found: list[Turn] = []
        by_id = {each.id: each for each in self.turns}
        while head is not None and (turn := by_id.get(head)) is not None:
            found.append(turn)
            head = turn.parent
        return tuple(reversed(found))

    def children(self, id_: int | None) -> tuple[Turn, ...]:
        """The turns that were said right after this one; after `None`, the first ones."""
        return tuple(each for each in self.turns if each.parent == id_)

    def siblings(self, id_: int) -> tuple[Turn, ...]:
        """The turn and what else was said in its place."""
        return self.children(self.turn(id_).parent)

    def tip(self, id_: int | None) -> int | None:
        """The end of the newest branch through a turn."""
        while below := self.children(id_):
            id_ = below[-1].id
        return id_

    def say(
        self,
        role: Speaker,
        text: str,
        *,
        after: int | None,
        prefill: str = "",
        run: str | None = None,
        sample: str | None = None,
    ) -> Conversation:
        """A new turn. Its id is `last_id` of what is returned.

        Raises:
            InputError: if the turn that it comes after isn't there.
        """
        if after is not None:
            self.turn(after)
        made = Turn(
            id=self.last_id + 1,
            parent=after,
            role=role,
            text=text,
            prefill=prefill,
            run=run,
            sample=sample,
        )
        return replace(self, turns=(*self.turns, made), last_id=made.id)

    def edit(self, id_: int, text: str) -> Conversation:
        """The same turn with another text: from now on, that is what is sent.

        Raises:
            InputError: if it isn't there.
        """
        turn = self.turn(id_)
        if turn.text == text:
            return self
        prefill = turn.prefill if text.startswith(turn.prefill) else ""
        changed = replace(turn, text=text, prefill=prefill, edited=True)
        return self._with({id_: changed})

    def delete(self, id_: int) -> Conversation:
        """Without this turn: what came after it comes after the one before it.

        Raises:
            InputError: if it isn't there.
        """
        gone = self.turn(id_)
        below = {
            each.id: replace(each, parent=gone.parent) for each in self.turns if each.parent == id_
        }
        kept = self._with(below)
        return replace(kept, turns=tuple(each for each in kept.turns if each.id != id_))

    def with_turns_of(self, earlier: Conversation) -> Conversation:
        """The turns as they were, and those said since. Calls and summaries are never undone."""
        before = {each.id for each in earlier.turns}
        since = tuple(each for each in self.turns if each.id not in before)
        there = before | {each.id for each in since}
        kept = tuple(each for each in since if each.parent is None or each.parent in there)
        return replace(self, turns=(*earlier.turns, *kept))

    def called(self, call: Call) -> Conversation:
        """A run was started."""
        return replace(self, calls=(*self.calls, call))

    def settled(self, run: str) -> Conversation:
        """Nothing more is to come of a run."""
        calls = (replace(each, settled=True) if each.run == run else each for each in self.calls)
        return replace(self, calls=tuple(calls))

    def open_call(self, id_: int) -> Call | None:
        """The newest call for a turn of which something is still to come."""
        mine = [each for each in self.calls if each.at == id_ and not each.settled]
        return mine[-1] if mine else None

    def answered(self, call: Call, text: str, sample: str) -> Conversation:
        """An answer becomes a turn, and its call is settled. Once, however often it is told.

        Raises:
            InputError: if the turn that it answers isn't there any more.
        """
        if any(each.run == call.run and each.sample == sample for each in self.turns):
            return self.settled(call.run)
        said = self.say(
            "assistant",
            call.prefill + text,
            after=call.at,
            prefill=call.prefill,
            run=call.run,
            sample=sample,
        )
        return said.settled(call.run)

    def summarised(self, call: Call, text: str, sample: str) -> Conversation:
        """A summary is there, and its call is settled. Once, however often it is told."""
        if any(each.run == call.run for each in self.summaries):
            return self.settled(call.run)
        covered = [each for each in map(self._found, call.covers) if each is not None]
        made = Summary(
            text=call.prefill + text,
            covers=call.covers,
            said=tuple(each.text for each in covered),
            run=call.run,
            sample=sample,
        )
        return replace(self, summaries=(*self.summaries, made)).settled(call.run)

    def summary_of(self, turns: Sequence[Turn]) -> Summary | None:
        """The newest summary of exactly these turns, as they are now."""
        ids, texts = tuple(t.id for t in turns), tuple(t.text for t in turns)
        for each in reversed(self.summaries):
            if (each.covers, each.said) == (ids, texts):
                return each
        return None

    def summary_to_go_on_from(self, turns: Sequence[Turn]) -> Summary | None:
        """The summary that covers most of the first of these turns, but not all."""
        shorter = (self.summary_of(turns[:length]) for length in range(len(turns) - 1, 0, -1))
        return next((each for each in shorter if each is not None), None)

    def _found(self, id_: int) -> Turn | None:
        return next((each for each in self.turns if each.id == id_), None)

    def _with(self, changed: dict[int, Turn]) -> Conversation:
        return replace(self, turns=tuple(changed.get(each.id, each) for each in self.turns))


def exchanges(turns: Sequence[Turn]) -> Iterator[tuple[Turn, ...]]:
    """Turns in groups, each of which begins with a user's: a question and what came of it."""
    group: list[Turn] = []
    for turn in turns:
        if turn.role == "user" and group:
            yield tuple(group)
            group = []
        group.append(turn)
    if group:
        yield tuple(group)

"""Two texts taken apart into what they share and what only one of them has. Pure.

What is joined again is what was given: nothing is lost in between, white space included.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from rapidfuzz.distance import Levenshtein

from lib.analysis.tokens import tokens

Kind = Literal["same", "removed", "added"]
Unit = Literal["words", "lines", "all"]

MOST_CHARACTERS = 200_000
MOST_TOKENS = 8_000
"""Of each text. The time for a comparison grows with the product; beyond, lines are compared."""
AROUND = 3
"""Equal lines that are shown before and after a change."""


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of text that both have, or only one of them."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """Two texts, in parts, in their order."""

    parts: tuple[Part, ...]
    unit: Unit
    """What was compared: words, or lines where there are too many words."""

    @property
    def before(self) -> str:
        """The first text."""
        return "".join(part.text for part in self.parts if part.kind != "added")

    @property
    def after(self) -> str:
        """The second text."""
        return "".join(part.text for part in self.parts if part.kind != "removed")

    @property
    def same(self) -> bool:
        """Whether they are equal."""
        return all(part.kind == "same" for part in self.parts)


@dataclass(frozen=True, slots=True)
class _Token:
    gap: str
    """White space before it."""
    text: str


def words(before: str, after: str) -> Difference:
    """Where two texts differ, word by word; white space is told apart, too."""
    unit: Unit = "words"
    one, two = [], []
    if short := max(len(before), len(after)) <= MOST_CHARACTERS:
        one, two = _tokens(before), _tokens(after)
    if not short or max(len(one), len(two)) > MOST_TOKENS:
        one, two, unit = _lines(before), _lines(after), "lines"
    if max(len(one), len(two)) > MOST_TOKENS:
        one, two, unit = [_Token("", before)], [_Token("", after)], "all"
    return Difference(tuple(_joined(_parts(one, two))), unit)


def _tokens(text: str) -> list[_Token]:
    """Words and marks, each with the white space before it; at the end what is left of that."""
    found, at = [], 0
    for token in tokens(text):
        start = text.index(token, at)
        found.append(_Token(text[at:start], token))
        at = start + len(token)
    return [*found, _Token(text[at:], "")]


def _lines(text: str) -> list[_Token]:
    return [_Token("", line) for line in text.splitlines(keepends=True)]


def _parts(one: Sequence[_Token], two: Sequence[_Token]) -> Iterator[Part]:
    steps = Levenshtein.opcodes([each.text for each in one], [each.text for each in two])
    for step in steps:
        mine, yours = one[step.src_start : step.src_end], two[step.dest_start : step.dest_end]
        if step.tag == "equal":
            for left, right in zip(mine, yours, strict=True):
                yield from _gap(left.gap, right.gap)
                yield Part("same", left.text)
        else:
            yield Part("removed", "".join(each.gap + each.text for each in mine))
            yield Part("added", "".join(each.gap + each.text for each in yours))


def _gap(left: str, right: str) -> Iterator[Part]:
    if left == right:
        yield Part("same", left)
    else:
        yield Part("removed", left)
        yield Part("added", right)


def _joined(parts: Iterable[Part]) -> Iterator[Part]:
    """Neighbours of one kind as one part. Within a change, what was removed comes first."""
    same, removed, added = "", "", ""
    for part in parts:
        if part.kind == "same":
            if part.text and (removed or added):
                yield from _filled(same, removed, added)
                same, removed, added = "", "", ""
            same += part.text
        elif part.kind == "removed":
            removed += part.text
        else:
            added += part.text
    yield from _filled(same, removed, added)


def _filled(same: str, removed: str, added: str) -> Iterator[Part]:
    parts = (Part("same", same), Part("removed", removed), Part("added", added))
    yield from (part for part in parts if part.text)


def lines(before: str, after: str) -> Difference:
    """Where two texts differ, line by line: a part for each line."""
    one = [each.text for each in _lines(before)]
    two = [each.text for each in _lines(after)]
    parts: list[Part] = []
    added: list[Part] = []  # after all lines that were removed in the same place
    for step in Levenshtein.opcodes(one, two):
        mine, yours = one[step.src_start : step.src_end], two[step.dest_start : step.dest_end]
        if step.tag == "equal":
            parts += [*added, *(Part("same", line) for line in mine)]
            added = []
        else:
            parts += [Part("removed", line) for line in mine]
            added += [Part("added", line) for line in yours]
    return Difference((*parts, *added), "lines")


def folded(parts: Sequence[Part]) -> Iterator[Part]:
    """The lines of a difference without those that are far from any change; it says how many."""
    runs = [list(run) for _, run in groupby(parts, key=lambda part: part.kind == "same")]
    for number, run in enumerate(runs):
        head = 0 if number == 0 else AROUND
        tail = 0 if number == len(runs) - 1 else AROUND
        hidden = len(run) - head - tail
        if run[0].kind != "same" or hidden < 2:
            yield from run
            continue
        yield from run[:head]
        yield Part("same", f"… {hidden:,} equal lines\n")
        yield from run[len(run) - tail :]

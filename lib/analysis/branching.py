"""The branching tree of many answers: what they share, where they part, how many go which way.

A node is a run of tokens (or words) that all its answers share, up to where the next of them parts
from the others or ends. So a tree of N answers has at most 2 N nodes, however long they are.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from math import exp, fsum, log
from typing import NamedTuple

from lib.analysis.tokens import tokens
from lib.domain.positions import Position


class Unit(NamedTuple):
    """A token or a word: a step on a path."""

    key: str
    """Equal for the same step."""
    text: str
    share: float | None = None
    """The probability that was reported for it; `None`: not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A stretch that its answers share."""

    id: int
    """Its place in the tree."""
    parent: int | None
    level: int
    """How often its answers have parted from others."""
    start: int
    """How many units are before it."""
    units: tuple[Unit, ...]
    samples: tuple[str, ...]
    """The answers that go this way, as `C.R`."""
    children: tuple[int, ...] = ()
    """Where they go on, the most frequent first."""
    ended: tuple[str, ...] = ()
    """Of its answers, those that end with it."""
    reported: float | None = None
    """Mean over its answers of the probability that was reported for its first unit."""

    @property
    def count(self) -> int:
        """How many answers go this way."""
        return len(self.samples)

    @property
    def text(self) -> str:
        """What it says."""
        return "".join(unit.text for unit in self.units)


@dataclass(frozen=True, slots=True)
class Tree:
    """All nodes, the root first, each after its parent."""

    nodes: tuple[Node, ...]

    @property
    def root(self) -> Node:
        """What all answers begin with, which may be nothing."""
        return self.nodes[0]

    def entropy(self, node: Node) -> float:
        """Of the ways that are taken at a node's end, an end being one, in nats.

        The plug-in estimate -sum p ln p over the node's answers: too low by about
        (ways - 1) / (2 n), and never above ln n.
        """
        ways = [self.nodes[child].count for child in node.children]
        ways += [len(node.ended)] if node.ended else []
        shares = [way / node.count for way in ways]
        return max(0.0, -fsum(share * log(share) for share in shares))

    def path(self, node: Node) -> tuple[Unit, ...]:
        """All units from the beginning up to the end of a node."""
        steps: list[Node] = []
        at: Node | None = node
        while at is not None:
            steps.append(at)
            at = None if at.parent is None else self.nodes[at.parent]
        return tuple(unit for step in reversed(steps) for unit in step.units)


def of_tokens(positions: Sequence[Position]) -> tuple[Unit, ...]:
    """The steps of an answer whose tokens are known. The mark that ends it is none."""
    return tuple(
        Unit(each.key, each.text, None if each.logprob is None else exp(each.logprob))
        for each in positions
        if each.text
    )


def of_words(text: str) -> tuple[Unit, ...]:
    """The steps of any text: the lab's own words and marks, each with the white space before it."""
    units, at = [], 0
    for word in tokens(text):
        end = text.index(word, at) + len(word)
        units.append(Unit(word, text[at:end]))
        at = end
    return tuple(units)


def branching(answers: Mapping[str, Sequence[Unit]]) -> Tree:
    """The tree of answers, by `C.R`. At least one."""
    if not answers:
        raise ValueError("a tree needs an answer")
    nodes: list[Node] = []
    children: dict[int, list[int]] = {}
    todo: list[tuple[int | None, int, int, tuple[str, ...]]] = [(None, 0, 0, tuple(answers))]
    while todo:
        parent, level, start, samples = todo.pop()
        end = _shared(answers, samples, start)
        first = answers[samples[0]]
        node = Node(
            id=len(nodes),
            parent=parent,
            level=level,
            start=start,
            units=tuple(first[start:end]),
            samples=samples,
            ended=tuple(name for name in samples if len(answers[name]) == end),
            reported=_mean_share(answers, samples, start) if end > start else None,
        )
        nodes.append(node)
        if parent is not None:
            children.setdefault(parent, []).append(node.id)
        ways: dict[str, list[str]] = {}
        for name in samples:
            if len(answers[name]) > end:
                ways.setdefault(answers[name][end].key, []).append(name)
        # A stack: the most frequent way, of equal ones the first, is to be next, so it comes last.
        for way in sorted(reversed(ways.values()), key=len):
            todo.append((node.id, level + 1, end, tuple(way)))
    return Tree(tuple(replace(n, children=tuple(children.get(n.id, ()))) for n in nodes))


def going_on(
    answers: Mapping[str, Sequence[Unit]], beginning: Sequence[str]
) -> dict[str, Sequence[Unit]]:
    """What follows a beginning, of the answers that have it: the tree of these is a branch, near.

    Args:
        answers: by `C.R`.
        beginning: keys of the steps that an answer must begin with.
    """
    wanted, end = list(beginning), len(beginning)
    return {
        name: units[end:]
        for name, units in answers.items()
        if [unit.key for unit in units[:end]] == wanted
    }


def _shared(answers: Mapping[str, Sequence[Unit]], samples: Sequence[str], start: int) -> int:
    """Up to where these answers, equal until `start`, go on alike."""
    if len(samples) == 1:
        return len(answers[samples[0]])
    first = answers[samples[0]]
    shortest = min(len(answers[name]) for name in samples)
    others = [answers[name] for name in samples[1:]]
    for place in range(start, shortest):
        key = first[place].key
        if any(other[place].key != key for other in others):
            return place
    return shortest


def _mean_share(
    answers: Mapping[str, Sequence[Unit]], samples: Sequence[str], place: int
) -> float | None:
    shares = [share for name in samples if (share := answers[name][place].share) is not None]
    return fsum(shares) / len(shares) if shares else None


def branch(tree: Tree, node: Node) -> tuple[Unit, ...]:
    """The steps that lead to where a node's answers part.

    A node whose answers don't part is one way of many: of its steps only the first leads to it.
    """
    path = tree.path(node)
    return path if node.children else path[: node.start + 1]


@dataclass(frozen=True, slots=True)
class Shown:
    """A node that is shown, and what is left out below it."""

    node: Node
    hidden_ways: int
    """Ways from it that aren't shown."""
    hidden_answers: int
    """Answers that go these ways."""


def capped(tree: Tree, most: int, *, only: Collection[str] | None = None) -> list[Shown]:
    """At most so many nodes, those with most answers first, in the order of the tree.

    Args:
        tree: the whole one.
        most: how many, from 1.
        only: leave out what none of these answers goes through; `None`: no such wish.
    """
    wanted = None if only is None else frozenset(only)
    chosen: set[int] = set()
    queue = [(-tree.root.count, 0)]
    while queue and len(chosen) < most:
        _, place = heapq.heappop(queue)
        chosen.add(place)
        for child in tree.nodes[place].children:
            if wanted is None or not wanted.isdisjoint(tree.nodes[child].samples):
                heapq.heappush(queue, (-tree.nodes[child].count, child))
    shown = []
    for node in tree.nodes:
        if node.id in chosen:
            hidden = [child for child in node.children if child not in chosen]
            answers = sum(tree.nodes[child].count for child in hidden)
            shown.append(Shown(node, len(hidden), answers))
    return shown

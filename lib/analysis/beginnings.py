"""Beginnings that several answers share, by their text: places where draws can be counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lib.analysis.branching import Tree


@dataclass(frozen=True, slots=True)
class Beginning:
    """A text that at least two answers of one configuration begin with, step by step alike."""

    text: str
    count: int
    """Answers of all configurations that do."""
    keys: Mapping[str, tuple[str, ...]]
    """Of the steps, by configuration. Where one text was made of several series of steps, the
    series that most answers have: only answers with the same steps are draws of one distribution.
    """


def beginnings(trees: Mapping[str, Tree], *, most: int) -> dict[str, Beginning]:
    """The commonest ones by text, those with most answers first, then the shortest.

    By text, not by keys: two models, or tokens and words, have no keys in common.

    Args:
        trees: by configuration.
        most: how many.
    """
    found: dict[str, dict[str, tuple[int, tuple[str, ...]]]] = {}
    for name, tree in trees.items():
        for text, keys, count in _of(tree):
            of_text = found.setdefault(text, {})
            if name not in of_text or of_text[name][0] < count:
                of_text[name] = (count, keys)
    joined = [
        Beginning(
            text,
            sum(count for count, _ in each.values()),
            {name: keys for name, (_, keys) in each.items()},
        )
        for text, each in found.items()
    ]
    joined.sort(key=lambda each: (-each.count, len(each.text)))
    return {each.text: each for each in joined[:most]}


def _of(tree: Tree) -> Iterator[tuple[str, tuple[str, ...], int]]:
    """Text, keys and count of every beginning; the empty one is one."""
    for node in tree.nodes:
        if node.count < 2:
            continue
        path = tree.path(node)
        keys = tuple(unit.key for unit in path)
        text = "".join(unit.text for unit in path[: node.start])
        if node.parent is None:
            yield "", (), node.count
        for end in range(node.start, len(path)):
            text += path[end].text
            yield text, keys[: end + 1], node.count

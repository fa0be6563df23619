"""Along the answers: how uncertain the next step is at each place, and who is still together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from lib.analysis.branching import Tree
from lib.analysis.entropy_bounds import VOCABULARY
from lib.analysis.surprisal import uncertainty
from lib.analysis.u_statistic import agreement
from lib.domain.positions import Position

FEW = 10
"""Below so many draws a place's entropy is drawn in grey: it can't be above ln n."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One place of the answers of a configuration, after the same beginning each."""

    at: int
    """How many steps are before it."""
    n: int
    """Answers that share their beginning with another, and so say something about this place."""
    entropy: float | None
    """Of the step here given the same beginning, in nats: the mean over beginnings, by their
    answers. Plug-in, so too low rather than too high. `None`: all have parted."""


def entropies(tree: Tree) -> list[Place]:
    """The entropy of the draws at every place, up to where the last two answers part.

    Given the same beginning, not by columns: an inserted word would put every later column out of
    step. An end counts as a step.
    """
    sums: dict[int, float] = {}
    counts: dict[int, int] = {}
    for node in tree.nodes:
        if node.count < 2:
            continue
        first = node.start + (node.parent is not None)  # its first step is its parent's parting
        end = node.start + len(node.units)
        for place in range(first, end):
            counts[place] = counts.get(place, 0) + node.count
        if node.children:
            counts[end] = counts.get(end, 0) + node.count
            sums[end] = sums.get(end, 0.0) + node.count * tree.entropy(node)
    return [
        Place(at=at, n=n, entropy=sums.get(at, 0.0) / n if n else None)
        for at, n in sorted(counts.items())
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """The probability that two answers have not parted within their first steps."""

    steps: int
    value: float
    low: float | None
    high: float | None
    n: int


def together(tree: Tree, *, most: int, alpha: float = 0.05) -> list[Together]:
    """After 1, 2, ... steps, up to `most`. Equal answers never part.

    A U-statistic over pairs, with its jackknife interval (statistics.md, 1.1).
    """
    n = tree.root.count
    if n < 2:
        return []
    longest = max(node.start + len(node.units) for node in tree.nodes)
    groups: list[list[int]] = [[] for _ in range(min(most, longest) + 1)]
    for node in tree.nodes:
        end = node.start + len(node.units)
        for steps in range(node.start + 1, min(end, len(groups) - 1) + 1):
            groups[steps].append(node.count)
        if node.ended:
            for steps in range(end + 1, len(groups)):
                groups[steps].append(len(node.ended))
    found = []
    for steps, counts in enumerate(groups[1:], start=1):
        mean = agreement(np.array(counts, dtype=np.float64))
        low, high = mean.interval(alpha, end_alpha=alpha / 2) or (None, None)
        found.append(Together(steps=steps, value=mean.u, low=low, high=high, n=n))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """The model's own uncertainty at a place: means over answers, each after its own beginning."""

    at: int
    low: float
    high: float
    n: int


def reported(
    answers: Iterable[Sequence[Position]], *, most: int, vocabulary: int = VOCABULARY
) -> list[Reported]:
    """Means of the entropy bounds at every place, over the answers that report it.

    Args:
        answers: one after the other, so that they needn't be in memory together.
        most: places.
        vocabulary: at least as many tokens as the model has.
    """
    found: list[tuple[int, float, float]] = []
    for each in answers:
        for at, position in enumerate(each[:most]):
            if at == len(found):
                found.append((0, 0.0, 0.0))
            if (bounds := uncertainty(position, vocabulary=vocabulary)) is not None:
                n, low, high = found[at]
                found[at] = (n + 1, low + bounds.low, high + bounds.high)
    return [
        Reported(at=at, low=low / n, high=high / n, n=n)
        for at, (n, low, high) in enumerate(found)
        if n
    ]

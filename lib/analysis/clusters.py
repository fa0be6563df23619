"""Answers that are nearly alike, counted as one: by their words, never by their meaning.

Average linkage on token edit similarity at a threshold that is declared before results are seen.
The outputs of all configurations are clustered together, blind to which configuration gave them;
a threshold picked for each, or after a look, would make any difference. "It is safe" and "it is
not safe" are 0.75 alike: lexical clusters know nothing of meaning, and are never called semantic.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lib.analysis.similarity import Spelled, similarities, spelled

MOST_CLUSTERED = 600
"""Different outputs that are clustered; of more, the rest are clusters of their own."""
THRESHOLDS = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
"""At these it is told how many clusters there would be: whether the threshold decides much."""

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clusters:
    """The outputs of all configurations in clusters."""

    similar: float
    """The threshold: within a cluster two outputs are at least so alike, on average."""
    outputs: tuple[tuple[str, ...], ...]
    """For each configuration, one a call: the most frequent output of the call's cluster."""
    sizes: dict[str, int]
    """Calls in each cluster, by that output, the largest first."""
    sensitivity: dict[float, int]
    """How many clusters there would be at other thresholds."""
    left_out: int
    """Different outputs beyond `MOST_CLUSTERED`, each a cluster of its own."""

    @property
    def method(self) -> str:
        """How they were found, with what must be known of it."""
        more = f"; {self.left_out} more outputs are not clustered" if self.left_out else ""
        return (
            f"lexical clusters: average linkage on token edit similarity, threshold "
            f"{self.similar:g}{more}"
        )


def clustered(outputs: Sequence[Sequence[str]], *, similar: float) -> Clusters:
    """The outputs of all configurations, clustered together.

    Args:
        outputs: for each configuration its normalised outputs, one a call.
        similar: the threshold, above 0, up to 1. At 1 only equal token lists are one.
    """
    counts = Counter(text for column in outputs for text in column)
    texts = [text for text, _ in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))]
    taken = texts[:MOST_CLUSTERED]
    tree = _tree(taken)
    named = dict(zip(taken, _names(taken, _cut(tree, len(taken), similar)), strict=True))
    named.update((text, text) for text in texts[MOST_CLUSTERED:])
    renamed = tuple(tuple(named[text] for text in column) for column in outputs)
    sizes = Counter(name for column in renamed for name in column)
    return Clusters(
        similar=similar,
        outputs=renamed,
        sizes=dict(sizes.most_common()),
        sensitivity={
            at: len(set(_cut(tree, len(taken), at).tolist())) + len(texts) - len(taken)
            for at in THRESHOLDS
        },
        left_out=len(texts) - len(taken),
    )


def _tree(texts: Sequence[str]) -> Array:
    """The merges of average linkage, each row: two clusters, their distance, their size."""
    from scipy.cluster.hierarchy import average  # late: it takes a while to load
    from scipy.spatial.distance import squareform

    if len(texts) < 2:
        return np.empty((0, 4))
    (whole,) = spelled([texts])
    # Texts that differ in white space or unknown signs can have the same tokens.
    rows = [whole.texts.index(call) for call in whole.calls]
    distances = 1 - similarities(_one_each(whole), _one_each(whole))[np.ix_(rows, rows)]
    np.fill_diagonal(distances, 0.0)
    return np.asarray(average(squareform(distances, checks=False)), dtype=np.float64)


def _one_each(whole: Spelled) -> Spelled:
    return Spelled(calls=whole.texts, of=len(whole.texts), cut=whole.cut)


def _cut(tree: Array, n: int, similar: float) -> NDArray[np.int64]:
    """The cluster of each text, from the merges at this similarity and above."""
    cluster = np.arange(n)
    for place, (a, b, distance, _) in enumerate(tree):
        if distance <= 1 - similar + 1e-9:
            cluster[np.isin(cluster, (a, b))] = n + place
    return cluster


def _names(texts: Sequence[str], cluster: NDArray[np.int64]) -> list[str]:
    """The most frequent text of each one's cluster: texts come in that order."""
    first: dict[int, str] = {}
    for text, number in zip(texts, cluster.tolist(), strict=True):
        first.setdefault(number, text)
    return [first[number] for number in cluster.tolist()]

"""How alike outputs are: 1 less the edit distance in tokens, by the longer of the two."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cdist

from lib.analysis.tokens import as_code_points, tokens
from lib.analysis.u_statistic import PairMean, pair_mean
from lib.domain.vocabulary import Estimate

MOST_TOKENS = 4_000
MOST_DISTINCT = 300
METHOD = "token edit similarity, U-statistic"

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelled:
    """The outputs of one configuration as token strings, each distinct one once."""

    texts: tuple[str, ...]
    """Strings of `tokens.as_code_points`. Comparable within one call of `spelled` only."""
    counts: Array
    """How many calls gave each."""
    calls: int
    """Calls in all, of which some may be left out here."""
    cut: int
    """Outputs that were cut at `MOST_TOKENS`."""

    @property
    def n(self) -> int:
        """Calls that are counted here."""
        return int(self.counts.sum())

    @property
    def caps(self) -> str:
        """What was left out, to be said in `method`; empty where nothing was."""
        said = f", first {self.n} of {self.calls} calls" if self.n < self.calls else ""
        return said + (f", {self.cut} outputs cut at {MOST_TOKENS} tokens" if self.cut else "")


def spelled(
    groups: Sequence[Sequence[str]], *, most_distinct: int = MOST_DISTINCT
) -> list[Spelled]:
    """The outputs of all configurations in the same token alphabet.

    Args:
        groups: normalised outputs, one a call, in the order of the plan. Beyond `most_distinct`
            different ones only the first calls are used: a part of fixed size, chosen blindly.
        most_distinct: the work grows with its square.
    """
    kept = [
        outputs if len(set(outputs)) <= most_distinct else outputs[:most_distinct]
        for outputs in groups
    ]
    spellings = {text: tokens(text) for outputs in kept for text in dict.fromkeys(outputs)}
    long = {text for text, spelling in spellings.items() if len(spelling) > MOST_TOKENS}
    points = as_code_points(spelling[:MOST_TOKENS] for spelling in spellings.values())
    strings = dict(zip(spellings, points, strict=True))
    return [
        _counted([strings[text] for text in outputs], len(whole), len(long.intersection(outputs)))
        for whole, outputs in zip(groups, kept, strict=True)
    ]


def _counted(texts: Sequence[str], calls: int, cut: int) -> Spelled:
    counts = Counter(texts)
    return Spelled(
        texts=tuple(counts),
        counts=np.array(list(counts.values()), dtype=np.float64),
        calls=calls,
        cut=cut,
    )


def similarities(a: Spelled, b: Spelled) -> Array:
    """How alike each distinct output of a and each of b are: s = 1 - d / max(|a|, |b|).

    d is Levenshtein's distance on tokens. Two empty outputs are equal; one empty is unlike any
    other.
    """
    distances = cdist(a.texts, b.texts, scorer=Levenshtein.distance, dtype=np.int32)
    lengths_a = np.array([len(text) for text in a.texts])
    lengths_b = np.array([len(text) for text in b.texts])
    longer = np.maximum(np.maximum.outer(lengths_a, lengths_b), 1)
    return np.asarray(1 - distances / longer, dtype=np.float64)


def similarity(outputs: Spelled, kernel: Array | None = None) -> PairMean | None:
    """The mean similarity of two calls; `None` for fewer than two."""
    if outputs.n < 2:
        return None
    return pair_mean(similarities(outputs, outputs) if kernel is None else kernel, outputs.counts)


def mean_similarity(
    outputs: Spelled, kernel: Array | None = None, *, alpha: float = 0.05
) -> Estimate:
    """The expected similarity of two independent calls, from 0 to 1.

    Computed over distinct outputs and weighted by counts. Where all calls are equal the lower
    limit is that of the collision probability, as a similarity is at least 1[equal].

    Args:
        outputs: of `spelled`.
        kernel: their `similarities`, if they are known already.
        alpha: how often the interval may miss.
    """
    mean = similarity(outputs, kernel)
    if mean is None:
        return Estimate(None, None, None, outputs.n, METHOD, "needs two calls or more")
    return mean.estimate(alpha, method=METHOD + outputs.caps)


def pooled(blocks: Sequence[Sequence[Array]]) -> Array:
    """One matrix of blocks of `similarities`."""
    return np.asarray(np.block([list(row) for row in blocks]), dtype=np.float64)


def offsets(parts: Sequence[Spelled]) -> list[int]:
    """Where each part begins in a pooled matrix, and its end."""
    return [0, *accumulate(len(part.texts) for part in parts)]

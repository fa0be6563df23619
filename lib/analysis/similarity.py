"""How alike outputs are: 1 less the edit distance in tokens, by the longer of the two."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cdist

from lib.analysis.tokens import as_code_points, tokens
from lib.analysis.u_statistic import PairMean, pair_mean
from lib.domain.vocabulary import Estimate

MOST_TOKENS = 4_000
MOST_DISTINCT = 300
MOST_STEPS = 1e8
"""Steps that the pairs within one configuration may take: about half a second. A pair of outputs
of m and n tokens takes m n / 64."""
WORTH_THREADS = 10_000
"""Pairs from which on all cores share the work."""
METHOD = "token edit similarity, U-statistic"

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelled:
    """The outputs of one configuration as token strings, each distinct one once."""

    calls: tuple[str, ...]
    """One string of `tokens.as_code_points` a call, in the order of the plan. Comparable within
    one call of `spelled` only."""
    of: int
    """Calls in all, of which some may be left out here."""
    cut: int
    """Outputs that were cut at `MOST_TOKENS`."""
    texts: tuple[str, ...] = field(init=False)
    counts: Array = field(init=False)
    """How many calls gave each of `texts`."""

    def __post_init__(self) -> None:
        counts = Counter(self.calls)
        object.__setattr__(self, "texts", tuple(counts))
        object.__setattr__(self, "counts", np.array(list(counts.values()), dtype=np.float64))

    @property
    def n(self) -> int:
        """Calls that are counted here."""
        return len(self.calls)

    @property
    def places(self) -> NDArray[np.int64]:
        """For each call, which of `texts` it gave."""
        known = {text: place for place, text in enumerate(self.texts)}
        return np.array([known[call] for call in self.calls], dtype=np.int64)

    @property
    def caps(self) -> str:
        """What was left out, to be said in `method`; empty where nothing was."""
        said = f", first {self.n} of {self.of} calls" if self.n < self.of else ""
        return said + (f", {self.cut} outputs cut at {MOST_TOKENS} tokens" if self.cut else "")


def spelled(groups: Sequence[Sequence[str]]) -> list[Spelled]:
    """The outputs of all configurations in the same token alphabet.

    Args:
        groups: normalised outputs, one a call, in the order of the plan.
    """
    spellings = {text: tokens(text) for outputs in groups for text in dict.fromkeys(outputs)}
    long = {text for text, spelling in spellings.items() if len(spelling) > MOST_TOKENS}
    points = as_code_points(spelling[:MOST_TOKENS] for spelling in spellings.values())
    strings = dict(zip(spellings, points, strict=True))
    return [
        Spelled(
            calls=tuple(strings[text] for text in outputs),
            of=len(outputs),
            cut=len(long.intersection(outputs)),
        )
        for outputs in groups
    ]


def paired(outputs: Spelled, *, most_distinct: int = MOST_DISTINCT) -> Spelled:
    """The calls whose pairs are compared: all, or the first where that would take too long.

    The work grows with the square of the distinct outputs and of their length. Fewer calls make
    the interval wider; the first ones are chosen blindly, so they make nothing wrong.
    """
    length = sum(len(text) for text in outputs.texts) / max(1, len(outputs.texts))
    bearable = int((2 * 64 * MOST_STEPS) ** 0.5 / max(1.0, length))
    most = min(most_distinct, max(2, bearable))
    if len(outputs.texts) <= most:
        return outputs
    return Spelled(calls=outputs.calls[:most], of=outputs.of, cut=outputs.cut)


def similarities(a: Spelled, b: Spelled) -> Array:
    """How alike each distinct output of a and each of b are: s = 1 - d / max(|a|, |b|).

    d is Levenshtein's distance on tokens. Two empty outputs are equal; one empty is unlike any
    other.
    """
    workers = -1 if len(a.texts) * len(b.texts) >= WORTH_THREADS else 1
    distances = cdist(
        a.texts, b.texts, scorer=Levenshtein.distance, dtype=np.int32, workers=workers
    )
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

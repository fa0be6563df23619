"""Does one seed give one answer? Pairs of calls, each pair under a seed of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import factorial, prod

import numpy as np

from lib.analysis.predicted_share import exp_or_inf, log_binomial

PERMUTATIONS = 9999
WORKS_IN = 0.75**2
"""Both calls of a pair must show the effect, each in three calls of four."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedPairs:
    """What pairs of calls under one seed each say for it, and against it."""

    matches: int
    """Pairs of two equal answers."""
    pairs: int
    p: float
    """Of no effect: how often second calls given to other seeds match as often."""
    ratio: float
    """Likelihood of no effect against the predicted one."""
    power: float
    """1 if all pairs matching would give a p of at most alpha, else 0."""
    chance: float
    """How often two calls under different seeds agree."""


def seed_pairs(
    first: Sequence[str],
    second: Sequence[str],
    *,
    alpha: float,
    permutations: int = PERMUTATIONS,
    seed: int = 1,
) -> SeedPairs:
    """Test that calls of one seed agree more often than calls of different seeds.

    Without an effect, every assignment of second calls to seeds is equally likely: p is the share
    of permutations with as many matches, p = (1 + #) / (B + 1), or the exact 1 / (number of
    different assignments) where all match. The ratio is Bin(x; K, c) / max over theta >= 9/16 of
    Bin(x; K, theta), with c the share of agreeing calls of different seeds.

    Args:
        first: the first answer under each of K seeds, K >= 2.
        second: the second one, in the same order.
        alpha: for the power only.
        permutations: B.
        seed: fixes the permutations.
    """
    k = len(first)
    codes = {text: code for code, text in enumerate(dict.fromkeys([*first, *second]))}
    a, b = (np.array([codes[text] for text in texts]) for texts in (first, second))
    matches = int((a == b).sum())
    rng = np.random.default_rng(seed)
    shuffled = rng.permuted(np.tile(b, (permutations, 1)), axis=1)
    p = (1 + int(((shuffled == a).sum(axis=1) >= matches).sum())) / (permutations + 1)
    least = prod(factorial(n) for n in Counter(first).values()) / factorial(k)
    if matches == k:
        p = least
    unlike = int((a[:, np.newaxis] == b).sum()) - matches
    chance = (unlike + 0.5) / (k * (k - 1) + 1)
    ratio = exp_or_inf(
        log_binomial(matches, k, chance) - log_binomial(matches, k, max(WORKS_IN, matches / k))
    )
    return SeedPairs(
        matches=matches,
        pairs=k,
        p=p,
        ratio=ratio,
        power=float(least <= alpha),
        chance=unlike / (k * (k - 1)),
    )

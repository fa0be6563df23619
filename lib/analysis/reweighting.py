"""Did a temperature act? First tokens drawn at it, beside probabilities that were reported at 1.

Where the endpoint reports log probabilities, the distribution at temperature 1 is known, and at any
other it follows: shares in proportion to q^(1/T). All that isn't known is the weight of the tokens
that weren't reported, and that has bounds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import floor

import numpy as np
from numpy.typing import NDArray

from lib.analysis.predicted_share import exp_or_inf

WORKS_IN = (1.0, 0.9, 0.8, 0.75)
"""Shares of calls in which a temperature that works may act: the likeliest counts."""
VOCABULARY = 256_000
"""More tokens than today's models have: it bounds what was not reported."""
SIMULATIONS = 9999

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reweighting:
    """What draws at a temperature say for its effect, and against it."""

    n: int
    reported_draws: int
    """Draws of a token that was reported; all others are one cell."""
    p: float
    """Of no effect, by simulation from the reported probabilities."""
    ratio: float
    """Likelihood of temperature 1 against the temperature that was sent."""
    power: float
    """How often p would be at most alpha under the temperature that was sent."""


def reweighting(
    drawn: Mapping[str, int],
    at_one: Mapping[str, float],
    temperature: float,
    *,
    alpha: float,
    simulations: int = SIMULATIONS,
    seed: int = 1,
) -> Reweighting | None:
    """Test draws at a temperature against the reported distribution at temperature 1.

    Under no effect a draw is token i with q_i, or another one with R = 1 - sum q. Under the effect,
    with b = 1/T, the shares are q_i^b / (S + t) and t / (S + t), S = sum q_i^b. The weight t lies
    between that of a tail packed into tokens as likely as the last reported one, and of one spread
    over a vocabulary. The likelihood of the effect is taken at its best t and its best share of
    calls in which it acts, so that the ratio errs towards the effect.

    Args:
        drawn: how often each key was drawn at `temperature`.
        at_one: probabilities by key at temperature 1, each above 0; their sum is at most 1.
        temperature: above 1.
        alpha: for the power.
        simulations: B; p = (1 + #) / (B + 1).
        seed: fixes the simulation.

    Returns:
        `None` without a draw, or with fewer than two cells.
    """
    q = np.array(sorted(at_one.values(), reverse=True))
    keys = sorted(at_one, key=lambda key: -at_one[key])
    rest = max(0.0, 1 - float(q.sum()))
    counts = np.array([*(drawn.get(key, 0) for key in keys), 0], dtype=np.float64)
    n = sum(drawn.values())
    counts[-1] = n - counts.sum()
    none = np.append(q, max(rest, 1e-9))
    none /= none.sum()
    if not n or len(keys) + (rest > 1e-6) < 2:
        return None
    weights = q ** (1 / temperature)
    low, high = _tail(q, rest, 1 / temperature)
    tails = np.geomspace(low, high, 25) if low > 0 else np.array([1e-9])
    effects = [np.append(weights, tail) / (weights.sum() + tail) for tail in tails]
    works = max(
        float((counts * np.log(share * effect + (1 - share) * none)).sum())
        for effect in effects
        for share in WORKS_IN
    )
    scores = np.log(effects[0] / none)
    rng = np.random.default_rng(seed)
    by_chance = rng.multinomial(n, none, size=simulations) @ scores
    by_effect = rng.multinomial(n, effects[0], size=simulations) @ scores
    observed = float(counts @ scores)
    critical = float(np.quantile(by_chance, 1 - alpha, method="higher"))
    return Reweighting(
        n=n,
        reported_draws=int(counts[:-1].sum()),
        p=(1 + int((by_chance >= observed - 1e-9).sum())) / (simulations + 1),
        ratio=exp_or_inf(float((counts * np.log(none)).sum()) - works),
        power=float((by_effect > critical).mean()),
    )


def _tail(q: Array, rest: float, b: float) -> tuple[float, float]:
    """The least and the largest weight of what was not reported, for b < 1.

    Packed: as many tokens as likely as the last reported one as there is room for, and one of the
    remainder. Spread: evenly over the rest of the vocabulary (statistics.md, section 3).
    """
    if rest <= 1e-6:
        return 0.0, 0.0
    smallest = float(q[-1])
    whole = floor(rest / smallest)
    packed = whole * smallest**b + max(0.0, rest - whole * smallest) ** b
    others = max(1, VOCABULARY - len(q))
    spread = others * (rest / others) ** b
    return min(packed, spread), max(packed, spread)

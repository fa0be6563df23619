"""Did a temperature act, where no probability is reported? First answers at 1 and at another one.

Two claims about the answers: that both groups are draws from one distribution, or that the second
is drawn in proportion to p^(1/T). Nothing else is known of p, so both take the p that suits them
best.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax, xlogy

from lib.analysis.permutation import TIES
from lib.analysis.predicted_share import exp_or_inf

WORKS_IN = (1.0, 0.75)
PERMUTATIONS = 9999
SIMULATIONS = 500

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flattening:
    """What answers at a higher temperature say for its effect, and against it."""

    n_one: int
    n: int
    p: float
    """Of no effect: permutation of the fall of the collision probability, one-sided."""
    ratio: float
    """Of the largest likelihoods: no effect against the temperature that was sent."""
    power: float
    """How often p would be at most alpha under the effect, with the p that suits it best."""
    collision_one: float
    collision: float


def flattening(
    at_one: Sequence[str],
    at_temperature: Sequence[str],
    temperature: float,
    *,
    alpha: float,
    permutations: int = PERMUTATIONS,
    seed: int = 1,
) -> Flattening:
    """Test that answers agree less often at a temperature above 1 than at 1.

    The ratio is max over p of prod p^(c1 + c2), over max over p of prod p^c1 f(p)^c2 with f(p) in
    proportion to p^(1/T) in all calls, or in three of four. It is no ratio of two simple claims,
    so its errors are known by simulation only: docs/audit.md. Tokens that were never drawn have no
    part in it: the effect looks smaller than it is, and the ratio errs towards the effect.

    Args:
        at_one: answers at temperature 1; two or more.
        at_temperature: answers at the other one; two or more.
        temperature: above 1.
        alpha: for the power.
        permutations: B; p = (1 + #) / (B + 1).
        seed: fixes the simulations.
    """
    codes = {text: code for code, text in enumerate(dict.fromkeys([*at_one, *at_temperature]))}
    drawn = np.array([codes[text] for text in (*at_one, *at_temperature)])
    n, size = len(at_one), len(codes)
    rng = np.random.default_rng(seed)
    observed = _fall(drawn[np.newaxis], n, size)[0]
    by_chance = _fall(rng.permuted(np.tile(drawn, (permutations, 1)), axis=1), n, size)
    one, other = (
        np.bincount(part, minlength=size).astype(float) for part in (drawn[:n], drawn[n:])
    )
    both = one + other
    same = float(xlogy(both, both / both.sum()).sum())
    fits = [_fit(one, other, 1 / temperature, share) for share in WORKS_IN]
    theta = fits[0][1]
    simulated = np.concatenate(
        [
            rng.choice(size, (SIMULATIONS, n), p=softmax(theta)),
            rng.choice(size, (SIMULATIONS, len(drawn) - n), p=softmax(theta / temperature)),
        ],
        axis=1,
    )
    critical = float(np.quantile(by_chance, 1 - alpha, method="higher"))
    return Flattening(
        n_one=n,
        n=len(drawn) - n,
        p=(1 + int((by_chance >= observed - TIES).sum())) / (permutations + 1),
        ratio=exp_or_inf(same - max(fit[0] for fit in fits)),
        power=float((_fall(simulated, n, size) > critical).mean()),
        collision_one=float(_collision(drawn[np.newaxis, :n], size)[0]),
        collision=float(_collision(drawn[np.newaxis, n:], size)[0]),
    )


def _fall(drawn: NDArray[np.int64], n: int, size: int) -> Array:
    return _collision(drawn[:, :n], size) - _collision(drawn[:, n:], size)


def _collision(drawn: NDArray[np.int64], size: int) -> Array:
    """Of each row: sum n (n - 1) / (N (N - 1))."""
    rows, n = drawn.shape
    cells = drawn + size * np.arange(rows)[:, np.newaxis]
    counts = np.bincount(cells.ravel(), minlength=rows * size).reshape(rows, size)
    return np.asarray((counts * (counts - 1)).sum(axis=1) / (n * (n - 1)), dtype=np.float64)


def _fit(one: Array, other: Array, b: float, share: float) -> tuple[float, Array]:
    """The largest log likelihood of the effect, and the logits of p where it is reached."""

    def loss(theta: Array) -> tuple[float, Array]:
        p, f = softmax(theta), softmax(b * theta)
        mixed = share * f + (1 - share) * p
        w = other / mixed
        slope = one - one.sum() * p
        slope += share * b * f * (w - w @ f) + (1 - share) * p * (w - w @ p)
        value = one @ log_softmax(theta) + other @ np.log(mixed)
        return -float(value), -slope

    found = minimize(
        loss, np.log(one + other), jac=True, method="L-BFGS-B", bounds=[(-30, 30)] * len(one)
    )
    return -float(found.fun), np.asarray(found.x, dtype=np.float64)

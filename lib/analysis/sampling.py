"""What sampling settings make of a reported distribution, exactly or not at all.

Order, as the embedded model is asked for it: temperature, top_k, top_p, min_p. The same as Hugging
Face's and vLLM's but for where min_p stands; llama.cpp's own has temperature last, which cuts
another nucleus. Everything is computed on logarithms: q^(1/T) underflows for small T.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import fsum

import numpy as np
from numpy.typing import NDArray

from lib.domain.settings import Settings
from lib.domain.vocabulary import TokenProbability

WHOLE = 0.9999
"""From this sum of probabilities on, all of the vocabulary was reported."""
SENTINEL = -9000.0
"""Below this a log probability is a marker: OpenAI's -9999.0 says "not among the top"."""
NEAR_TIE = 1e-3

Array = NDArray[np.float64]


def known(top: Sequence[TokenProbability]) -> dict[str, float]:
    """Log probabilities by key, falling; what is no log probability is left out, never made 0."""
    pairs = {
        t.key: min(t.logprob, 0.0) for t in top if SENTINEL < t.logprob <= 1e-6
    }  # NaN fails both comparisons
    return dict(sorted(pairs.items(), key=lambda pair: -pair[1]))


def mass(top: Sequence[TokenProbability]) -> float:
    """The probability of the reported tokens together."""
    return fsum(np.exp(list(known(top).values()))) if top else 0.0


def expected_under(
    settings: Settings, top: Sequence[TokenProbability]
) -> Mapping[str, float] | None:
    """The distribution that first tokens should follow, by key.

    Exact where the whole vocabulary was reported, and with only the likeliest k tokens where the
    rest is cut off or cancels: at temperature 0; under a top_k of at most k; at temperature 1 if
    the k tokens reach top_p; if min_p cuts the k-th. At temperature 1 without any cut the k
    tokens keep their probabilities, and what is missing to 1 belongs to all others.

    Args:
        settings: a setting that is `None` counts as off, temperature as 1: ask only where that is
            what was sent. Penalties and biases are not modelled.
        top: the likeliest tokens, before sampling settings, at temperature 1.

    Returns:
        Probabilities above 0 alone: a token that isn't there can't be drawn, unless they sum to
        less than 1. `None` where the rest would have to be known.
    """
    reported = known(top)
    if not reported:
        return None
    keys, logs = list(reported), np.array(list(reported.values()))
    temperature = 1.0 if settings.temperature is None else settings.temperature
    if temperature == 0:
        return {keys[0]: 1.0}
    top_p = 1.0 if settings.top_p is None else settings.top_p
    min_p = settings.min_p or 0.0
    k = len(keys) if settings.top_k is None else min(settings.top_k, len(keys))
    closed = mass(top) >= WHOLE or (settings.top_k or len(keys) + 1) <= len(keys)
    if closed:
        shares = _softmax(logs / temperature)[:k]
        shares /= shares.sum()
    elif temperature == 1:
        # Not renormalised: what is missing is real, and belongs to tokens that weren't reported.
        shares = np.exp(logs)
        if top_p >= 1 and not min_p:
            return dict(zip(keys, shares.tolist(), strict=True))
        closed = top_p < 1 and float(shares.sum()) >= top_p
    else:
        shares = _softmax(logs / temperature)
    if not closed and (top_p < 1 or shares[-1] >= shares[0] * min_p):
        return None
    shares = _nucleus(shares, top_p)
    shares = shares[shares >= shares[0] * min_p]
    drawn = (shares / shares.sum()).tolist()
    return {key: share for key, share in zip(keys, drawn, strict=False) if share > 0}


def near_tie(top: Sequence[TokenProbability]) -> bool:
    """Whether the two likeliest tokens are so close that numerics decide a greedy draw."""
    logs = list(known(top).values())
    return len(logs) > 1 and logs[0] - logs[1] < NEAR_TIE


def _softmax(logs: Array) -> Array:
    weights = np.exp(logs - logs[0])
    return np.asarray(weights / weights.sum(), dtype=np.float64)


def _nucleus(shares: Array, top_p: float) -> Array:
    """The smallest beginning that reaches top_p, and at least one token."""
    if top_p >= 1:
        return shares
    return shares[: int(np.searchsorted(np.cumsum(shares), top_p, side="left")) + 1]

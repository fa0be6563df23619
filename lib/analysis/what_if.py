"""What sampling settings make of a whole distribution, step by step, in a chosen order.

The rule: every step keeps a beginning of the tokens, likeliest first, and temperature changes no
order. So a state is a number of tokens kept and a temperature, and nothing is approximated. The
tests hold it to be equal to `sampling.expected_under` in the embedded model's order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import Literal

import numpy as np
from scipy.special import xlogy

from lib.analysis.next_token import NextToken
from lib.analysis.sampling import Array
from lib.domain.settings import Settings

Step = Literal["temperature", "top_k", "top_p", "min_p"]
OrderName = Literal["embedded", "vllm", "llama_cpp"]

ORDERS: Mapping[OrderName, tuple[Step, ...]] = {
    "embedded": ("temperature", "top_k", "top_p", "min_p"),
    "vllm": ("temperature", "min_p", "top_k", "top_p"),
    "llama_cpp": ("top_k", "top_p", "min_p", "temperature"),
}
"""`embedded`: as the lab asks for it, and as Hugging Face's transformers does it. `llama_cpp`: its
own default. Sources: statistics.md, section 3."""


@dataclass(frozen=True, slots=True)
class Cut:
    """What one step took away."""

    step: Step
    tokens: int
    mass: float
    """Of the distribution that the step was given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """A distribution before and after settings. Arrays are in the order of its tokens."""

    before: Array
    """At temperature 1, nothing cut; sums to 1."""
    after: Array
    """0 for a token that was cut; sums to 1."""
    cumulative: Array
    """Of the distribution that top_p cuts, from the likeliest on; ends where its candidates do."""
    kept: int
    """How many tokens are left, from the likeliest on."""
    cuts: tuple[Cut, ...]
    """One for each step that is on and takes something away, in order."""

    def cut_by(self, place: int) -> Step | None:
        """The step that took the token at this place, from 0; `None`: it is left."""
        end = len(self.before)
        for cut in self.cuts:
            end -= cut.tokens
            if place >= end:
                return cut.step
        return None

    @property
    def entropy_before(self) -> float:
        """In nats."""
        return float(max(0.0, -xlogy(self.before, self.before).sum()))

    @property
    def entropy_after(self) -> float:
        """In nats."""
        return float(max(0.0, -xlogy(self.after, self.after).sum()))


def what_if(
    distribution: NextToken, settings: Settings, order: Sequence[Step] = ORDERS["embedded"]
) -> WhatIf:
    """Apply settings to a whole distribution.

    Boundaries as llama.cpp has them: top_p keeps the smallest beginning that reaches it, and never
    less than a token; top_k keeps exactly k; min_p keeps what is equal to it. At temperature 0 the
    likeliest token alone is left; of equal ones the first, while a server takes any.

    Args:
        distribution: all tokens of the vocabulary. What is missing would count as impossible.
        settings: `temperature`, `top_k`, `top_p` and `min_p`. `None`: off; temperature 1.
        order: of the four steps.
    """
    logs, kept = distribution.logs, len(distribution.logs)
    cumulative: Array | None = None
    cuts: list[Cut] = []
    for step in order:
        shares = _softmax(logs[:kept])
        if step == "top_p":
            cumulative = np.cumsum(shares)
        left = _left(step, settings, logs[:kept], shares)
        if left < kept:
            cuts.append(Cut(step, kept - left, float(shares[left:].sum())))
        kept = left
        if step == "temperature" and settings.temperature:
            logs = logs / settings.temperature
    after = np.zeros_like(distribution.logs)
    after[:kept] = _softmax(logs[:kept])
    before = _softmax(distribution.logs)
    return WhatIf(
        before=before,
        after=after,
        cumulative=np.cumsum(before) if cumulative is None else cumulative,
        kept=kept,
        cuts=tuple(cuts),
    )


def _left(step: Step, settings: Settings, logs: Array, shares: Array) -> int:
    """How many tokens a step leaves."""
    match step:
        case "temperature" if settings.temperature == 0:
            return 1
        case "top_k" if settings.top_k is not None:
            return min(len(logs), settings.top_k)
        case "top_p" if settings.top_p is not None and settings.top_p < 1:
            reached = int(np.searchsorted(np.cumsum(shares), settings.top_p, side="left"))
            return min(len(logs), reached + 1)
        case "min_p" if settings.min_p:
            # logs fall, so what is at least the threshold is a beginning of them
            return int(np.count_nonzero(logs >= logs[0] + log(settings.min_p)))
        case _:
            return len(logs)


def _softmax(logs: Array) -> Array:
    weights = np.exp(logs - logs[0])
    return np.asarray(weights / weights.sum(), dtype=np.float64)

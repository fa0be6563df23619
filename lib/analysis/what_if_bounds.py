"""What-if where only the likeliest tokens are known: what is certain, and between which bounds.

The rule: nothing is assumed of the tokens that weren't reported but that each is no likelier than
the last reported one, and that there are at most V - k of them. Bounds may be wider than they must
be, never too narrow: the tests hide the tail of whole distributions and look for one outside.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import floor

import numpy as np

from lib.analysis.entropy_bounds import VOCABULARY
from lib.analysis.next_token import NextToken
from lib.analysis.sampling import Array
from lib.analysis.what_if import ORDERS, Step
from lib.domain.settings import Settings

TOO_WIDE, TOO_MANY_TIMES, TOO_SMALL = 0.5, 10.0, 0.01
"""Bounds say nothing of use if they are wider than the first, or if the upper end is above the last
and more than so many times the lower one: then a number "can't be known"."""
_EQUAL = 1e-9


@dataclass(frozen=True, slots=True)
class Bound:
    """Between these a probability lies. A certainty, not an interval of chance."""

    low: float
    high: float

    @property
    def exact(self) -> bool:
        """Whether both ends are the same."""
        return self.high - self.low < 1e-6

    @property
    def vacuous(self) -> bool:
        """Whether it is too wide to say anything."""
        wide = self.high - self.low > TOO_WIDE
        return wide or self.high > max(TOO_SMALL, TOO_MANY_TIMES * self.low)


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundedWhatIf:
    """Reported tokens before and after settings. Sequences are in the order of the tokens."""

    before: Array
    """As reported, at temperature 1; the rest to 1 belongs to tokens that weren't."""
    after: tuple[Bound, ...]
    unreported: Bound
    """All tokens that weren't reported, together, after the settings."""
    kept_at_least: int
    """So many of the reported tokens are certainly left, from the likeliest on."""
    kept_at_most: int

    @property
    def exact(self) -> bool:
        """Whether all is known."""
        return self.unreported.exact and all(each.exact for each in self.after)

    @property
    def vacuous(self) -> bool:
        """Whether not even the likeliest token's probability can be known."""
        return self.after[0].vacuous

    def fate(self, place: int) -> str:
        """Of the token at this place, from 0: `kept`, `cut`, or `undecided`."""
        if place < self.kept_at_least:
            return "kept"
        return "cut" if place >= self.kept_at_most else "undecided"


@dataclass(frozen=True, slots=True, kw_only=True)
class _State:
    """What is left, in weights: a token's is q^b. The likeliest m are left, m within two ends."""

    b: float
    weights: Array
    at_least: int
    at_most: int
    unseen: int
    """How many unreported tokens may be left. More than 0 only where all reported ones may be."""
    least_unseen: float | None = None
    """Weight that unreported tokens certainly have; `None`: no step has cut into them yet."""

    @property
    def sums(self) -> Array:
        """Weights of the likeliest 0, 1, 2, ... tokens together."""
        return np.concatenate([[0.0], np.cumsum(self.weights)])


def what_if_bounds(
    distribution: NextToken,
    settings: Settings,
    order: Sequence[Step] = ORDERS["embedded"],
    *,
    vocabulary: int = VOCABULARY,
) -> BoundedWhatIf:
    """Bounds for every reported token after settings (statistics.md, section 3).

    With R = 1 - sum q and b = 1/T: the weight t of what wasn't reported lies between that of a tail
    packed into tokens as likely as the last reported one, and of one spread over the vocabulary.
    A reported token has q_i^b / (S + t), S the sum over those that are left. So top_k up to k is
    exact; min_p, if it cuts the last reported token; top_p, if no place is undecided.

    Args:
        distribution: the likeliest tokens, before any setting, at temperature 1.
        settings: as of `what_if`.
        order: of the four steps.
        vocabulary: at least as many tokens as the model has.
    """
    q = np.exp(distribution.logs)
    rest = max(0.0, 1 - float(q.sum()))
    unseen = max(0, vocabulary - len(q)) if rest > _EQUAL else 0
    state = _State(b=1.0, weights=q, at_least=len(q), at_most=len(q), unseen=unseen)
    tail = _Tail(rest=rest, cap=float(q[-1]), tokens=unseen)
    for step in order:
        state = _after(step, settings, state, tail, distribution.logs)
    low, high = _unseen_weight(state, tail)
    sums = state.sums
    most, least = sums[state.at_most] + high, sums[state.at_least] + low
    bounds = []
    for place, weight in enumerate(state.weights):
        if place >= state.at_most:
            bounds.append(Bound(0.0, 0.0))
        elif place >= state.at_least:
            bounds.append(Bound(0.0, float(weight / sums[place + 1])))
        else:
            bounds.append(Bound(float(weight / most), float(weight / least)))
    # Whether or not a token that wasn't reported is left: the fewest others make its share largest.
    unreported = Bound(
        float(low / (low + sums[state.at_most])) if low else 0.0,
        float(high / (high + sums[state.at_most])) if high else 0.0,
    )
    return BoundedWhatIf(
        before=q,
        after=tuple(bounds),
        unreported=unreported,
        kept_at_least=state.at_least,
        kept_at_most=state.at_most,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tail:
    """What wasn't reported."""

    rest: float
    cap: float
    tokens: int

    def weight(self, b: float, cap: float, left: int) -> tuple[float, float]:
        """Of the likeliest `left` of them, to the power b: at least and at most.

        Args:
            b: 1 / T.
            cap: the weight of the last reported token, in whatever scale the others have.
            left: how many of them are left, 1 to `tokens`.
        """

        def powered(share: float) -> float:
            return float((share / self.cap) ** b) * cap

        even = self.rest / self.tokens
        packed = floor(self.rest / self.cap + _EQUAL)
        over = max(0.0, self.rest - packed * self.cap)
        as_packed = min(packed, left) * cap + (powered(over) if left > packed else 0.0)
        as_spread = left * powered(min(self.rest, left * self.cap) / left)
        if b >= 1:  # convex: packing is the most, an even spread the least
            return left * powered(even), as_packed
        if left > packed:
            return as_packed, as_spread
        # Concave, and fewer left than would be packed: f(x) >= x f(cap) / cap for x <= cap.
        return left * even * cap / self.cap, as_spread


def _unseen_weight(state: _State, tail: _Tail) -> tuple[float, float]:
    if not state.unseen or not tail.tokens:
        return 0.0, 0.0
    low, high = tail.weight(state.b, float(state.weights[-1]), min(state.unseen, tail.tokens))
    if state.at_least < len(state.weights):
        return 0.0, high
    return (low if state.least_unseen is None else min(state.least_unseen, high)), high


def _after(step: Step, settings: Settings, state: _State, tail: _Tail, logs: Array) -> _State:
    match step:
        case "temperature" if settings.temperature == 0:
            return _limited(state, 1)
        case "temperature" if settings.temperature is not None:
            b = 1 / settings.temperature
            # Scaled by the likeliest, so that no power underflows to a sum of 0.
            least = None if state.least_unseen is None else 0.0
            return replace(state, b=b, weights=np.exp(b * (logs - logs[0])), least_unseen=least)
        case "top_k" if settings.top_k is not None:
            return _limited(state, settings.top_k)
        case "top_p" if settings.top_p is not None and settings.top_p < 1:
            return _nucleus(state, tail, settings.top_p)
        case "min_p" if settings.min_p:
            return _at_least_a_share(state, settings.min_p)
        case _:
            return state


def _limited(state: _State, k: int) -> _State:
    known = len(state.weights)
    return replace(
        state,
        at_least=min(state.at_least, k),
        at_most=min(state.at_most, k),
        unseen=0 if k <= known else min(state.unseen, k - known),
    )


def _nucleus(state: _State, tail: _Tail, top_p: float) -> _State:
    """A larger normaliser makes a longer nucleus: so both of its ends give those of the length."""
    low, high = _unseen_weight(state, tail)
    sums = state.sums
    shortest = _reaching(sums, top_p * (sums[state.at_least] + low), state.at_least)
    longest = _reaching(sums, top_p * (sums[state.at_most] + high), state.at_most)
    beyond = sums[state.at_most] < top_p * (sums[state.at_most] + high) - _EQUAL
    return replace(
        state,
        at_least=shortest,
        at_most=longest,
        unseen=state.unseen if beyond else 0,
        # If it goes on behind all reported tokens, it has at least this much of what is there.
        least_unseen=max(0.0, top_p * (sums[state.at_least] + low) - sums[-1]),
    )


def _reaching(sums: Array, weight: float, most: int) -> int:
    """The length of the smallest beginning with this weight, at least 1 and at most `most`."""
    return max(1, min(most, int(np.searchsorted(sums, weight - _EQUAL * weight, side="left"))))


def _at_least_a_share(state: _State, min_p: float) -> _State:
    kept = int(np.count_nonzero(state.weights >= state.weights[0] * min_p))
    closed = kept < len(state.weights)
    return replace(
        state,
        at_least=min(state.at_least, kept),
        at_most=min(state.at_most, kept),
        unseen=0 if closed else state.unseen,
        least_unseen=0.0,
    )

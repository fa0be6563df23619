"""How surprising an answer's tokens were to the model that wrote them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, fsum

from lib.analysis.entropy_bounds import VOCABULARY, EntropyBounds, entropy_bounds
from lib.analysis.next_token import next_token
from lib.domain.positions import Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Surprisal:
    """Of one answer. Only comparable between answers of one tokenizer."""

    mean: float | None
    """-ln p, in nats, over the tokens whose p is known; `None`: of none it is."""
    n: int
    """Tokens whose p is known."""
    tokens: int
    """Positions in all: a position may stand for several tokens."""

    @property
    def perplexity(self) -> float | None:
        """exp(mean); `None` unless all tokens are known, as the unknown ones are the odd ones."""
        return None if self.mean is None or self.n < self.tokens else exp(self.mean)


def surprisal(positions: Sequence[Position]) -> Surprisal:
    """The mean surprisal of an answer's tokens."""
    known = [-each.logprob for each in positions if each.logprob is not None]
    mean = fsum(known) / len(known) if known else None
    return Surprisal(mean=mean, n=len(known), tokens=len(positions))


def uncertainty(position: Position, *, vocabulary: int = VOCABULARY) -> EntropyBounds | None:
    """Between which the entropy at a position lies; `None` where no distribution is known."""
    distribution = next_token(position.top)
    if distribution is None or not distribution.possible:
        return None
    among = {each.key for each in distribution.tokens}
    beyond = position.logprob is not None and position.key not in among
    extra = exp(position.logprob) if beyond and position.logprob is not None else None
    return entropy_bounds(distribution, vocabulary=vocabulary, extra=extra)

"""Surprisal, perplexity and uncertainty of an answer's positions."""

from __future__ import annotations

from math import exp, log

import pytest

from lib.analysis.surprisal import surprisal, uncertainty
from lib.domain.positions import Position
from lib.domain.vocabulary import TokenProbability


def at(logprob: float | None, *top: float, key: str = "0") -> Position:
    others = tuple(TokenProbability(str(n), str(n), log(q)) for n, q in enumerate(top))
    return Position(text="x", key=key, raw=b"x", logprob=logprob, top=others)


def test_the_mean_is_over_the_tokens_whose_probability_is_known() -> None:
    whole, part = surprisal([at(-1), at(-3)]), surprisal([at(-1), at(None), at(-3)])

    assert (whole.mean, whole.n, whole.tokens) == (2, 2, 2)
    assert whole.perplexity == pytest.approx(exp(2))
    assert (part.mean, part.n, part.tokens) == (2, 2, 3)
    assert part.perplexity is None
    assert surprisal([]).mean is None


def test_a_drawn_token_beyond_the_top_is_one_more_that_is_known() -> None:
    among = uncertainty(at(log(0.5), 0.5, 0.3), vocabulary=100)
    beyond = uncertainty(at(log(0.1), 0.5, 0.3, key="77"), vocabulary=100)

    assert among is not None
    assert beyond is not None
    assert beyond.high - beyond.low < among.high - among.low
    assert uncertainty(at(-1)) is None

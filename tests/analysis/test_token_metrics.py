"""Surprisal, perplexity and first-token entropy of a configuration: values, ends, reasons."""

from dataclasses import replace
from math import exp, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.analysis.as_json import estimate
from lib.analysis.groups import ONE_SEED, Group
from lib.analysis.metrics import metrics
from lib.analysis.sides import prepared
from lib.analysis.surprisal import Surprisal
from lib.analysis.token_metrics import (
    first_token_entropy,
    mean_surprisal,
    perplexity,
    token_metrics,
)
from lib.domain.settings import Settings
from lib.domain.vocabulary import FirstToken
from tests.analysis.known import known
from tests.analysis.maker import group, token

NAMES = ["mean_surprisal", "perplexity", "first_token_entropy"]


def surprised(*answers: tuple[float | None, int, int], seed: int | None = None) -> Group:
    """A call for each: mean surprisal, tokens with a probability, tokens in all."""
    made = group([f"a{i}" for i in range(len(answers))], settings=Settings(seed=seed))
    of = {
        sample.slot.name: Surprisal(mean=mean, n=n, tokens=tokens)
        for sample, (mean, n, tokens) in zip(made.samples, answers, strict=True)
    }
    return replace(made, surprisals=of)


def first(*probabilities: float) -> FirstToken:
    top = tuple(token(f"t{i}", log(p)) for i, p in enumerate(probabilities))
    return FirstToken(top[0], top)


def test_a_token_counts_as_much_in_a_long_answer_as_in_a_short_one() -> None:
    e = mean_surprisal(surprised((3.0, 1, 1), (1.0, 9, 9)))

    assert e.value == pytest.approx((3 + 9) / 10)
    assert (e.low, e.high, e.why) == (None, None, "an interval needs 20 calls")


def test_the_interval_is_the_jackknife_of_a_ratio() -> None:
    rng = np.random.default_rng(1)
    sums, tokens = rng.exponential(9, 24), rng.integers(3, 12, 24)
    calls = [(x / y, int(y), int(y)) for x, y in zip(sums, tokens, strict=True)]

    e = mean_surprisal(surprised(*calls))

    kept = [np.arange(24) != i for i in range(24)]
    left_out = np.array([sums[k].sum() / tokens[k].sum() for k in kept])
    reach = 2.0686576 * (23 / 24 * ((left_out - left_out.mean()) ** 2).sum()) ** 0.5  # t, 23 d.f.
    middle = sums.sum() / tokens.sum()
    assert (e.low, e.value, e.high) == pytest.approx((middle - reach, middle, middle + reach))
    found = perplexity(surprised(*calls), e)
    assert (found.low, found.value, found.high) == pytest.approx(
        (exp(known(e.low)), exp(middle), exp(known(e.high)))
    )


def test_one_token_without_a_probability_leaves_no_perplexity() -> None:
    some = surprised((1.0, 9, 10), (2.0, 5, 5))

    e = mean_surprisal(some)

    assert e.value == pytest.approx(19 / 14)
    assert "over 14 of 15 tokens" in e.method
    assert perplexity(some, e).why == "1 of 15 tokens have no probability"


def test_one_seed_leaves_a_value_and_no_interval() -> None:
    e = mean_surprisal(surprised(*[(1.0, 2, 2), (2.0, 3, 3)] * 15, seed=7))

    assert known(e.value) > 0
    assert (e.low, e.high, e.why) == (None, None, ONE_SEED)


def test_a_whole_distribution_has_an_entropy_and_a_part_of_one_has_bounds() -> None:
    whole = first_token_entropy(group(["a"] * 3, firsts=[first(0.5, 0.25, 0.25)] * 3))
    part = first_token_entropy(group(["a"] * 3, firsts=[first(0.5, 0.25)] * 3))

    assert (whole.low, whole.value, whole.high) == pytest.approx((1.5 * log(2),) * 3)
    # By hand: 0.25 in one more token, or spread over the 255,998 others.
    spread = 0.75 * log(2) * 4 / 3 + 0.25 * log(255_998 / 0.25)
    assert part.value is None
    assert (part.low, part.high) == pytest.approx((1.5 * log(2), spread), abs=1e-9)
    assert estimate(part)["why"] == "only 75.0% of the probability was reported"
    assert "bounds" in str(estimate(part)["method"])


def test_they_are_metrics_where_there_are_log_probabilities_and_nowhere_else() -> None:
    plain = group(["a", "b", "c"])
    reported = group(["a", "b", "c"], firsts=[first(0.5, 0.5)] * 3)

    assert token_metrics(plain) == {}
    assert [n for n in metrics(prepared([plain])[0]) if n in NAMES] == []
    found = metrics(prepared([reported])[0])
    assert list(found)[-3:] == NAMES
    assert "`analyze --json`" in str(found["mean_surprisal"].why)


@given(
    st.lists(
        st.tuples(st.floats(0, 30), st.integers(1, 9), st.integers(0, 2)), min_size=1, max_size=30
    )
)
def test_an_interval_holds_its_value(calls: list[tuple[float, int, int]]) -> None:
    some = surprised(*[(mean, n, n + more) for mean, n, more in calls])

    e = mean_surprisal(some)
    found = perplexity(some, e)

    assert min(c[0] for c in calls) - 1e-9 <= known(e.value) <= max(c[0] for c in calls) + 1e-9
    if e.low is not None:
        assert 0 <= e.low <= known(e.value) <= known(e.high)
    assert (found.value is None) == any(more for _, _, more in calls)


@pytest.mark.parametrize("n", [20, 50])
def test_the_interval_of_surprisal_covers(n: int) -> None:
    # Tokens of an answer are alike (one draw in three is an odd answer), lengths differ.
    rng, covered, runs = np.random.default_rng(30), 0, 400
    truth = (2 / 3 * 8 * 1.0 + 1 / 3 * 14 * 2.5) / (2 / 3 * 8 + 1 / 3 * 14)
    for _ in range(runs):
        odd = rng.random(n) < 1 / 3
        tokens = np.where(odd, rng.integers(8, 21, n), rng.integers(4, 13, n))
        sums = rng.gamma(tokens, np.where(odd, 2.5, 1.0))
        calls = [(x / y, int(y), int(y)) for x, y in zip(sums, tokens, strict=True)]
        e = mean_surprisal(surprised(*calls))
        covered += known(e.low) <= truth <= known(e.high)

    assert covered / runs >= 0.90

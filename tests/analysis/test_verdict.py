"""Verdicts: three ways by interval and p, and the words for each."""

from dataclasses import replace

import pytest

from lib.analysis.brunner_munzel import longer
from lib.analysis.finding import Rules, target
from lib.analysis.longer import length
from lib.analysis.mover import difference
from lib.analysis.sides import prepared
from lib.analysis.variability import collision
from lib.analysis.verdict import (
    Evidence,
    Interval,
    Verdict,
    calls_words,
    number,
    p_words,
    says,
    verdict,
)
from tests.analysis.maker import group

EVIDENCE = Evidence(
    finding="A agrees less often than B",
    about="how often two calls agree",
    calls="N=50 each",
    p=0.01,
    wide=Interval(-0.2, -0.3, -0.1),
    narrow=Interval(-0.2, -0.28, -0.12),
    margin=0.10,
    calls_needed=400,
    target=0.05,
)
SMALL = replace(EVIDENCE, wide=Interval(0.03, 0.01, 0.05), narrow=Interval(0.03, 0.02, 0.04))
OPEN = replace(EVIDENCE, wide=Interval(0.1, -0.2, 0.4), narrow=Interval(0.1, -0.1, 0.3))


@pytest.mark.parametrize(
    ("evidence", "p", "expected"),
    [
        (EVIDENCE, 0.05, "different"),
        (EVIDENCE, 0.051, "inconclusive"),
        (SMALL, 0.01, "different_but_small"),
        (SMALL, 0.2, "equivalent"),
        (OPEN, 0.2, "inconclusive"),
        (OPEN, 0.01, "inconclusive"),  # p and interval must both say so
        (replace(EVIDENCE, wide=None, narrow=None), 0.01, "different"),
        (EVIDENCE, None, "describe_only"),
    ],
)
def test_a_verdict_takes_both_interval_and_adjusted_p(
    evidence: Evidence, p: float | None, expected: Verdict
) -> None:
    assert verdict(evidence, p, alpha=0.05) == expected


def test_an_interval_must_be_within_the_margin_with_both_ends() -> None:
    assert Interval(0, -0.09, 0.09).within(0.1)
    assert not Interval(0.05, -0.02, 0.12).within(0.1)
    assert not Interval(-0.05, -0.12, 0.02).within(0.1)


@pytest.mark.parametrize(
    ("evidence", "p", "sentence"),
    [
        (EVIDENCE, 0.0312, "A agrees less often than B, adjusted p=0.031, N=50 each."),
        (
            SMALL,
            0.01,
            "A real but small difference: A agrees less often than B, adjusted p=0.010, N=50 each.",
        ),
        (
            SMALL,
            0.3,
            "No difference larger than 0.10 in how often two calls agree (90% CI 0.02 to 0.04).",
        ),
        (
            OPEN,
            0.3,
            "Not enough calls to tell: the difference in how often two calls agree could be "
            "anywhere from -0.20 to 0.40 (N=50 each). About N=400 per configuration would give "
            "±0.05.",
        ),
        (
            replace(OPEN, wide=None),
            0.3,
            "Not enough calls to tell of a difference in how often two calls agree: adjusted "
            "p=0.300, N=50 each.",
        ),
        (
            replace(EVIDENCE, untested="A test needs 5 answers of each.", described="0.1 vs 0.2"),
            None,
            "A test needs 5 answers of each. Described only: 0.1 vs 0.2, N=50 each.",
        ),
    ],
)
def test_each_verdict_has_its_sentence(evidence: Evidence, p: float | None, sentence: str) -> None:
    assert says(evidence, p, alpha=0.05) == sentence


def test_no_sentence_says_that_there_is_no_difference_at_all() -> None:
    for evidence in (EVIDENCE, SMALL, OPEN):
        for p in (0.001, 0.9, None):
            told = says(evidence, p, alpha=0.05)
            assert "no difference " not in told.replace("No difference larger than", "")
            assert "the same" not in told


@pytest.mark.parametrize(
    ("p", "words"),
    [
        (0.5, "p=0.500"),
        (0.0123, "p=0.012"),
        (0.00034, "p=0.0003"),
        (1e-4, "p<=1e-4"),
        (0, "p<=1e-4"),
    ],
)
def test_a_p_value_is_never_zero(p: float, words: str) -> None:
    assert p_words(p) == words


def test_small_words() -> None:
    assert (calls_words(5, 5), calls_words(5, 6)) == ("N=5 each", "N=5 and 6")
    assert (number(-0.126), number(0), number(-1e-9)) == ("-0.13", "0.00", "0.00")
    assert (number(-0.0042), number(0.0004)) == ("-0.004", "0.0004")  # not "to 0.00"


@pytest.mark.parametrize(
    ("half_width", "aim"), [(0.3, 0.05), (0.04, 0.025), (0.02, 0.0125), (0.0, 0.05)]
)
def test_more_calls_always_aim_at_a_narrower_interval(half_width: float, aim: float) -> None:
    assert target(Interval(0, -half_width, half_width), 0.1) == pytest.approx(aim)


def test_equivalence_is_judged_by_the_interval_of_one_less_twice_alpha() -> None:
    a, b = prepared([group(["x", "yy"] * 20), group(["x", "yy", "zzz"] * 14, name="B")])

    agreement = collision(a, b, Rules()).evidence.narrow
    assert a.agreement is not None
    assert b.agreement is not None
    found = difference(a.agreement, b.agreement, alpha=0.10)
    assert found is not None
    assert agreement == Interval(*found)
    lengths = length(a, b, Rules(permutations=9)).evidence.narrow
    assert lengths is not None
    assert (lengths.low, lengths.high) == longer([1, 2] * 20, [1, 2, 3] * 14).interval(0.10)

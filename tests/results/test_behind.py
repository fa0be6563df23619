"""What stands behind a mark: the samples that it counts, no more and no fewer."""

from __future__ import annotations

from dataclasses import replace
from math import log

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from lib.analysis.first_token import first_token
from lib.analysis.groups import Group
from lib.analysis.lengths import token_lengths
from lib.analysis.summary import analyse
from lib.charts.first_token import first_tokens
from lib.domain.checks import Check
from lib.domain.vocabulary import FirstToken, Usage
from lib.results.behind import answering, behind
from tests.analysis.maker import group, sample, token

TEXTS = ["apple pie", "pear", "", "apple", "Äpfel und Birnen"]


def test_a_finish_reason_has_its_samples_behind_it() -> None:
    answers = group(TEXTS, reasons=["stop", "length", "stop", "length", "stop"])

    assert behind(answers, "finish_reason", "length") == ("1.2", "1.4")


def test_a_length_has_the_samples_of_exactly_that_length_behind_it() -> None:
    answers = group(TEXTS)
    counted = replace(
        answers,
        samples=tuple(sample("x", i + 1, usage=Usage(1, n)) for i, n in enumerate([3, 4, 3])),
    )

    assert behind(answers, "length_characters", 4) == ("1.2",)
    assert behind(counted, "length_tokens", 3) == ("1.1", "1.3")
    assert isinstance(token_lengths(answers.texts), str)
    assert behind(answers, "length_tokens", 4) == ()


def test_words_and_everything_else_share_all_answers_among_them() -> None:
    answers = group(TEXTS)

    assert behind(answers, "first_word", "apple") == ("1.1", "1.4")
    assert behind(answers, "first_word", "(empty)") == ("1.3",)
    assert behind(answers, "not_first_word", ["apple", "pear"]) == ("1.3", "1.5")


def test_the_answers_that_fail_a_check_are_behind_its_mark() -> None:
    answers = group(["apple", "an apple", "pear", ""], reasons=["stop", "stop", "refusal", "stop"])

    assert behind(answers, "fails", Check(name="c", max_words=1)) == ("1.2",)
    assert behind(answers, "fails", Check(name="c", equals="apple")) == ("1.2", "1.4")


def test_a_check_that_can_not_be_decided_has_nothing_behind_it() -> None:
    hostile = Check(name="c", matches=r"(a|a)*$")

    assert behind(group(["a" * 60 + "b"]), "fails", hostile) == ()


def tokens(drawn: list[str]) -> Group:
    top = tuple(token(t, log(0.3)) for t in ("a", "b", "c"))
    own = {each.token: each for each in top}
    return group(drawn, firsts=[FirstToken(own[t], top) for t in drawn])


@settings(deadline=None)
@given(some.lists(some.sampled_from("abc"), min_size=1, max_size=12), some.integers(1, 3))
def test_each_bar_of_first_tokens_has_as_many_samples_behind_it_as_it_counts(
    drawn: list[str], most: int
) -> None:
    answers = tokens(drawn)
    chart = first_tokens({"A": first_token(answers)}, most=most)["A"]

    counted = [row["drawn"] for row in chart.table]
    assert [len(behind(answers, *mark)) for mark in chart.marks] == counted
    assert sum(len(behind(answers, *mark)) for mark in chart.marks) == len(drawn)


@pytest.mark.parametrize("with_tokens", [True, False])
def test_each_bar_of_finish_reasons_has_as_many_samples_behind_it_as_it_counts(
    with_tokens: bool,
) -> None:
    answers = tokens(["a", "b"]) if with_tokens else group(TEXTS)
    (found,) = analyse([answers], final=False).configurations

    for reason, share in found.finish_reasons.items():
        assert len(behind(answers, "finish_reason", reason)) == share.count


def test_behind_a_value_are_the_answers_that_count_as_it() -> None:
    some = group(["Yes!", "no", "yes"])

    assert answering(some, ("yes", "no", "yes"), "yes") == ("1.1", "1.3")
    assert answering(some, ("yes", "no", "yes"), "hm") == ()

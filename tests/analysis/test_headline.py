"""The headline: what was found, in one or two sentences that anybody reads in five seconds."""

from collections.abc import Mapping

import pytest

from lib.analysis.groups import Group
from lib.analysis.headline import share
from lib.analysis.summary import analyse, headline
from lib.domain.settings import Settings
from lib.domain.vocabulary import FinishReason
from tests.analysis.maker import group


def said(*groups: Group, final: bool = True, n_changed: bool = False) -> str:
    found = analyse(groups, final=final, permutations=999, n_changed_after_results=n_changed)
    return headline(found)


def spread(n: int, over: int, name: str, word: str = "answer") -> Group:
    return group([f"{word} {i % over}" for i in range(n)], name=name)


def ended(counts: Mapping[FinishReason, int], name: str) -> Group:
    reasons = [reason for reason, count in counts.items() for _ in range(count)]
    return group(["x"] * len(reasons), reasons=reasons, name=name)


def test_a_difference_says_who_repeats_more_and_by_how_much() -> None:
    assert said(spread(50, 1, "T = 0"), spread(50, 8, "T = 1")) == (
        "“T = 0” repeats its answers more than “T = 1”: two calls agree 100% of the time, "
        "against 11%. What they answer differs."
    )


def test_too_few_calls_say_how_many_it_takes() -> None:
    found = analyse([spread(8, 2, "A"), spread(8, 3, "B")], permutations=99)
    needed = found.comparisons[0].calls_needed

    assert headline(found) == (
        f"Not enough calls to tell whether “A” or “B” varies more: it takes about {needed} calls "
        "of each."
    )


def test_equivalence_is_about_the_margin_and_not_about_being_the_same() -> None:
    assert said(spread(200, 8, "A"), spread(200, 8, "B")) == (
        "“A” and “B” repeat their answers about equally often: within 10 percentage points."
    )


def test_other_content_at_equal_variability_is_told() -> None:
    assert said(spread(200, 8, "A"), spread(200, 8, "B", "reply")) == (
        "“A” and “B” repeat their answers about equally often: within 10 percentage points. "
        "What they answer differs."
    )


def test_among_many_the_clearest_difference_is_told() -> None:
    assert said(spread(50, 1, "T = 0"), spread(50, 4, "T = 1"), spread(50, 16, "T = 2")) == (
        "3 of 3 pairs differ in how often their answers repeat; most of all “T = 0”, where two "
        "calls agree 100% of the time, and “T = 2”, 4%. What they answer differs in 3 pairs."
    )


def test_answers_that_were_cut_off_are_told() -> None:
    a = ended({"stop": 40, "length": 10}, "A")

    assert said(a, ended({"stop": 50}, "B")).endswith(
        "A length limit cut off 10 of 50 answers of “A”."
    )


def test_a_configuration_without_answers_is_told() -> None:
    broken = group([], name="B", planned=20, errors={"bad_key": 20})

    assert said(spread(20, 4, "A"), broken).endswith("No call of “B” brought an answer.")
    assert said(broken) == "No call has brought an answer."


def test_one_configuration_is_described() -> None:
    assert said(spread(20, 4, "A")) == (
        "“A”: 4 different answers in 20 calls; two calls agree 21% of the time "
        "(between 16% and 28%)."
    )
    assert said(spread(20, 1, "A")) == (
        "“A”: all 20 calls gave the same answer; two calls agree at least 74% of the time."
    )
    assert said(spread(1, 1, "A")) == (
        "“A”: 1 answered, variability not known (needs two calls or more)."
    )


def test_while_a_run_goes_on_there_is_no_verdict() -> None:
    assert said(spread(20, 1, "A"), spread(20, 8, "B"), final=False) == (
        "No verdict while the run goes on: so far “A” 20 of 20 calls, “B” 20 of 20 calls."
    )


def test_a_change_of_n_after_results_makes_it_a_hint() -> None:
    assert said(spread(50, 1, "A"), spread(50, 8, "B"), n_changed=True).endswith(
        "N was changed after results were seen: take it as a hint."
    )


def test_what_was_not_tested_is_not_called_a_finding() -> None:
    assert said(spread(3, 1, "A"), spread(3, 3, "B")).startswith(
        "“A” and “B” are described, not compared. A test needs 5 answers of each, and these are 3"
    )
    seeded = group(["a"] * 20, name="S", settings=Settings(seed=1))
    assert "used one seed" in said(seeded, spread(20, 4, "B"))


@pytest.mark.parametrize(
    ("value", "words"),
    [(1, "100%"), (0.999, "over 99%"), (0.5, "50%"), (0.001, "under 1%"), (0, "0%")],
)
def test_nothing_is_rounded_to_certainty(value: float, words: str) -> None:
    assert share(value) == words

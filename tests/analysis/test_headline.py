"""The headline: what was found, in one or two sentences that anybody reads in five seconds."""

from collections.abc import Mapping

import pytest

from lib.analysis.groups import Group
from lib.analysis.more_calls import more_calls
from lib.analysis.phrases import share
from lib.analysis.summary import analyse, headline
from lib.domain.checks import Check
from lib.domain.declared import Declared, Stop
from lib.domain.settings import Settings
from lib.domain.vocabulary import FinishReason
from tests.analysis.known import known
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
        "“T = 0” repeats its answers more often than “T = 1”. “T = 0”: all 50 answers the same. "
        "“T = 1”: any two of 50 answers agree 11% of the time. What they answer differs."
    )


def test_no_two_equal_of_so_many_is_not_called_never() -> None:
    assert "“T = 2”: no two of 50 answers the same." in said(
        spread(50, 1, "T = 0"), spread(50, 50, "T = 2")
    )


def test_too_few_calls_say_how_many_it_takes() -> None:
    found = analyse([spread(8, 2, "A"), spread(8, 3, "B")], permutations=99)
    (pair,) = more_calls(found)

    assert headline(found) == (
        f"Not enough calls to tell whether “A” or “B” varies more: about {pair.more} more of each "
        f"would tell (a new run of {pair.needed} calls of each)."
    )


def test_of_many_pairs_that_need_more_calls_the_easiest_and_all_are_told() -> None:
    found = analyse(
        [spread(8, 2, "A"), spread(8, 3, "B"), spread(8, 8, "C")],
        declared=Declared(margin=0.2),
        permutations=99,
    )
    open_ones = sorted(more_calls(found), key=lambda each: known(each.needed))
    fewest, most = open_ones[0], open_ones[-1]

    assert known(fewest.needed) < known(most.needed)
    assert headline(found) == (
        f"Not enough calls to tell which of the 3 configurations varies more: about {fewest.more} "
        f"more of each would tell for the pair that needs fewest, “{fewest.a}” and “{fewest.b}”, "
        f"and about {most.more} more for all 3 open pairs (a new run of {most.needed} calls of "
        "each)."
    )


def test_a_run_that_looks_in_between_is_not_told_to_begin_anew() -> None:
    declared = Declared(stop=Stop(batch=10, most=40))
    found = analyse([spread(10, 2, "A"), spread(10, 3, "B")], declared=declared, permutations=99)

    (pair,) = more_calls(found)

    assert known(pair.needed) <= 40
    assert f"about {pair.more} more of each would tell." in headline(found)
    short = Declared(stop=Stop(batch=10, most=10))
    found = analyse([spread(10, 2, "A"), spread(10, 3, "B")], declared=short, permutations=99)
    assert "would tell (a new run of" in headline(found)


ONE_WORD = Check(name="is one word", max_words=1)


def passing(yes: int, no: int, name: str) -> Group:
    return group(["apple"] * yes + ["an apple"] * no, name=name)


def judged(*groups: Group, checks: tuple[Check, ...] = (ONE_WORD,)) -> str:
    return headline(analyse(groups, checks=checks, permutations=99))


def test_a_check_that_tells_two_configurations_apart_is_part_of_the_finding() -> None:
    assert "“is one word”: “A” passes more often (40 of 40) than “B” (20 of 40)." in judged(
        passing(40, 0, "A"), passing(20, 20, "B")
    )
    assert "is one word" not in judged(passing(10, 2, "A"), passing(9, 3, "B"))


def test_a_check_that_tells_pairs_apart_says_in_how_many_and_which_most() -> None:
    groups = (passing(40, 0, "A"), passing(20, 20, "B"), passing(0, 40, "C"))

    assert (
        "“is one word”: all 3 pairs differ, most of all “A” (40 of 40 pass) and “C” (0 of 40)."
    ) in judged(*groups)


def test_of_many_checks_that_differ_the_rest_is_counted() -> None:
    checks = tuple(Check(name=f"K{n}", max_words=1) for n in range(4))

    told = judged(passing(40, 0, "A"), passing(20, 20, "B"), checks=checks)

    assert "“K1”: " in told
    assert "“K2”" not in told
    assert "2 more checks differ." in told


def test_the_checks_of_one_configuration_are_told_with_their_interval() -> None:
    assert judged(passing(12, 8, "A")).endswith("“is one word”: 12 of 20 pass, 60% (39% to 78%).")


def test_equivalence_is_about_the_margin_and_not_about_being_the_same() -> None:
    assert said(spread(200, 8, "A"), spread(200, 8, "B")) == (
        "“A” and “B” repeat their answers about equally often: any difference is less than 10 "
        "percentage points, the declared margin."
    )


def test_other_content_at_equal_variability_is_told() -> None:
    assert said(spread(200, 8, "A"), spread(200, 8, "B", "reply")) == (
        "“A” and “B” repeat their answers about equally often: any difference is less than 10 "
        "percentage points, the declared margin. What they answer differs."
    )


def test_among_many_the_clearest_difference_is_told() -> None:
    assert said(spread(50, 1, "T = 0"), spread(50, 4, "T = 1"), spread(50, 16, "T = 2")) == (
        "All 3 pairs differ in how often their answers repeat, most of all “T = 0” (all 50 answers "
        "the same) and “T = 2” (any two of 50 answers agree 4% of the time). What they answer "
        "differs in all 3 pairs."
    )


def test_a_difference_that_is_small_says_so_with_the_margin_that_was_declared() -> None:
    found = analyse(
        [spread(60, 2, "A"), spread(60, 3, "B")], declared=Declared(margin=0.4), permutations=99
    )

    assert headline(found).startswith(
        "A real but small difference, less than 40 percentage points, the declared margin: “A” "
        "repeats its answers more often than “B”. “A”: any two of 60 answers agree 49% of the "
        "time."
    )


def rungs(*over: int, n: int = 50, margin: float = 0.1) -> str:
    groups = [
        group(
            [f"answer {i % each}" for i in range(n)],
            name=f"T{place}",
            settings=Settings(temperature=place / 2),
        )
        for place, each in enumerate(over)
    ]
    return headline(analyse(groups, declared=Declared(margin=margin), permutations=999))


def test_a_ladder_is_told_as_one_finding_before_its_pairs() -> None:
    assert rungs(1, 2, 2, 8).startswith(
        "As temperature rises from 0 to 1.5, answers repeat less often: at 0, all 50 answers the "
        "same; at 1.5, any two of 50 answers agree 11% of the time. 5 of 6 pairs differ, and "
        "1 of 6 pairs is within 10 percentage points, the declared margin. What they answer "
        "differs in 5 of 6 pairs."
    )
    assert "2 of 3 pairs differ; 1 can't be told apart yet: about " in rungs(1, 3, 4, n=20)
    assert rungs(8, 4, 1).startswith(
        "As temperature rises from 0 to 1, answers repeat more often: at 0, any two of 50"
    )


def test_a_ladder_without_a_trend_says_so_and_still_tells_pairs_that_differ() -> None:
    told = rungs(2, 8, 2, n=200)

    assert told.startswith(
        "As temperature rises from 0 to 1, there is no trend of more than 10 percentage points, "
        "the declared margin, in how often answers repeat: at 0, any two of 200 answers agree 50% "
        "of the time; at 1, any two of 200 answers agree 50% of the time. 2 of 3 pairs differ, "
        "and 1 of 3 pairs is within 10 percentage points, the declared margin."
    )


def test_a_trend_that_is_real_but_small_says_so() -> None:
    assert rungs(2, 2, 3, n=300, margin=0.4).startswith(
        "As temperature rises from 0 to 1, answers repeat less often, by less than 40 percentage "
        "points, the declared margin: at 0, any two of 300 answers agree 50%"
    )


def test_a_trend_that_can_not_be_told_leaves_the_pairs_to_speak() -> None:
    assert rungs(2, 3, 3, n=8).startswith("Not enough calls to tell which of the 3 configurations")


def test_answers_that_were_cut_off_are_told() -> None:
    a = ended({"stop": 40, "length": 10}, "A")

    assert said(a, ended({"stop": 50}, "B")).endswith(
        "A length limit cut off 10 of 50 answers of “A”."
    )


def test_all_configurations_that_were_cut_off_are_named_or_counted() -> None:
    cut = [ended({"stop": 50 - n, "length": n}, name) for n, name in ((10, "A"), (25, "B"))]
    whole = ended({"stop": 48, "length": 2}, "W")

    assert said(*cut, whole).endswith(
        "A length limit cut off 10 of 50 answers of “A” and 25 of 50 of “B”."
    )
    more = [ended({"length": 50}, name) for name in "CD"]
    assert said(*cut, *more, whole).endswith(
        "A length limit cut off answers of 4 of 5 configurations, most of all of “C”: 50 of 50."
    )
    assert said(*cut, *more).endswith("of all 4 configurations, most of all of “C”: 50 of 50.")


def test_pairs_that_could_not_be_tested_are_not_called_equal() -> None:
    few = group(["answer 0"], name="C")

    assert said(spread(200, 8, "A"), spread(200, 8, "B"), few) == (
        "How often answers repeat: no pair that was tested differs by more than 10 percentage "
        "points, the declared margin."
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
        "“A”: 1 call answered. How much its answers vary is not known (needs two calls or more)."
    )


def test_while_a_run_goes_on_there_is_no_verdict() -> None:
    assert said(spread(20, 1, "A"), spread(20, 8, "B"), final=False) == (
        "No verdict while the run goes on: so far “A” 20 of 20 calls, “B” 20 of 20 calls."
    )


def test_answers_that_are_all_the_same_are_told_so_and_not_called_equal_for_good() -> None:
    told = said(*(spread(20, 1, name) for name in "ABC"))

    assert told.startswith("All 60 answers are the same, under every configuration. Not enough")
    assert "the same" not in said(spread(20, 1, "A"), spread(20, 1, "B", "other"))


def test_a_change_of_n_after_results_makes_it_a_hint() -> None:
    assert said(spread(50, 1, "A"), spread(50, 8, "B"), n_changed=True).endswith(
        "Calls were added after results were seen: take it as a hint."
    )


def test_what_was_not_tested_is_not_called_a_finding() -> None:
    assert said(spread(3, 1, "A"), spread(3, 3, "B")).startswith(
        "“A” and “B” are not compared. A test needs 5 answers of each, and these are 3"
    )
    assert "and these are 1 and 1." in said(spread(1, 1, "A"), spread(1, 1, "B"))
    seeded = group(["a"] * 20, name="S", settings=Settings(seed=1))
    assert "used one seed" in said(seeded, spread(20, 4, "B"))


@pytest.mark.parametrize(
    ("value", "words"),
    [(1, "100%"), (0.999, "over 99%"), (0.5, "50%"), (0.001, "under 1%"), (0, "0%")],
)
def test_nothing_is_rounded_to_certainty(value: float, words: str) -> None:
    assert share(value) == words

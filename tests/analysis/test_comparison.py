"""Comparisons: what is tested, what may be said, and what is never said."""

from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from lib.analysis.comparison import Comparison
from lib.analysis.groups import Group
from lib.analysis.summary import analyse
from lib.analysis.verdict import N_CHANGED
from lib.domain.checks import Check
from lib.domain.settings import Settings
from lib.domain.vocabulary import FinishReason
from tests.analysis.known import known
from tests.analysis.maker import group

FRUIT = ["apple", "banana", "cherry", "date", "elder", "fig", "grape", "hazel"]


def compared(groups: Sequence[Group], metric: str, **more: bool) -> Comparison:
    found = analyse(groups, permutations=999, **more).comparisons  # type: ignore[arg-type]
    return next(c for c in found if c.metric == metric)


def few(n: int = 50, name: str = "A") -> Group:
    """Nearly always the same."""
    return group(["apple"] * (n - 2) + ["banana", "cherry"], name=name)


def many(n: int = 50, name: str = "B") -> Group:
    """Eight outputs, equally often."""
    return group([FRUIT[i % 8] for i in range(n)], name=name)


def test_a_difference_is_told_with_its_interval_its_p_and_its_calls() -> None:
    c = compared([many(name="B"), few(name="A")], "collision_probability")

    assert (c.verdict, c.family) == ("different", "primary")
    assert c.says == (
        "B's outputs agree less often than A's: 0.11 vs 0.92, difference -0.81 "
        "(95% CI -0.88 to -0.61), adjusted p<=1e-4, N=50 each."
    )
    # By hand: two outputs 7 times and six 6 times of 50, against 48 of 50.
    assert c.difference == pytest.approx((2 * 7 * 6 + 6 * 6 * 5 - 48 * 47) / (50 * 49))
    assert c.calls_needed is None
    assert c.method == (
        "MOVER of widened logit-t intervals, p by inversion; unadjusted 95% interval; "
        "p adjusted by Holm over 1 primary test"
    )


def test_with_too_few_calls_it_is_said_how_many_would_do_and_never_that_both_are_the_same() -> None:
    c = compared([many(10), group(FRUIT[:5] * 2, name="C")], "collision_probability")

    assert c.verdict == "inconclusive"
    assert c.says == (
        "Not enough calls to tell: the difference in how often two calls agree could be anywhere "
        f"from -0.23 to 0.31 (N=10 each). About N={c.calls_needed} per configuration would give "
        "±0.05."
    )
    assert known(c.calls_needed) > 10


def test_equivalence_is_said_with_the_margin_and_the_narrower_interval() -> None:
    c = compared([many(200), many(200, "C")], "collision_probability")

    assert c.verdict == "equivalent"
    assert c.says == (
        "No difference larger than 0.10 in how often two calls agree (90% CI -0.01 to 0.01)."
    )


def test_a_difference_that_is_known_and_small_is_called_so() -> None:
    wide = group([f"{i % 25}" for i in range(400)], name="A")

    c = compared([wide, many(400)], "collision_probability")

    assert c.verdict == "different_but_small"
    assert c.says.startswith("A real but small difference: A's outputs agree less often than B's:")


def test_below_five_answers_nothing_is_tested() -> None:
    found = analyse([many(4), few(50)], permutations=9).comparisons
    c = found[0]

    assert {(c.verdict, c.p, c.p_adjusted) for c in found} == {("describe_only", None, None)}
    assert c.says.startswith(
        "A test needs 5 answers of each, and these are 4 and 50. Described only: B's outputs agree"
    )
    assert c.method.endswith("not tested")


def test_a_configuration_without_answers_is_compared_with_nothing() -> None:
    found = analyse([many(), group([], name="E", planned=50, errors={"timeout": 50})]).comparisons

    assert {c.verdict for c in found} == {"describe_only"}
    assert all((c.p, c.difference) == (None, None) for c in found)
    assert {c.says for c in found} == {"A test needs 5 answers of each, and these are 50 and 0."}


def test_one_seed_is_compared_with_nothing() -> None:
    seeded = group(["apple"] * 50, name="S", settings=Settings(seed=7))

    found = analyse([many(), seeded]).comparisons

    assert [c.metric for c in found] == [
        "collision_probability",
        "distribution",
        "mean_similarity",
        "finish_reasons",
        "length_tokens",
    ]
    assert all(c.verdict == "describe_only" for c in found)
    assert all((c.p, c.difference, c.low, c.effect) == (None,) * 4 for c in found)
    assert {c.says for c in found} == {"All calls of S used one seed: no independent draws."}


def test_a_change_of_n_after_results_is_told_beside_every_verdict() -> None:
    groups = [many(), few()]

    found = analyse(groups, n_changed_after_results=True, permutations=99).comparisons

    assert all(c.says.endswith(N_CHANGED) for c in found)


def test_while_a_run_goes_on_nothing_is_compared() -> None:
    assert analyse([many(), few()], final=False).comparisons == ()


def test_the_families_are_adjusted_apart() -> None:
    found = analyse([few(), many(), many(name="C")], permutations=99).comparisons

    primary = [c for c in found if c.family == "primary"]
    assert [c.metric for c in primary] == ["collision_probability"] * 3
    assert all("Holm over 3 primary tests" in c.method for c in primary)
    rest = [c for c in found if c.family == "exploratory"]
    assert len(rest) == 3 * 4
    assert all("Benjamini-Hochberg over 12 exploratory tests" in c.method for c in rest)
    assert all(known(c.p_adjusted) >= known(c.p) for c in found)


def test_beyond_twelve_configurations_each_is_compared_with_the_first_and_it_says_so() -> None:
    groups = [many(10, name=str(i)) for i in range(13)]

    found = analyse(groups, permutations=9)

    assert {(c.a, c.b) for c in found.comparisons} == {("0", str(i)) for i in range(1, 13)}
    assert found.warnings == (
        "13 configurations: each is compared with the first, “0”, and not with every other.",
    )


def test_other_outputs_that_vary_as_much_differ_in_what_they_say_only() -> None:
    ones = group([f"one {i % 8}" for i in range(40)], name="A")
    twos = group([f"two {i % 8}" for i in range(40)], name="B")

    assert compared([ones, twos], "collision_probability").verdict == "equivalent"
    c = compared([ones, twos], "distribution")
    assert (c.verdict, c.difference, c.low) == ("different", None, None)
    assert c.says.startswith(
        "A and B answer differently: two outputs of the same configuration are more alike than "
        "one of each (energy "
    )
    assert known(c.p) == 1 / 1000


def test_near_one_output_it_is_told_that_the_test_of_content_has_no_power() -> None:
    c = compared([few(), few(name="C")], "distribution")

    assert c.verdict == "inconclusive"
    assert c.says == (
        f"Not enough calls to tell of a difference in what they answer: adjusted "
        f"p={known(c.p_adjusted):.3f}, N=50 each. "
        "Nearly all calls give one output, where this test has almost no power."
    )


def ended(counts: Mapping[FinishReason, int], name: str) -> Group:
    reasons = [reason for reason, count in counts.items() for _ in range(count)]
    return group(["x"] * len(reasons), reasons=reasons, name=name)


def test_two_finish_reasons_are_compared_by_fishers_test() -> None:
    a = ended({"length": 12, "stop": 38}, "A")
    b = ended({"length": 1, "stop": 49}, "B")

    c = compared([a, b], "finish_reasons")

    assert c.p == pytest.approx(0.0019, abs=1e-4)  # R: fisher.test(rbind(c(12,38), c(1,49)))
    assert c.says.startswith(
        "A ends with length more often than B: 12 of 50 vs 1 of 50, difference 0.22"
    )


def test_one_finish_reason_for_all_is_no_difference_but_not_proof_of_none() -> None:
    c = compared([ended({"stop": 10}, "A"), ended({"stop": 10}, "B")], "finish_reasons")

    assert (c.p, c.effect, c.verdict) == (1, 0, "inconclusive")
    assert compared(
        [ended({"stop": 60}, "A"), ended({"stop": 60}, "B")], "finish_reasons"
    ).verdict == ("equivalent")


def test_more_finish_reasons_are_compared_together() -> None:
    a = ended({"length": 15, "stop": 20, "content_filter": 5}, "A")
    b = ended({"stop": 40}, "B")

    c = compared([a, b], "finish_reasons")

    assert c.verdict == "different"
    assert c.says.startswith(
        "A and B end for different reasons: stop 20 of 40 vs 40 of 40, length 15 of 40 vs 0 of 40, "
        "content_filter 5 of 40 vs 0 of 40, adjusted p="
    )
    assert (c.difference, c.low) == (None, None)


def test_lengths_are_compared_in_characters_where_tokens_are_not_known() -> None:
    rng = np.random.default_rng(1)
    short = group(["x" * int(n) for n in rng.integers(10, 20, 40)], name="A")
    long = group(["x" * int(n) for n in rng.integers(18, 40, 40)], name="B")

    c = compared([short, long], "length_characters")

    assert c.verdict == "different"
    assert c.says.startswith("A's answers are shorter than B's: median ")
    assert known(c.low) <= known(c.difference) <= known(c.high) < 0
    assert c.effect == c.difference


def test_lengths_that_a_limit_cut_off_are_told() -> None:
    a = ended({"length": 12, "stop": 8}, "A")

    c = compared([a, ended({"stop": 20}, "B")], "length_characters")

    assert "Cut off by a limit, and so counted too short: 12 and 0." in c.says


def test_a_check_is_compared_like_the_rest() -> None:
    check = Check(name="is a fruit", matches="apple|banana")

    found = analyse([few(), many()], checks=[check], permutations=99).comparisons
    c = next(c for c in found if c.metric == "check: is a fruit")

    assert c.verdict == "different"
    assert c.says.startswith(
        "A passes “is a fruit” more often than B: 49 of 50 vs 14 of 50, difference 0.70 (95% CI"
    )


def test_a_check_that_can_not_be_decided_is_told() -> None:
    check = Check(name="odd", json_schema={"$ref": "#"})

    found = analyse([group(["1"] * 9), group(["2"] * 9, name="B")], checks=[check])
    c = next(c for c in found.comparisons if c.metric == "check: odd")

    assert c.verdict == "describe_only"
    assert c.says.startswith(
        "“odd” can't be decided: the JSON schema, or an answer, is nested too deeply."
    )


def test_no_verdict_is_stronger_than_its_interval() -> None:
    rng = np.random.default_rng(5)
    for _ in range(20):
        a = group([FRUIT[i] for i in rng.integers(0, 3, 12)], name="A")
        b = group([FRUIT[i] for i in rng.integers(0, 5, 12)], name="B")
        for c in analyse([a, b], permutations=99).comparisons:
            if c.verdict == "different" and c.low is not None:
                assert not c.low <= 0 <= known(c.high)

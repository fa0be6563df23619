"""Drift: the same configurations at two times."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from lib.analysis.drift import drift
from lib.analysis.groups import Group
from lib.domain.checks import Check
from lib.domain.configuration import Configuration
from lib.domain.settings import Settings
from lib.domain.vocabulary import FinishReason, Sample, Slot, Usage

FRUIT = ("apple", "pear", "plum", "fig")


def group(
    name: str, texts: Sequence[str], *, seed: int | None = None, reason: FinishReason = "stop"
) -> Group:
    samples = tuple(
        Sample(Slot(n, Configuration(name=name), 1, (), n), text, "ok", reason, reason, Usage(5, 2))
        for n, text in enumerate(texts, start=1)
    )
    return Group(name=name, planned=len(texts), samples=samples, settings=Settings(seed=seed))


def drawn(n: int, words: Sequence[str], seed: int) -> list[str]:
    draws = random.Random(seed)
    return [draws.choice(words) for _ in range(n)]


def test_other_answers_are_a_difference() -> None:
    found = drift([group("A", drawn(40, FRUIT, 1))], [group("A", drawn(40, ("a", "b"), 2))])

    assert found.differs
    assert found.says.startswith("Different: ")
    assert found.pairs == {"A": ("A (then)", "A (now)")}
    different = next(c for c in found.deciding if c.metric == "distribution")
    assert different.verdict == "different"
    assert "p adjusted by Holm over" in different.method


def test_other_endings_are_a_difference_even_where_texts_are_alike() -> None:
    texts = drawn(40, FRUIT, 1)

    found = drift([group("A", texts)], [group("A", texts, reason="length")])

    assert found.differs
    assert {c.metric for c in found.deciding if c.verdict == "different"} == {"finish_reasons"}


def test_the_same_answers_are_none_and_no_proof() -> None:
    found = drift([group("A", drawn(20, FRUIT, 1))], [group("A", drawn(20, FRUIT, 2))])

    assert not found.differs
    assert "That is no proof that there is none" in found.says


def test_each_configuration_is_compared_with_itself_alone() -> None:
    then = [group("A", drawn(20, FRUIT, 1)), group("B", ["b"] * 20)]
    now = [group("B", ["b"] * 20), group("A", drawn(20, FRUIT, 3)), group("C", ["c"] * 20)]

    found = drift(then, now)

    assert not found.differs  # although A and B are different from each other
    assert {(c.a, c.b) for c in found.deciding} == set(found.pairs.values())
    assert found.alone == ("C",)
    assert "Only in one of the two: “C”." in found.says


def test_nothing_in_common_is_said() -> None:
    found = drift([group("A", ["x"] * 20)], [group("B", ["x"] * 20)])

    assert not found.differs
    assert found.says == "Nothing is compared: the two runs have no configuration of one name."


def test_one_seed_is_not_tested() -> None:
    found = drift([group("A", ["x"] * 20, seed=7)], [group("A", ["y"] * 20, seed=7)])

    assert not found.differs
    assert found.says.startswith("Nothing could be tested. ")


def test_checks_decide_too() -> None:
    check = Check(name="is x", equals="x")
    then, now = ["x"] * 38 + ["y"] * 2, ["x"] * 20 + ["y"] * 20

    found = drift([group("A", then)], [group("A", now)], checks=[check])

    assert any(c.metric == "check: is x" and c.verdict == "different" for c in found.deciding)


@pytest.mark.parametrize("configurations", [1, 4])
def test_false_alarms_are_rare_however_many_configurations_there_are(configurations: int) -> None:
    """Over 60 pairs of runs without a difference about 3 alarms are due; 10 have odds of 1:1000."""
    alarms = 0
    for trial in range(60):
        runs = [
            [
                group(f"C{n}", drawn(15, FRUIT, 1000 * trial + 10 * n + time))
                for n in range(configurations)
            ]
            for time in (0, 1)
        ]
        alarms += drift(*runs, permutations=199).differs

    assert alarms < 10

"""Whose calls take longer; and the test of content where answers are many and all different."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from lib.analysis.comparison import Comparison
from lib.analysis.groups import Group
from lib.analysis.longer import NOT_IN_TURN
from lib.analysis.summary import analyse
from tests.analysis.known import known
from tests.analysis.maker import group


def timed(name: str, seconds: Sequence[float], *, planned: bool = True) -> Group:
    made = group(["apple"] * len(seconds), name=name)
    samples = tuple(
        replace(sample, seconds=took, slot=sample.slot if planned else replace(sample.slot, id=0))
        for sample, took in zip(made.samples, seconds, strict=True)
    )
    return replace(made, samples=samples)


def compared(*groups: Group, metric: str) -> Comparison | None:
    found = analyse(groups, permutations=499).comparisons
    return next((c for c in found if c.metric == metric), None)


RNG = np.random.default_rng(9)
QUICK, SLOW = RNG.gamma(4, 0.1, 40).tolist(), RNG.gamma(4, 0.2, 40).tolist()


def test_slower_calls_are_told_with_medians_effect_and_interval() -> None:
    c = compared(timed("A", SLOW), timed("B", QUICK), metric="latency")

    assert c is not None
    assert (c.family, c.verdict) == ("exploratory", "different")
    assert c.p == pytest.approx(stats.brunnermunzel(SLOW, QUICK).pvalue)
    assert c.says.startswith(
        f"A's calls are slower than B's: median {np.median(SLOW):.4g} vs {np.median(QUICK):.4g} "
        f"seconds, Cliff's delta {known(c.difference):.2f} (95% CI"
    )
    assert known(c.low) > 0
    assert NOT_IN_TURN not in c.says


def test_without_times_latency_is_not_compared() -> None:
    assert compared(group(["x"] * 9), timed("B", QUICK), metric="latency") is None


def test_of_outputs_from_elsewhere_it_is_told_that_the_order_of_calls_is_not_known() -> None:
    c = compared(
        timed("A", SLOW, planned=False), timed("B", QUICK, planned=False), metric="latency"
    )

    assert c is not None
    assert c.says.endswith(NOT_IN_TURN)


@pytest.mark.parametrize(("shared", "differs"), [(8, True), (0, False)])
def test_many_different_answers_are_tested_by_exchanges_within_rounds(
    shared: int, differs: bool
) -> None:
    rng = np.random.default_rng(3)

    def answers(mark: str) -> list[str]:
        own = [mark] * shared
        return [" ".join([*own, *map(str, rng.integers(0, 50, 12))]) for _ in range(120)]

    c = compared(group(answers("a")), group(answers("b"), name="B"), metric="distribution")

    assert c is not None
    assert "exchanged within rounds" in c.method
    assert (c.verdict == "different") is differs

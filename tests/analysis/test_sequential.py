"""Looking after every batch: false alarms in all, what naive peeking does, and the words."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from lib.analysis import mover
from lib.analysis.comparison import STOPPED
from lib.analysis.groups import Group
from lib.analysis.sequential import Column, done, levels, looked
from lib.analysis.stopping import answered, verdicts
from lib.analysis.summary import analyse, as_json
from lib.analysis.u_statistic import agreement
from lib.domain.declared import Declared, Stop
from lib.domain.settings import Settings
from tests.analysis.known import known
from tests.analysis.maker import group

STOP = Stop(batch=10, most=100)
DECLARED = Declared(stop=STOP)
UNEVEN = np.array([0.7, 0.2, 0.1])


def column(outputs: Sequence[str], planned: int | None = None) -> Column:
    return Column(
        outputs=outputs,
        repeats=range(1, len(outputs) + 1),
        planned=len(outputs) if planned is None else planned,
    )


@settings(deadline=None)
@given(st.integers(5, 40), st.integers(0, 200), st.floats(0.001, 0.3))
def test_the_parts_of_alpha_add_up_to_it(batch: int, more: int, alpha: float) -> None:
    stop = Stop(batch=batch, most=batch + more)

    parts = levels(stop, alpha=alpha)

    assert sum(parts) == pytest.approx(alpha)
    assert min(parts) > 0
    assert len(parts) == len(stop.looks()) == len(done(stop, stop.most))


def test_p_over_all_looks_is_each_look_at_its_own_level() -> None:
    rng = np.random.default_rng(4)
    a = [str(i) for i in rng.choice(3, 30, p=UNEVEN)]
    b = [str(i) for i in rng.choice(8, 30)]

    found = looked(column(a), column(b), STOP, alpha=0.05)

    assert found is not None
    parts = levels(STOP, alpha=0.05)
    by_look = []
    for n, part in zip((10, 20, 30), parts, strict=False):
        means = (agreement(np.array(list(Counter(c[:n]).values()), dtype=float)) for c in (a, b))
        by_look.append(known(mover.p_value(*means)) * 0.05 / part)
    assert found.p == pytest.approx(min(1, *by_look))


@settings(deadline=None)
@given(st.lists(st.sampled_from("ABC"), min_size=20, max_size=60), st.integers(1, 20))
def test_more_calls_never_take_back_what_a_look_has_said(calls: list[str], more: int) -> None:
    other = ["A", "B"] * 40

    early = looked(column(calls), column(other), STOP, alpha=0.05)
    late = looked(column(calls + ["A"] * more), column(other), STOP, alpha=0.05)

    assert early is not None
    assert late is not None
    assert late.p <= early.p


def runs(shares: NDArray[np.float64], times: int, seed: int) -> tuple[float, float]:
    """How often no difference is called one: by the lab's looks, and by looks at p <= 0.05."""
    rng, alarms, naive = np.random.default_rng(seed), 0, 0
    parts = levels(STOP, alpha=0.05)
    for _ in range(times):
        a, b = (rng.choice(len(shares), STOP.most, p=shares).tolist() for _ in "ab")
        ours = peeks = False
        for n, part in zip(STOP.looks(), parts, strict=True):
            means = [
                agreement(np.array(list(Counter(c[:n]).values()), dtype=float)) for c in (a, b)
            ]
            ours |= apart(means, part)
            peeks |= apart(means, 0.05)
        alarms, naive = alarms + ours, naive + peeks
    return alarms / times, naive / times


def apart(means: Sequence[object], alpha: float) -> bool:
    ends = mover.difference(*means, alpha=alpha)  # type: ignore[arg-type]
    assert ends is not None
    return not ends[1] <= 0 <= ends[2]


def test_with_a_look_after_every_batch_few_runs_end_in_a_false_alarm_and_peeking_fails() -> None:
    ours, naive = runs(UNEVEN, 400, seed=1)

    assert ours <= 0.06
    assert naive > 0.08


@pytest.mark.simulate
@pytest.mark.parametrize(
    "shares",
    [UNEVEN, np.full(8, 1 / 8), np.array([0.5] + [0.5 / 400] * 400)],
    ids=["uneven", "eight", "one and many"],
)
def test_of_two_thousand_runs_without_a_difference_at_most_six_percent_end_different(
    shares: NDArray[np.float64],
) -> None:
    ours, _ = runs(shares, 2000, seed=2)

    assert ours <= 0.06


def test_the_judgement_that_ends_a_run_is_the_verdict_of_its_analysis() -> None:
    rng = np.random.default_rng(5)
    for _ in range(12):
        groups = [
            group([str(i) for i in rng.choice(3, 30, p=UNEVEN)], name="A"),
            group([str(i) for i in rng.choice(5, 30)], name="B"),
            group([str(i) for i in rng.choice(2, 30, p=[0.9, 0.1])], name="C"),
        ]

        told = [
            c.verdict
            for c in analyse(groups, declared=DECLARED, permutations=9).comparisons
            if c.family == "primary"
        ]

        assert verdicts(groups, DECLARED) == told
        assert answered(groups, DECLARED) == ("inconclusive" not in told)


def differing(n: int) -> list[Group]:
    return [
        group(["apple"] * n, name="A", planned=n),
        group([f"{i % 9}" for i in range(n)], name="B", planned=n),
    ]


def test_a_clear_difference_ends_a_run_early_and_an_open_one_goes_on() -> None:
    assert answered(differing(20), DECLARED)
    alike = [group(list("ABCAB") * 2, name="A"), group(list("ABCDE") * 2, name="B")]
    assert not answered(alike, DECLARED)


def test_equal_variability_ends_a_run_as_well_once_it_is_within_the_margin() -> None:
    wide = Declared(margin=0.4, stop=STOP)
    groups = [group([f"{i % 9}" for i in range(60)], name=name) for name in "AB"]

    assert verdicts(groups, wide) == ["equivalent"]
    assert answered(groups, wide)


def test_without_a_declared_stop_nothing_is_answered_before_the_end() -> None:
    assert not answered(differing(50), Declared())


def test_one_seed_is_never_an_answer() -> None:
    seeded = [group(["x"] * 20, name=n, settings=Settings(seed=1)) for n in "AB"]

    assert not answered(seeded, DECLARED)


def test_the_words_of_a_run_with_looks() -> None:
    analysis = analyse(differing(20), declared=DECLARED, permutations=99)

    primary, *rest = analysis.comparisons
    assert primary.verdict == "different"
    assert "alpha spending over looks (Lan and DeMets)" in primary.method
    assert STOPPED not in primary.says
    assert all(c.says.endswith(STOPPED) for c in rest if c.p is not None)
    assert (
        "Looked after every 10 calls of each: 20 of at most 100 were asked. Verdicts on agreement "
        "hold at 0.05 over all looks together."
    ) in analysis.warnings
    shown = as_json(analysis)["analysis"]
    assert isinstance(shown, dict)
    assert shown["stop"]["looks"] == [10, 20]
    assert shown["stop"]["levels"] == pytest.approx([0.0025, 0.0025])


def test_failed_calls_are_no_answers_at_a_look() -> None:
    # Rounds 1 to 10, of which A failed in three: at the first look it has seven answers.
    a = Column(outputs=["x"] * 7, repeats=[1, 2, 3, 5, 6, 8, 10], planned=10)

    mean = a.after(10)
    assert mean is not None
    assert mean.n == 7
    assert a.after(5) is None  # four answers are not tested

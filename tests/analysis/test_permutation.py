"""Tests by permutation: exact ones against enumeration by hand, others against libraries."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats
from scipy.stats import contingency

from lib.analysis.brunner_munzel import brunner_munzel, longer
from lib.analysis.contingency import chi_squared, cramers_v, fisher
from lib.analysis.energy import energy, energy_test, energy_test_by_rounds
from lib.analysis.permutation import ENOUGH, permute
from tests.analysis.known import known

Array = NDArray[np.float64]
values = st.lists(st.integers(0, 9), min_size=5, max_size=25)


def test_few_calls_are_permuted_exactly() -> None:
    # 3 of output x for A, 3 of output y for B: 2 of the 20 splits are as extreme.
    found = permute(lambda a: np.abs(a[:, 0] - 1.5), np.array([3.0, 0]), np.array([0.0, 3]))

    assert found.p == pytest.approx(2 / 20)
    assert found.method == "exact over all 20 splits"


def test_many_calls_are_permuted_by_sample_and_the_observed_split_counts() -> None:
    a, b = np.array([30.0, 0]), np.array([0.0, 30])

    found = permute(lambda rows: np.abs(rows[:, 0] - 15), a, b, permutations=99)

    assert (found.p, found.exact) == (1 / 100, False)  # (1 + 0) / (99 + 1), never 0


@pytest.mark.parametrize("calls", [15, 300])  # splits are drawn call by call, or by output
def test_splits_are_hypergeometric_however_they_are_drawn(calls: int) -> None:
    seen = (calls + round(calls**0.5)) // 2
    a, b = np.array([seen, calls - seen]), np.array([calls - seen, seen])

    found = permute(lambda rows: rows[:, 0], a.astype(float), b.astype(float), permutations=19_999)

    exact = stats.hypergeom.sf(seen - 1, 2 * calls, calls, calls)
    assert not found.exact
    assert found.p == pytest.approx(exact, abs=4 * (exact * (1 - exact) / found.splits) ** 0.5)


def test_signs_that_are_kept_for_the_next_pair_change_no_p(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(2)
    points = rng.random(60)
    kernel = 1 - np.abs(points[:, None] - points[None, :])
    parts = (kernel[:30, :30], kernel[30:, 30:], kernel[:30, 30:])

    kept = [energy_test_by_rounds(*parts, permutations=999, seed=seed).p for seed in (1, 2, 1)]
    monkeypatch.setattr("lib.analysis.energy.MOST_KEPT", 0)
    drawn = [energy_test_by_rounds(*parts, permutations=999, seed=seed).p for seed in (1, 2, 1)]

    assert kept == drawn


def test_the_same_seed_gives_the_same_p() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.integers(0, 5, 20).astype(float), rng.integers(0, 5, 20).astype(float)

    def p(seed: int) -> float:
        return permute(lambda rows: rows[:, 0], a, b, permutations=999, seed=seed).p

    assert p(1) == p(1)


def test_the_energy_test_is_that_over_all_splits_of_calls() -> None:
    rng = np.random.default_rng(3)
    n_a, n_b = 4, 5
    points = rng.random(n_a + n_b)
    kernel = 1 - np.abs(points[:, None] - points[None, :])

    def by_hand(chosen: tuple[int, ...]) -> float:
        rest = [i for i in range(n_a + n_b) if i not in chosen]
        within_a = np.mean([kernel[i, j] for i, j in combinations(chosen, 2)])
        within_b = np.mean([kernel[i, j] for i, j in combinations(rest, 2)])
        return float(within_a + within_b - 2 * kernel[np.ix_(chosen, rest)].mean())

    observed = by_hand(tuple(range(n_a)))
    splits = [by_hand(chosen) for chosen in combinations(range(n_a + n_b), n_a)]
    a = np.r_[np.ones(n_a), np.zeros(n_b)]

    assert energy(kernel, a, 1 - a) == pytest.approx(observed)
    found = energy_test(kernel, a, 1 - a)
    assert found.exact
    assert found.p == pytest.approx(np.mean([e >= observed - 1e-12 for e in splits]))


def test_equal_outputs_grouped_or_not_give_the_same_energy() -> None:
    kernel = np.array([[1, 0.3], [0.3, 1]])
    apart = np.array([[1, 1, 0.3, 0.3], [1, 1, 0.3, 0.3], [0.3, 0.3, 1, 1], [0.3, 0.3, 1, 1]])

    grouped = energy(kernel, np.array([2.0, 1]), np.array([1.0, 1]))
    single = energy(
        np.block([[apart, apart], [apart, apart]]),
        np.array([1.0, 1, 1, 0, 0, 0, 0, 0]),
        np.array([0.0, 0, 0, 0, 1, 0, 1, 0]),
    )

    assert grouped == pytest.approx(single)


@settings(deadline=None)
@given(values, values)
def test_the_brunner_munzel_statistic_is_scipys(a: list[int], b: list[int]) -> None:
    found = longer(a, b)

    if found.variance > 1e-12 and abs(found.delta) < 1:
        theirs = stats.brunnermunzel(a, b)
        # Theirs is large where b is larger, and of p - 1/2 rather than of delta = 2 p - 1.
        assert found.delta / found.variance**0.5 == pytest.approx(-theirs.statistic, abs=1e-9)
        assert 2 * stats.t.sf(abs(found.delta) / found.variance**0.5, found.df) == pytest.approx(
            theirs.pvalue, abs=1e-9
        )


@given(values, values)
def test_cliffs_delta_is_the_share_of_pairs(a: list[int], b: list[int]) -> None:
    delta = np.mean([(x > y) - (x < y) for x in a for y in b])

    found = longer(a, b)

    assert found.delta == pytest.approx(delta)
    low, high = found.interval(0.05)
    assert -1 <= low <= found.delta + 1e-12
    assert found.delta - 1e-12 <= high <= 1


few = st.lists(st.integers(0, 5), min_size=5, max_size=6)


@settings(deadline=None, max_examples=10)
@given(few, few)
def test_the_permuted_brunner_munzel_test_is_exact_for_few_calls(
    a: list[int], b: list[int]
) -> None:
    def statistic(x: list[int], y: list[int]) -> float:
        found = longer(x, y)
        if abs(found.delta) < 1e-12:
            return 0.0
        return abs(found.delta) / found.variance**0.5 if found.variance > 0 else np.inf

    pooled, observed = a + b, statistic(a, b)
    splits = [
        statistic([pooled[i] for i in chosen], [x for i, x in enumerate(pooled) if i not in chosen])
        for chosen in combinations(range(len(pooled)), len(a))
    ]

    assert brunner_munzel(a, b).p == pytest.approx(np.mean([s >= observed - 1e-9 for s in splits]))


def test_constant_lengths_do_not_differ() -> None:
    assert brunner_munzel([7] * 10, [7] * 12).p == 1
    low, high = longer([7] * 10, [7] * 12).interval(0.05)
    assert low < 0 < high  # and are no proof that all answers have this length


def test_lengths_that_are_entirely_apart_have_the_smallest_p() -> None:
    found = brunner_munzel([9] * 20, [1] * 20, permutations=999)

    assert found.p == 1 / 1000
    low, high = longer([9] * 20, [1] * 20).interval(0.05)
    assert low == pytest.approx(2 * 0.025 ** (1 / 20) - 1)  # of 20 disjoint pairs
    assert high == 1


@given(*[st.integers(0, 25)] * 4)
def test_fishers_test_is_scipys(a: int, x: int, b: int, y: int) -> None:
    if a + x and b + y:
        assert fisher(a, a + x, b, b + y) == pytest.approx(
            stats.fisher_exact(np.array([[a, x], [b, y]])).pvalue, abs=1e-9
        )


def test_the_strength_of_an_association_is_scipys() -> None:
    table = [[9, 3, 1], [4, 10, 2]]
    a, b = ({r: n for r, n in zip("xyz", row, strict=True)} for row in table)

    assert cramers_v(a, b) == pytest.approx(contingency.association(table))
    asymptotic = stats.chi2_contingency(table).pvalue
    assert chi_squared(a, b).p == pytest.approx(asymptotic, abs=0.02)


def test_one_reason_for_all_is_no_difference_and_no_error() -> None:
    assert cramers_v({"stop": 9}, {"stop": 4}) == 0
    assert chi_squared({"stop": 9, "length": 0}, {"stop": 4}).p == 1


def test_the_error_of_a_simulated_p_is_told() -> None:
    found = brunner_munzel([1, 2, 3] * 6, [1, 2, 4] * 6, permutations=399)

    error = (found.p * (1 - found.p) / 399) ** 0.5
    assert found.method == f"399 permutations, p known to about {error:.1g}"
    assert known(found.p) > 0


def test_with_many_calls_the_brunner_munzel_test_is_scipys() -> None:
    rng = np.random.default_rng(8)
    a, b = rng.normal(0, 1, 20).tolist(), rng.normal(0.7, 2, 35).tolist()

    found = brunner_munzel(a, b)

    assert found.p == pytest.approx(stats.brunnermunzel(a, b).pvalue)
    assert found.method == "t approximation"
    # Below twenty calls of one side it is permuted.
    assert "permutations" in brunner_munzel(a[:19], b, permutations=199).method


def test_a_p_that_is_not_small_is_settled_early_and_says_so() -> None:
    a, b = np.array([20.0, 20]), np.array([21.0, 19])

    found = permute(lambda rows: np.abs(rows[:, 0] - 20.5), a, b)

    assert found.settled
    assert found.splits < 9999
    assert found.p == ENOUGH / found.splits
    assert "permutations (enough to see that p isn't small), p known to about" in found.method
    exact = stats.hypergeom(80, 41, 40)
    beyond = sum(exact.pmf(k) for k in range(81) if abs(k - 20.5) >= 0.5)
    assert found.p == pytest.approx(beyond, abs=0.06)


def test_settled_early_or_not_p_values_are_valid() -> None:
    # Under no difference P(p <= x) <= x, also where a test stops at `ENOUGH`.
    rng, found = np.random.default_rng(5), []
    for run in range(300):
        calls = rng.permutation(60) < 30
        a = np.array([calls[:30].sum(), 30 - calls[:30].sum()], dtype=float)
        b = 30.0 - a
        found.append(permute(lambda rows: np.abs(rows[:, 0] - 15), a, b, seed=run).p)

    for level in (0.05, 0.2, 0.5):
        assert np.mean(np.array(found) <= level) <= level + 2 * (level * (1 - level) / 300) ** 0.5


def rounds(n: int, shift: float) -> tuple[Array, Array, Array]:
    rng = np.random.default_rng(6)
    a, b = rng.normal(0, 1, n), rng.normal(shift, 1, n)

    def alike(x: Array, y: Array) -> Array:
        return np.asarray(np.exp(-np.abs(np.subtract.outer(x, y))))

    return alike(a, a), alike(b, b), alike(a, b)


def test_exchanged_within_rounds_the_energy_test_is_that_over_all_exchanges() -> None:
    n = 7
    within_a, within_b, across = rounds(n, 1.0)
    whole = np.block([[within_a, across], [across.T, within_b]])

    def of(exchanged: int) -> float:
        first = [n + i if exchanged >> i & 1 else i for i in range(n)]
        a = np.zeros(2 * n)
        a[first] = 1
        return energy(whole, a, 1 - a)

    everything = [of(exchanged) for exchanged in range(2**n)]
    exact = np.mean([e >= everything[0] - 1e-9 for e in everything])

    found = energy_test_by_rounds(within_a, within_b, across, permutations=20_000)

    assert found.p == pytest.approx(exact, abs=0.02)


@pytest.mark.parametrize("shift", [0.0, 0.4, 2.0])
def test_rounds_and_all_splits_say_about_the_same(shift: float) -> None:
    n = 60
    within_a, within_b, across = rounds(n, shift)
    whole = np.block([[within_a, across], [across.T, within_b]])
    a = np.r_[np.ones(n), np.zeros(n)]

    by_rounds = energy_test_by_rounds(within_a, within_b, across).p
    by_splits = energy_test(whole, a, 1 - a).p

    assert by_rounds == pytest.approx(by_splits, abs=0.05)

"""Distinct outputs and n-grams, the most frequent output, unseen outputs, entropy."""

from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from lib.analysis.distinct import distinct, distinct_n, distinct_share
from lib.analysis.entropy import chao_shen, entropy, plug_in
from lib.analysis.modal import modal_share
from lib.analysis.tokens import as_code_points, tokens
from lib.analysis.unseen import equally_likely, unseen_mass
from tests.analysis.known import known

outputs = st.lists(st.sampled_from("ABCDE"), min_size=2, max_size=80)


def counts(texts: list[str]) -> dict[str, int]:
    strings = as_code_points(tokens(text) for text in texts)
    return {s: strings.count(s) for s in strings}


@pytest.mark.parametrize("metric", [distinct, distinct_share, modal_share, unseen_mass, entropy])
def test_one_call_has_no_variability(metric: object) -> None:
    e = metric(["apple"])  # type: ignore[operator]

    assert (e.value, e.low, e.high, e.n) == (None, None, None, 1)
    assert e.why == "needs two calls or more"


def test_distinct_outputs_are_a_count_without_an_interval() -> None:
    e = distinct(["a", "b", "a"])

    assert (e.value, e.low, e.high, e.n, e.method) == (2, None, None, 3, "count")
    assert distinct_share(["a", "b", "a", "a"]).value == 0.5


def test_distinct_n_grams_are_over_all_calls_together() -> None:
    # a b a b | a b: of four pairs ab, ba, ab, ab two differ; of six words two differ.
    texts = counts(["a b a b", "a b"])

    assert distinct_n(texts, 2).value == pytest.approx(2 / 4)
    assert distinct_n(texts, 1).value == pytest.approx(2 / 6)


def test_n_grams_of_answers_that_are_too_short_are_not_known() -> None:
    assert distinct_n(counts(["a", "b"]), 2).why == "no answer has 2 words or marks"


def test_the_most_frequent_output_has_its_clopper_pearson_interval() -> None:
    e = modal_share(["a"] * 15 + ["b"] * 5)

    # R: binom.test(15, 20)$conf.int is 0.5089541 0.9134285
    assert (e.value, e.low, e.high) == pytest.approx((0.75, 0.5089541, 0.9134285), abs=1e-7)
    assert e.method == "share of the observed most frequent output, Clopper-Pearson"


@pytest.mark.parametrize("calls", [["a", "a", "b"], list("aaabbbcccd")])
def test_a_most_frequent_output_by_luck_has_no_interval(calls: list[str]) -> None:
    e = modal_share(calls)

    assert (e.low, e.high) == (None, None)
    assert e.why == "too few calls agree to say which output is the most frequent"


@pytest.mark.parametrize("calls", [["a"] * 20, list("abcdefghij"), ["a"] * 5 + list("bcdef")])
def test_what_was_never_seen_is_never_said_to_be_certain(calls: list[str]) -> None:
    e = unseen_mass(calls)

    assert known(e.high) > known(e.low)
    assert e.value == sum(calls.count(c) == 1 for c in calls) / len(calls)


@given(outputs)
def test_unseen_mass_has_clopper_pearsons_interval_within_its_own(calls: list[str]) -> None:
    e, n = unseen_mass(calls), len(calls)
    f1 = sum(calls.count(c) == 1 for c in calls)

    if n > 2:
        ends = stats.binomtest(f1, n).proportion_ci(method="exact")
        assert known(e.low) <= ends.low + 1e-9
        assert known(e.high) >= ends.high - 1e-9


@pytest.mark.parametrize(("calls", "outputs"), [(5, 5), (10, 16), (20, 59), (50, 349)])
def test_calls_that_all_differ_are_the_birthday_problem_read_backwards(
    calls: int, outputs: int
) -> None:
    """With fewer equally likely outputs than that, all differ in less than 2.5 % of runs."""

    def all_differ(k: int) -> float:
        return float(np.prod(1 - np.arange(calls) / k))

    assert all_differ(outputs - 1) < 0.025 <= all_differ(outputs)

    low = equally_likely(calls, 0, calls, alpha=0.05)

    assert low <= 1 - calls / outputs  # the Poisson number of equal pairs is on the safe side
    assert calls < 20 or low == pytest.approx(1 - calls / outputs, abs=0.06)


def test_frequent_outputs_say_nothing_of_how_many_rare_ones_there_are() -> None:
    few = unseen_mass(list("abcde"))
    many = unseen_mass(list("abcde") + ["often"] * 95)

    assert (few.low, few.value) == (0, 1)
    assert many.value == 0.05
    assert known(many.low) < 0.02
    assert equally_likely(0, 0, 9, alpha=0.05) == 0


def test_entropy_of_two_equal_halves_is_a_bit_and_its_correction() -> None:
    e = entropy(["a", "b"] * 10)

    assert e.value == pytest.approx(log(2) + 1 / 40)  # Miller-Madow: (S - 1) / (2 N)
    assert (e.low, e.high, e.why) == (None, None, "an interval needs 50 calls")


def test_entropy_at_low_coverage_is_rough_and_says_so() -> None:
    e = entropy(["a", "a", "b", "c"])

    assert (e.method, e.low, e.high) == ("Chao-Shen, nats, rough", None, None)
    assert e.why == "no interval holds where 50% of the calls gave an output seen once"


def test_chao_shen_is_its_formula() -> None:
    # By hand for counts 2, 1, 1: C = 1/2, C p = 1/4, 1/8, 1/8.
    def term(x: float) -> float:
        return -x * log(x) / (1 - (1 - x) ** 4)

    assert chao_shen(np.array([2.0, 1, 1])) == pytest.approx(term(1 / 4) + 2 * term(1 / 8))
    assert np.isfinite(chao_shen(np.ones(5)))  # all singletons count as one less


@given(st.lists(st.integers(1, 9), min_size=1, max_size=9))
def test_the_plug_in_entropy_is_scipys(found: list[int]) -> None:
    assert plug_in(np.array(found, dtype=float)) == pytest.approx(stats.entropy(found))


def test_the_jackknife_of_entropy_is_the_jackknife() -> None:
    calls = ["a"] * 30 + ["b"] * 20 + ["c"] * 10
    n = len(calls)

    def plain(found: list[str]) -> float:
        return float(stats.entropy([found.count(x) for x in set(found)]))

    left_out = [plain(calls[:i] + calls[i + 1 :]) for i in range(n)]
    centre = n * plain(calls) - (n - 1) * np.mean(left_out)
    variance = (n - 1) / n * sum((x - np.mean(left_out)) ** 2 for x in left_out) + 2 / (2 * n**2)
    reach = stats.t.ppf(0.975, n - 1) * variance**0.5

    e = entropy(calls)

    assert (e.low, e.high) == pytest.approx((centre - reach, centre + reach))


def test_evenly_spread_outputs_get_an_interval_of_entropy_with_a_width() -> None:
    e = entropy(["a", "b"] * 50)

    assert known(e.low) < log(2) < known(e.high)


def test_equal_outputs_have_no_interval_of_entropy() -> None:
    e = entropy(["a"] * 100)

    assert (e.value, e.low, e.high) == (0, None, None)
    assert e.why == "all calls are equal: the jackknife sees no spread"

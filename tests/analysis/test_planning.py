"""How many calls: against tables, against enumeration, and against runs that are drawn."""

from collections import Counter
from itertools import product
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import fisher_exact
from statsmodels.stats.proportion import proportion_confint, samplesize_confint_proportion

from lib.analysis import mover
from lib.analysis.more_calls import more_calls, to_tell, widths
from lib.analysis.planning import (
    CALLS,
    for_difference,
    for_half_width,
    resolution,
    resolutions,
    to_see,
)
from lib.analysis.power import agreement_calls, agreement_power, share_calls, share_power, widest
from lib.analysis.summary import analyse
from lib.analysis.u_statistic import PairMean, agreement
from lib.domain.errors import InputError
from tests.analysis.known import known
from tests.analysis.maker import group


def of(outputs: list[str]) -> PairMean:
    return agreement(np.array(list(Counter(outputs).values()), dtype=float))


@pytest.mark.parametrize(("half_width", "calls"), [(0.05, 385), (0.10, 97), (0.15, 43)])
def test_calls_for_a_share_are_those_of_the_textbook(half_width: float, calls: int) -> None:
    assert for_half_width(half_width).calls == calls
    exact = samplesize_confint_proportion(0.5, half_width, alpha=0.05, method="normal")
    assert calls == int(np.ceil(exact))


@settings(deadline=None)
@given(st.floats(0.02, 0.4), st.floats(0, 1))
def test_so_many_calls_do_give_a_wilson_interval_that_narrow(w: float, share: float) -> None:
    n = for_half_width(w, at=share).calls
    assert n is not None

    low, high = proportion_confint(share * n, n, alpha=0.05, method="wilson")

    assert (high - low) / 2 <= w + 1e-9


@pytest.mark.parametrize(("rate", "calls"), [(0.01, 299), (0.05, 59), (0.10, 29)])
def test_calls_that_show_a_rare_event(rate: float, calls: int) -> None:
    assert to_see(rate).calls == calls
    assert (1 - rate) ** calls <= 0.05 < (1 - rate) ** (calls - 1)


@pytest.mark.parametrize(("a", "b", "n"), [(0.5, 0.9, 8), (0.2, 0.2, 7), (1.0, 0.3, 6)])
def test_power_of_shares_is_that_of_all_tables(a: float, b: float, n: int) -> None:
    found = 0.0
    for x, y in product(range(n + 1), repeat=2):
        if fisher_exact(np.array([[x, n - x], [y, n - y]])).pvalue <= 0.05:
            chance_a = comb(n, x) * a**x * (1 - a) ** (n - x)
            found += chance_a * comb(n, y) * b**y * (1 - b) ** (n - y)

    assert share_power(a, b, n) == pytest.approx(found)


@pytest.mark.parametrize(
    ("a", "b", "power"),
    [
        (0.5, 0.7, [0.16, 0.46, 0.79, 0.98]),
        (0.9, 0.99, [0.04, 0.27, 0.77, 0.99]),
        (0.02, 0.10, [0.03, 0.19, 0.59, 0.92]),
    ],
)
def test_power_of_shares_is_that_of_the_design(a: float, b: float, power: list[float]) -> None:
    assert [share_power(a, b, n) for n in (20, 50, 100, 200)] == pytest.approx(power, abs=0.006)


@settings(deadline=None)
@given(st.floats(0.05, 0.95), st.floats(0.05, 0.95), st.integers(4, 30))
def test_power_does_not_depend_on_which_comes_first(a: float, b: float, n: int) -> None:
    assert share_power(a, b, n) == pytest.approx(share_power(b, a, n))
    assert agreement_power(a, b, n) == pytest.approx(agreement_power(b, a, n))
    assert 0 <= agreement_power(a, b, n) <= 1 + 1e-12


@pytest.mark.parametrize(("a", "b"), [(0.5, 0.8), (0.9, 0.5)])
def test_planned_calls_find_a_difference_of_shares_as_often_as_they_say(a: float, b: float) -> None:
    n, rng = int(known(share_calls(a, b))), np.random.default_rng(1)

    tables = Counter(zip(rng.binomial(n, a, 4000), rng.binomial(n, b, 4000), strict=True))
    found = sum(
        int(times)
        for (x, y), times in tables.items()
        if fisher_exact(np.array([[x, n - x], [y, n - y]])).pvalue <= 0.05
    )

    assert found / 4000 == pytest.approx(0.8, abs=0.03)


@pytest.mark.parametrize(("a", "b"), [(0.5, 0.2), (0.9, 0.6)])
def test_planned_calls_find_a_difference_of_agreement_as_often_as_they_say(
    a: float, b: float
) -> None:
    n, rng = int(known(agreement_calls(a, b))), np.random.default_rng(2)

    def drawn(agree: float) -> PairMean:
        rare = iter(range(n))
        return of(["x" if rng.random() < agree**0.5 else f"{next(rare)}" for _ in range(n)])

    found = 0
    for _ in range(2000):
        ends = mover.difference(drawn(a), drawn(b), alpha=0.05)
        assert ends is not None
        found += not ends[1] <= 0 <= ends[2]

    assert found / 2000 == pytest.approx(0.8, abs=0.03)


@given(st.lists(st.integers(1, 20), min_size=1, max_size=8))
def test_no_distribution_scatters_more_than_the_one_that_is_planned_for(parts: list[int]) -> None:
    shares = np.array(parts) / sum(parts)
    agree = float(shares @ shares)

    first_order = 4 * (float((shares**3).sum()) - agree**2)

    assert first_order <= widest(agree).first + 1e-12


def test_false_alarms_of_the_test_that_is_planned_are_at_most_alpha() -> None:
    assert max(share_power(p, p, 40) for p in (0.1, 0.3, 0.5)) <= 0.05
    assert max(agreement_power(p, p, 40) for p in (0.1, 0.3, 0.5, 0.9)) <= 0.06


def test_what_a_number_of_calls_can_tell_is_that_of_the_design() -> None:
    rows = {row.calls: row for row in resolutions((5, 20, 100))}

    assert rows[100].share_half_width == pytest.approx(0.096, abs=5e-4)
    assert rows[20].never_seen_below == pytest.approx(0.139, abs=5e-4)
    assert rows[20].all_equal_above == pytest.approx(0.741, abs=5e-4)
    assert rows[20].all_different_below == pytest.approx(0.047, abs=5e-4)
    assert rows[5].share_difference is None
    found = known(rows[20].share_difference)
    assert share_power(0.5, 0.5 + found, 20) >= 0.8 > share_power(0.5, 0.5 + found - 0.001, 20)


def test_more_calls_tell_more() -> None:
    rows = [resolution(n) for n in CALLS[2:6]]

    widths = [(row.share_half_width, row.agreement_half_width) for row in rows]
    assert widths == sorted(widths, reverse=True)
    differences = [(known(r.share_difference), known(r.agreement_difference)) for r in rows]
    assert differences == sorted(differences, reverse=True)


def test_the_answer_is_a_sentence_with_its_conditions() -> None:
    assert for_difference(0.5, 0.7).says == (
        "102 calls of each find a share of 0.5 against 0.7 in 80% of runs (level 0.05, one pair)."
    )
    assert for_half_width(0.1, of="agreement", at=0.2).says == (
        "81 calls at most give agreement to ±0.1 where two calls agree 0.2 of the time "
        "(95% interval)."
    )


@pytest.mark.parametrize("wrong", [0.0, 1.0, -0.1, 2.0])
def test_numbers_out_of_range_are_refused_by_name(wrong: float) -> None:
    with pytest.raises(InputError, match="half width is"):
        for_half_width(wrong)
    with pytest.raises(InputError, match="rate is"):
        to_see(wrong)


def test_no_difference_can_not_be_planned_for() -> None:
    with pytest.raises(InputError, match="difference of 0"):
        for_difference(0.3, 0.3)


def test_after_a_run_it_is_told_how_many_more_calls_would_tell() -> None:
    analysis = analyse([group(list("ABCDE") * 2), group(list("ABCAB") * 2, name="C")])

    (found,) = more_calls(analysis)

    assert (found.a, found.b, found.calls) == ("A", "C", 10)
    assert found.says == (
        f"A and C: about {found.more} more calls of each would tell ({found.needed} in all; half "
        "of such runs need more)."
    )
    pair = of(list("ABCDE") * 2), of(list("ABCAB") * 2)
    n = int(known(found.needed))
    assert decided(pair, n)
    assert not decided(pair, n - 1)


def decided(pair: tuple[PairMean, PairMean], n: int) -> bool:
    wide, narrow = (mover.difference(*pair, alpha=alpha, n=n) for alpha in (0.05, 0.10))
    assert wide is not None
    assert narrow is not None
    return not wide[1] <= 0 <= wide[2] or (narrow[1] > -0.1 and narrow[2] < 0.1)


def test_a_question_that_is_answered_needs_no_more_calls() -> None:
    analysis = analyse([group(["x"] * 40), group(list("ABCDEFGH") * 5, name="B")])

    assert more_calls(analysis) == ()


def test_more_tests_take_more_calls() -> None:
    a, b = of(list("AAAB") * 5), of(list("ABCD") * 5)

    assert known(to_tell(a, b, tests=6)) >= known(to_tell(a, b, tests=1))


def test_a_half_width_is_planned_from_the_spread_that_was_seen() -> None:
    analysis = analyse([group(list("ABCAB") * 4), group(["x"], name="one")], permutations=99)

    spread, one = widths(analysis, 0.05)

    seen, enough = of(list("ABCAB") * 4), int(known(spread.needed))
    assert half_width(seen, enough) <= 0.05 < half_width(seen, enough - 1)
    assert spread.more == enough - 20
    assert (one.half_width, one.needed) == (None, None)
    assert widths(analysis, 0.9)[0].more == 0


def half_width(mean: PairMean, n: int) -> float:
    low, high = mean.interval(0.05, n=n) or (0.0, 1.0)
    return (high - low) / 2

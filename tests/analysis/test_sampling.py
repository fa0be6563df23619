"""What settings make of a distribution, against a plain implementation of each step."""

from math import exp, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.analysis.goodness import ELSE, fit
from lib.analysis.sampling import expected_under, known, mass, near_tie
from lib.domain.settings import Settings
from lib.domain.vocabulary import TokenProbability
from tests.analysis.maker import token

VOCABULARY = {"a": 0.5, "b": 0.25, "c": 0.15, "d": 0.1}


def top(shares: dict[str, float]) -> tuple[TokenProbability, ...]:
    return tuple(token(key, log(share)) for key, share in shares.items())


def step_by_step(
    shares: dict[str, float], *, temperature: float, top_k: int, top_p: float, min_p: float
) -> dict[str, float]:
    """Temperature, top_k, top_p, min_p, each on what the one before it left."""

    def scaled(left: dict[str, float]) -> dict[str, float]:
        total = sum(left.values())
        return {key: share / total for key, share in left.items()}

    left = scaled({key: share ** (1 / temperature) for key, share in shares.items()})
    ranked = sorted(left, key=lambda key: -left[key])
    left = scaled({key: left[key] for key in ranked[:top_k]})
    kept: dict[str, float] = {}
    for key in sorted(left, key=lambda key: -left[key]):
        kept[key] = left[key]
        if sum(kept.values()) >= top_p:
            break
    highest = max(kept.values())
    return scaled({key: share for key, share in kept.items() if share >= min_p * highest})


@given(
    st.lists(st.integers(1, 1000), min_size=2, max_size=12, unique=True),
    st.sampled_from([0.3, 0.7, 1.0, 1.7]),
    st.sampled_from([1, 2, 5, 100]),
    # Limits that no ratio of the weights meets: there rounding decides, in the one and the other.
    st.sampled_from([0.0010000317, 0.3141592653, 0.7320508075, 0.9510565163, 1.0]),
    st.sampled_from([0.0, 0.0173205081, 0.2302585093]),
)
def test_settings_act_one_after_the_other_in_the_embedded_order(
    weights: list[int], temperature: float, top_k: int, top_p: float, min_p: float
) -> None:
    shares = {str(i): w / sum(weights) for i, w in enumerate(sorted(weights, reverse=True))}
    settings = Settings(temperature=temperature, top_k=top_k, top_p=top_p, min_p=min_p)

    expected = expected_under(settings, top(shares))

    assert expected == pytest.approx(
        step_by_step(shares, temperature=temperature, top_k=top_k, top_p=top_p, min_p=min_p)
    )


def test_temperature_comes_before_the_nucleus() -> None:
    # At 2 the shares are as sqrt(q): .369, .261, .202, .165. The first two reach 0.6 (0.630), and
    # at 1 they would have reached 0.75.
    expected = expected_under(Settings(temperature=2, top_p=0.6), top(VOCABULARY))

    assert expected is not None
    assert list(expected) == ["a", "b"]
    assert expected["a"] / expected["b"] == pytest.approx(2**0.5)


def test_temperature_zero_takes_the_likeliest_token_alone() -> None:
    assert expected_under(Settings(temperature=0, top_p=0.1), top(VOCABULARY)) == {"a": 1}


def test_a_small_temperature_does_not_underflow() -> None:
    expected = expected_under(Settings(temperature=0.001), top(VOCABULARY))

    assert expected is not None
    assert expected["a"] == pytest.approx(1)
    assert 0 < expected["b"] < 1e-300


PART = {"a": 0.5, "b": 0.2, "c": 0.1}  # 0.2 belongs to tokens that weren't reported


@pytest.mark.parametrize(
    ("settings", "exact"),
    [
        (Settings(temperature=1), {"a": 0.5, "b": 0.2, "c": 0.1}),
        (Settings(temperature=0), {"a": 1.0}),
        (Settings(temperature=0.5, top_k=2), {"a": 25 / 29, "b": 4 / 29}),
        (Settings(temperature=1, top_p=0.7), {"a": 5 / 7, "b": 2 / 7}),
        (Settings(temperature=1, min_p=0.3), {"a": 5 / 7, "b": 2 / 7}),
        (Settings(temperature=0.5, min_p=0.05), {"a": 25 / 29, "b": 4 / 29}),
        (Settings(temperature=0.7), None),
        (Settings(temperature=1.5, top_p=0.5), None),
        (Settings(temperature=1, top_p=0.9), None),
        (Settings(temperature=1, min_p=0.1), None),
        (Settings(temperature=0.7, top_k=4), None),
    ],
)
def test_with_only_the_top_known_it_is_exact_or_not_said(
    settings: Settings, exact: dict[str, float] | None
) -> None:
    found = expected_under(settings, top(PART))

    assert found == (None if exact is None else pytest.approx(exact))


def test_a_token_that_just_reaches_min_p_stays() -> None:
    shares = {"a": 0.5, "b": 0.25, "c": 0.25}

    assert expected_under(Settings(min_p=0.5), top(shares)) == pytest.approx(shares)


def test_nothing_reported_expects_nothing() -> None:
    assert expected_under(Settings(temperature=1), ()) is None


def test_what_is_no_log_probability_is_missing_and_not_zero() -> None:
    found = known(
        (
            token("a", -1.0),
            token("sentinel", -9999.0),
            token("nan", float("nan")),
            token("inf", float("-inf")),
            token("rounded", 1e-7),
            token("wrong", 0.5),
        )
    )

    assert found == {"rounded": 0.0, "a": -1.0}
    assert mass((token("a", -1.0), token("sentinel", -9999.0))) == pytest.approx(exp(-1))


def test_two_likeliest_tokens_that_are_nearly_equal_are_near_a_tie() -> None:
    assert near_tie((token("a", -1.0), token("b", -1.0005)))
    assert not near_tie((token("a", -1.0), token("b", -1.1)))


def test_draws_that_follow_the_distribution_fit() -> None:
    found = fit({"a": 52, "b": 24, "c": 14, "d": 10}, VOCABULARY)

    assert found is not None
    assert found.p > 0.5
    assert sum(count for _, count, _ in found.cells) == 100


def test_draws_of_another_distribution_do_not_fit() -> None:
    found = fit({"a": 0, "b": 0, "c": 0, "d": 100}, VOCABULARY, permutations=999)

    assert found is not None
    assert found.p == 1 / 1000  # (1 + 0) / (999 + 1), never 0


def test_an_impossible_draw_is_a_contradiction_whatever_p_says() -> None:
    found = fit({"a": 99, "z": 1}, VOCABULARY, permutations=999)

    assert found is not None
    assert (found.impossible, found.g, found.p) == (("z",), None, 1 / 1000)


def test_what_was_not_reported_is_a_cell_of_its_own() -> None:
    found = fit({"a": 50, "b": 20, "c": 10, "y": 15, "z": 5}, PART)

    assert found is not None
    assert found.cells[-1][:2] == (ELSE, 20)
    assert found.p > 0.9


def test_rare_tokens_are_pooled_until_one_draw_is_expected() -> None:
    found = fit({"a": 9, "c": 1}, {"a": 0.8, "b": 0.13, "c": 0.04, "d": 0.03})

    assert found is not None
    # c and d together are 0.7 of a draw, so b joins them.
    assert [cell[:2] for cell in found.cells] == [("a", 9), (ELSE, 1)]


def test_nothing_to_tell_apart_has_no_test() -> None:
    assert fit({}, VOCABULARY) is None
    assert fit({"a": 5}, {"a": 1.0}) is None


@given(st.lists(st.integers(0, 30), min_size=4, max_size=4))
def test_cells_hold_all_draws_and_all_expectations(counts: list[int]) -> None:
    drawn = dict(zip("abcd", counts, strict=True))

    found = fit(drawn, VOCABULARY, permutations=9)

    if found is not None:
        assert sum(count for _, count, _ in found.cells) == found.n == sum(counts)
        assert sum(mean for _, _, mean in found.cells) == pytest.approx(found.n)
        assert all(mean >= 1 for _, _, mean in found.cells)

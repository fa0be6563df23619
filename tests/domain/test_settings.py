"""Settings: every problem in one go, in words that name the setting."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.domain.errors import InputError
from lib.domain.settings import Settings


def test_settings_out_of_range_are_refused_together_each_by_name() -> None:
    with pytest.raises(InputError) as error:
        Settings(temperature=3, top_p=1.5)

    assert str(error.value).splitlines() == [
        "temperature is 3, but must be between 0 and 2.",
        "top_p is 1.5, but must be between 0 and 1.",
    ]


def test_a_setting_left_out_is_not_sent() -> None:
    assert Settings(temperature=0).given() == {"temperature": 0}


def test_zero_is_a_value_and_not_an_absence() -> None:
    assert Settings(seed=0, logprobs=0, presence_penalty=0.0).given() == {
        "seed": 0,
        "presence_penalty": 0.0,
        "logprobs": 0,
    }


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_none_is_refused(value: float) -> None:
    with pytest.raises(InputError, match="temperature is"):
        Settings(temperature=value)


@pytest.mark.parametrize(
    ("stop", "says"),
    [
        ((), "stop is an empty list: leave it out, or name a sequence."),
        (("a", ""), "stop has an empty sequence, which would end every answer."),
    ],
)
def test_stop_sequences_that_mean_nothing_are_refused(stop: tuple[str, ...], says: str) -> None:
    with pytest.raises(InputError) as error:
        Settings(stop=stop)

    assert str(error.value) == says


def test_a_bias_out_of_range_is_told_with_its_token() -> None:
    with pytest.raises(InputError, match="logit_bias of token '42' is 101"):
        Settings(logit_bias={"42": 101, "43": -100})


@given(st.floats(0, 2), st.floats(0, 1), st.integers(1, 10**6), st.integers(0, 2**32 - 2))
def test_what_is_in_range_is_given_as_it_is(t: float, p: float, k: int, seed: int) -> None:
    given = Settings(temperature=t, top_p=p, top_k=k, seed=seed).given()

    assert given == {"temperature": t, "top_p": p, "top_k": k, "seed": seed}

"""Values of a sweep: a list or a range, or a sentence that says how to write one."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.domain.errors import InputError
from lib.ui.compare.ranges import values


@pytest.mark.parametrize(
    ("setting", "text", "said"),
    [
        ("temperature", "0, 0.7,1.3", [0.0, 0.7, 1.3]),
        ("temperature", "0 to 1 step 0.25", [0.0, 0.25, 0.5, 0.75, 1.0]),
        ("temperature", "0 to 0.3 step 0.1", [0.0, 0.1, 0.2, 0.3]),
        ("max_tokens", "5 to 7", [5, 6, 7]),
        ("model", "small, large", ["small", "large"]),
        ("stop", "5, a | b", [["5"], ["a", "b"]]),
    ],
)
def test_a_list_or_a_range_is_read(setting: str, text: str, said: list[object]) -> None:
    assert values(setting, text) == said


@pytest.mark.parametrize(
    ("setting", "text", "says"),
    [
        ("temperature", "", "Say which values temperature takes"),
        ("temperature", "hot", "temperature can't be 'hot': it is a number."),
        ("max_tokens", "1.5", "max_tokens can't be '1.5': it is a whole number."),
        ("temperature", "2 to 0", "A range goes up"),
        ("temperature", "0 to 1 step 0", "A range goes up"),
        ("temperature", "a to b", "A range is written as"),
        ("temperature", "0 to 1 step 0.000001", "at most 200 are taken"),
        ("temperature", "0 to inf", "A range goes up"),
        ("model", "a to b", "model has no ranges"),
    ],
)
def test_what_says_no_values_is_a_sentence(setting: str, text: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        values(setting, text)


@given(st.sampled_from(["temperature", "max_tokens", "stop", "model"]), st.text(max_size=30))
def test_any_text_is_values_or_a_sentence(setting: str, text: str) -> None:
    with suppress(InputError):  # anything else fails
        assert values(setting, text)

"""Tokens: what can't be true is not known, never 0, and said so."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.domain.vocabulary import Usage
from lib.providers.usage import believed, usage


def read(reported: object, *, max_tokens: int | None = None) -> tuple[Usage, list[str]]:
    return usage({"usage": reported}, max_tokens=max_tokens)


@pytest.mark.parametrize("nothing", [None, {}])
def test_what_was_not_reported_is_not_known_and_not_zero(nothing: object) -> None:
    assert read(nothing) == (Usage(None, None, None, None), [])


@pytest.mark.parametrize("odd", [-1, 10**9 + 1, 10**30, "7", True, 1.5, [1], {}])
def test_a_number_that_can_not_be_true_is_not_known_and_flagged(odd: object) -> None:
    assert read({"prompt_tokens": odd, "completion_tokens": 3}) == (
        Usage(None, 3),
        ["The reported input_tokens can't be true, so it is not known."],
    )


def test_a_whole_number_written_with_a_point_is_a_number() -> None:
    assert read({"prompt_tokens": 7.0})[0].input_tokens == 7


def test_usage_that_is_no_table_is_flagged() -> None:
    assert read([1]) == (Usage(), ["The reported usage can't be read, so it is not known."])


def test_output_far_beyond_the_limit_is_not_believed() -> None:
    assert read({"completion_tokens": 200_000}, max_tokens=10) == (
        Usage(),
        ["The reported output_tokens are far beyond max_tokens, so they are not known."],
    )
    assert read({"completion_tokens": 20_000}, max_tokens=10)[0].output_tokens == 20_000


def test_what_was_read_from_a_cache_and_written_to_it_is_part_of_the_input() -> None:
    details = {"cached_tokens": 3, "cache_write_tokens": 2}

    assert read({"prompt_tokens": 5, "prompt_tokens_details": details}) == (
        Usage(input_tokens=5, cached_tokens=3, cache_write_tokens=2),
        [],
    )


@pytest.mark.parametrize("part", ["cached_tokens", "cache_write_tokens"])
def test_more_cached_than_sent_is_not_believed(part: str) -> None:
    reported = {"prompt_tokens": 5, "prompt_tokens_details": {part: 6}}

    assert read(reported) == (
        Usage(5),
        [f"More {part} than input_tokens are reported, so they are not known."],
    )


@pytest.mark.parametrize("total", [None, 10 + 5 + 7])
def test_reasoning_that_was_reported_apart_is_added_to_the_output(total: int | None) -> None:
    reported = {
        "prompt_tokens": 10,
        "completion_tokens": 5,
        "total_tokens": total,
        "completion_tokens_details": {"reasoning_tokens": 7},
    }

    assert read(reported) == (
        Usage(10, 12, None, 7),
        ["Reasoning was reported apart from output_tokens, and is added to them."],
    )


def test_reasoning_that_is_part_of_the_output_stays_in_it() -> None:
    reported = {
        "prompt_tokens": 10,
        "completion_tokens": 12,
        "total_tokens": 22,
        "completion_tokens_details": {"reasoning_tokens": 7},
    }

    assert read(reported) == (Usage(10, 12, None, 7), [])


NUMBERS = st.none() | st.integers(-2, 20) | st.floats() | st.booleans() | st.just("7")
NAMES = ("input_tokens", "output_tokens", "cached_tokens", "reasoning_tokens")


@given(st.dictionaries(st.sampled_from([*NAMES, "cache_write_tokens", "total_tokens"]), NUMBERS))
def test_no_part_is_ever_more_than_the_whole(reported: dict[str, object]) -> None:
    found, _ = believed(reported, dict, max_tokens=None)

    for part, whole in (
        (found.cached_tokens, found.input_tokens),
        (found.cache_write_tokens, found.input_tokens),
        (found.reasoning_tokens, found.output_tokens),
    ):
        assert part is None or part >= 0
        assert part is None or whole is None or part <= whole

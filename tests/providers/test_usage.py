"""Tokens: what can't be true is not known, never 0, and said so."""

from __future__ import annotations

import pytest

from lib.domain.vocabulary import Usage
from lib.providers.usage import usage


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


def test_more_cached_than_sent_is_not_believed() -> None:
    reported = {"prompt_tokens": 5, "prompt_tokens_details": {"cached_tokens": 6}}

    assert read(reported) == (
        Usage(5),
        ["More cached_tokens than input_tokens are reported, so they are not known."],
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

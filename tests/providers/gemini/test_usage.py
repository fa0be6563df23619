"""Tokens as Gemini counts them: thoughts apart, what was cached inside."""

from __future__ import annotations

from typing import Any

import pytest

from lib.domain.vocabulary import Usage
from lib.providers.gemini.usage import usage

SUM = "The reported tokens don't add up to their reported total."


def read(**reported: Any) -> tuple[Usage, list[str]]:
    return usage({"usageMetadata": reported}, max_tokens=None)


def test_thoughts_are_part_of_the_output_and_what_was_cached_is_part_of_the_input() -> None:
    tokens, flags = read(
        promptTokenCount=100,
        cachedContentTokenCount=80,
        candidatesTokenCount=20,
        thoughtsTokenCount=300,
        toolUsePromptTokenCount=5,
        totalTokenCount=425,
    )

    assert tokens == Usage(105, 320, 80, 300)
    assert flags == []


def test_a_count_of_zero_is_left_out_on_the_wire() -> None:
    assert read(promptTokenCount=7, thoughtsTokenCount=8, totalTokenCount=15) == (
        Usage(7, 8, None, 8),
        [],
    )
    assert read(promptTokenCount=7, totalTokenCount=7) == (Usage(input_tokens=7), [])


@pytest.mark.parametrize("total", [424, 426, 125])
def test_numbers_that_do_not_add_up_are_flagged(total: int) -> None:
    tokens, flags = read(
        promptTokenCount=105, candidatesTokenCount=20, thoughtsTokenCount=300, totalTokenCount=total
    )

    assert tokens == Usage(105, 320, None, 300)
    assert flags == [SUM]


@pytest.mark.parametrize("total", [None, -1, "many", True])
def test_without_a_total_there_is_nothing_to_compare(total: object) -> None:
    assert read(promptTokenCount=1, candidatesTokenCount=2, totalTokenCount=total)[1] == []


def test_what_can_not_be_true_is_not_known() -> None:
    tokens, flags = read(
        promptTokenCount=-1,
        cachedContentTokenCount="4",
        candidatesTokenCount=2,
        thoughtsTokenCount=10**400,
        totalTokenCount=3,
    )

    assert tokens == Usage()
    assert flags == [
        "The reported input_tokens can't be true, so it is not known.",
        "The reported output_tokens can't be true, so it is not known.",
        "The reported cached_tokens can't be true, so it is not known.",
        "The reported reasoning_tokens can't be true, so it is not known.",
    ]


def test_more_cached_than_sent_is_not_believed() -> None:
    tokens, flags = read(promptTokenCount=5, cachedContentTokenCount=6, candidatesTokenCount=1)

    assert tokens == Usage(5, 1)
    assert flags == ["More cached_tokens than input_tokens are reported, so they are not known."]


@pytest.mark.parametrize("reported", ["many", 7, [1]])
def test_a_usage_that_is_none_is_flagged(reported: object) -> None:
    assert usage({"usageMetadata": reported}, max_tokens=None) == (
        Usage(),
        ["The reported usage can't be read, so it is not known."],
    )
    assert usage({}, max_tokens=None) == (Usage(), [])


def test_far_more_than_max_tokens_is_not_believed() -> None:
    tokens, flags = usage(
        {"usageMetadata": {"promptTokenCount": 1, "candidatesTokenCount": 10**6}}, max_tokens=5
    )

    assert tokens == Usage(input_tokens=1)
    assert len(flags) == 1

"""The first position of Gemini's log probabilities."""

from __future__ import annotations

import math
from typing import Any

import pytest

from lib.domain.vocabulary import FirstToken, TokenProbability
from lib.providers.gemini.logprobs import first_token

ELSEWHERE = "The log probabilities don't begin with the answer's first token."
MISSING = "The log probability of the first token is missing."


def token(text: object, probability: object, known: object = 7) -> dict[str, Any]:
    return {"token": text, "tokenId": known, "logProbability": probability}


def read(
    chosen: object, top: object = None, text: str = "Apple pie"
) -> tuple[FirstToken | None, list[str]]:
    result = {"chosenCandidates": chosen, "topCandidates": top}
    return first_token({"logprobsResult": result}, text=text, output_tokens=2, streamed=False)


def test_what_was_drawn_and_what_was_likely_the_likeliest_first() -> None:
    likely = [token("Fig", -3.0, 9), token("Apple", -0.5), token("Pear", -1.0, 8)]

    found, flags = read(
        [token("Apple", -0.5), token(" pie", -0.1, 2)],
        [{"candidates": likely}, {"candidates": [token(" pie", -0.1, 2)]}],
    )

    assert found == FirstToken(
        TokenProbability("Apple", "7", -0.5),
        (
            TokenProbability("Apple", "7", -0.5),
            TokenProbability("Pear", "8", -1.0),
            TokenProbability("Fig", "9", -3.0),
        ),
    )
    assert flags == []


def test_without_an_id_the_text_tells_tokens_apart() -> None:
    found, _ = read([{"token": "Apple", "logProbability": -0.5}])

    assert found == FirstToken(TokenProbability("Apple", "Apple", -0.5), ())


@pytest.mark.parametrize(
    "top", [None, [], "odd", [None], [{}], [{"candidates": None}], [{"candidates": [None, 7]}]]
)
def test_without_alternatives_the_drawn_token_is_kept(top: object) -> None:
    found, flags = read([token("Apple", -0.5)], top)

    assert found == FirstToken(TokenProbability("Apple", "7", -0.5), ())
    assert flags == []


@pytest.mark.parametrize("result", [None, {}, [], "odd", {"chosenCandidates": []}])
def test_no_log_probabilities_are_none(result: object) -> None:
    found = first_token({"logprobsResult": result}, text="Apple", output_tokens=1, streamed=False)

    assert found == (None, [])


@pytest.mark.parametrize("value", [None, "-0.5", True, math.nan, -9999.0, -math.inf, 10**400])
def test_a_number_that_is_none_is_flagged(value: object) -> None:
    found, flags = read([token("Apple", value)])

    assert (found, flags[0]) == (None, MISSING)


def test_positions_of_hidden_thoughts_are_not_the_answers() -> None:
    assert read([token("Let", -0.5), token("Apple", -0.1)]) == (None, [ELSEWHERE])

"""The first token: what was drawn, what else was likely, and when it isn't known."""

from __future__ import annotations

import math
from typing import Any

import pytest

from lib.domain.vocabulary import FirstToken, TokenProbability
from lib.providers.openai_chat.logprobs import first_token


def token(text: str, logprob: object, **more: object) -> dict[str, object]:
    return {"token": text, "bytes": list(text.encode()), "logprob": logprob, **more}


def first(
    *positions: object, text: str = "Apple", tokens: int | None = None, streamed: bool = True
) -> tuple[FirstToken | None, list[str]]:
    choice: dict[str, Any] = {"logprobs": {"content": list(positions)}, "finish_reason": "stop"}
    return first_token(choice, text=text, output_tokens=tokens, streamed=streamed)


def known(found: tuple[FirstToken | None, list[str]]) -> FirstToken:
    assert found[0] is not None
    return found[0]


def test_alternatives_are_sorted_by_what_is_likeliest() -> None:
    others = [token("Pear", -2), token("Apple", -0.5), token("Fig", -1)]

    found = known(first(token("Apple", -0.5, top_logprobs=others)))

    assert found.drawn == TokenProbability("Apple", "4170706c65", -0.5)
    assert [each.token for each in found.top] == ["Apple", "Fig", "Pear"]


def test_a_token_is_known_by_its_id_then_by_its_bytes_then_by_its_text() -> None:
    by_id = known(first(token("Apple", -1, id=7)))
    by_bytes = known(first(token("Apple", -1)))
    by_text = known(first(token("Apple", -1, bytes=None)))

    assert [each.drawn.key for each in (by_id, by_bytes, by_text)] == ["7", "4170706c65", "Apple"]


def test_tokens_with_the_same_text_are_told_apart_by_their_bytes() -> None:
    halves = [{"token": "\ufffd", "bytes": [b], "logprob": -1.0} for b in (159, 160)]

    found = known(first(token("Apple", -1, top_logprobs=halves)))

    assert [each.key for each in found.top] == ["9f", "a0"]


@pytest.mark.parametrize("missing", [-9999.0, math.nan, -math.inf, None, "x", True, 0.5])
def test_a_log_probability_that_is_none_is_missing(missing: object) -> None:
    found, flags = first(token("Apple", missing))
    others = known(first(token("Apple", -1, top_logprobs=[token("Pear", missing)])))

    assert found is None
    assert flags[0] == "The log probability of the first token is missing."
    assert others.top == ()


def test_rounding_above_zero_is_clipped_and_flagged() -> None:
    found, flags = first(token("Apple", 1e-6))

    assert found is not None
    assert found.drawn.logprob == 0.0
    assert flags == ["A log probability above 0 was reported."]


@pytest.mark.parametrize("logprobs", [None, {}, {"content": None}, {"content": []}, [], "x"])
def test_where_none_were_reported_there_is_none(logprobs: object) -> None:
    choice: dict[str, object] = {"logprobs": logprobs}

    assert first_token(choice, text="Apple", output_tokens=1, streamed=False) == (None, [])


@pytest.mark.parametrize(
    ("text", "reported"),
    [("Apple pie", "Apple"), ("Apple", " Apple"), ("App", "Apple"), ("", "<|end|>"), ("\n", "")],
)
def test_a_token_may_be_trimmed_cut_or_without_a_text(text: str, reported: str) -> None:
    assert first(token(reported, -1), text=text)[0] is not None


def test_a_token_that_the_answer_does_not_begin_with_stands_elsewhere() -> None:
    assert first(token("Pear", -1), text="Apple") == (
        None,
        ["The log probabilities don't begin with the answer's first token."],
    )


class TestCharactersOfSeveralTokens:
    """llama.cpp reports such a character's text with the numbers of its last token."""

    whole = token("é", -1, id=9)

    def test_an_alternative_with_the_same_id_and_other_bytes_gives_it_away(self) -> None:
        last = {"token": "\ufffd", "bytes": [169], "logprob": -1.0, "id": 9}

        assert first({**self.whole, "top_logprobs": [last]}, text="é")[0] is None

    def test_an_alternative_with_the_same_id_and_bytes_clears_it(self) -> None:
        assert first({**self.whole, "top_logprobs": [self.whole]}, text="é")[0] is not None

    def test_otherwise_the_count_of_tokens_decides(self) -> None:
        assert first(self.whole, text="é", tokens=2)[0] is not None  # and one that ends it
        assert first(self.whole, text="é", tokens=3)[0] is None
        assert first(self.whole, text="é", tokens=None)[0] is None
        assert first(self.whole, text="é", tokens=2, streamed=False)[0] is None

    def test_ascii_is_never_in_doubt(self) -> None:
        assert first(token("Apple", -1, id=9), tokens=None)[0] is not None

    def test_servers_without_ids_are_not_in_doubt(self) -> None:
        assert first(token("é", -1), text="é", tokens=9)[0] is not None


def test_a_token_that_was_held_back_gets_its_text_from_the_alternatives() -> None:
    held = {"token": "", "bytes": [], "logprob": -0.5, "id": 216}
    alternative = token(" ", -0.5, id=216)

    found = known(first({**held, "top_logprobs": [alternative]}, text=" 3, 4"))

    assert found.drawn == TokenProbability(" ", "216", -0.5)

"""All positions of an answer, read from stored replies of every dialect that has them."""

from __future__ import annotations

import json
from math import log
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.domain.configuration import Configuration, Dialect, Endpoint
from lib.domain.positions import Positions
from lib.domain.vocabulary import Reply, Sample, Slot, Usage
from lib.providers.positions import ELSEWHERE, NONE, positions

RECORDED = Path(__file__).parent / "recorded"


def sample(
    text: str, *, dialect: Dialect = "openai", tokens: int | None = None, reason: str = "stop"
) -> Sample:
    endpoint = Endpoint(name="e", dialect=dialect, base_url="http://127.0.0.1:9/v1")
    slot = Slot(1, Configuration(name="A", endpoint=endpoint, model="m"), 1, (), 1)
    return Sample(
        slot=slot,
        text=text,
        outcome="ok",
        finish_reason="stop",
        raw_finish_reason=reason,
        usage=Usage(5, tokens),
    )


def reply(body: Any) -> Reply:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Reply(200, {}, raw, 0.1)


def token(text: str, logprob: float, **more: object) -> dict[str, object]:
    return {"token": text, "bytes": list(text.encode()), "logprob": logprob, **more}


def chat(content: object) -> dict[str, object]:
    return {"choices": [{"index": 0, "logprobs": {"content": content}}]}


def texts(found: Positions) -> list[str]:
    return [each.text for each in found.at]


def test_chat_positions_have_what_was_drawn_and_what_was_likely() -> None:
    others = [token(" pear", log(0.2)), token(" pie", log(0.5))]
    content = [token("Apple", -0.5), token(" pie", log(0.5), top_logprobs=others)]

    found = positions(sample("Apple pie"), reply(chat(content)))

    assert found.why is None
    assert texts(found) == ["Apple", " pie"]
    assert [each.logprob for each in found.at] == [-0.5, log(0.5)]
    assert [other.token for other in found.at[1].top] == [" pie", " pear"]


def test_alternatives_can_be_left_out_and_nothing_else_changes() -> None:
    held = {"token": "", "bytes": [], "logprob": -0.5, "id": 216}
    content = [
        {**held, "top_logprobs": [token(" ", -0.5, id=216)]},
        token("é", -1, id=9, top_logprobs=[{**token("x", -1, id=9), "bytes": [169]}]),
    ]
    whole = positions(sample(" é"), reply(chat(content))).at
    short = positions(sample(" é"), reply(chat(content)), alternatives=False).at

    assert [(p.text, p.key, p.logprob, p.several) for p in short] == [
        (p.text, p.key, p.logprob, p.several) for p in whole
    ]
    assert [p.several for p in short] == [False, True]


def test_responses_positions_are_those_of_its_text() -> None:
    part = {"type": "output_text", "text": "Hi!", "logprobs": [token("Hi", -1), token("!", -2)]}
    answer = {"output": [{"type": "message", "content": [part]}]}

    found = positions(sample("Hi!", dialect="openai-responses"), reply(answer))

    assert texts(found) == ["Hi", "!"]


def test_gemini_positions_are_put_together_from_its_two_lists() -> None:
    result = {
        "chosenCandidates": [
            {"token": "Hi", "tokenId": 7, "logProbability": -1},
            {"token": "!", "tokenId": 9, "logProbability": -2},
        ],
        "topCandidates": [
            {"candidates": [{"token": "Hi", "tokenId": 7, "logProbability": -1}]},
            {"candidates": [{"token": "?", "tokenId": 8, "logProbability": -0.2}]},
        ],
    }
    answer = {"candidates": [{"logprobsResult": result}]}

    found = positions(sample("Hi!", dialect="gemini"), reply(answer))

    assert [(each.text, each.key, each.logprob) for each in found.at] == [
        ("Hi", "7", -1.0),
        ("!", "9", -2.0),
    ]
    assert [other.token for other in found.at[1].top] == ["?"]


def test_a_stream_is_put_together_first() -> None:
    body = (RECORDED / "llama_half_character.sse").read_bytes()

    found = positions(
        sample(" \ufffd sledgres yourself fl", tokens=5, reason="length"), reply(body)
    )

    assert texts(found) == [" \ufffd sled", "gres", " yourself", " fl"]
    # Five tokens in four positions: the first is three of them, whose numbers it doesn't have.
    assert [each.several for each in found.at] == [True, False, False, False]
    assert found.at[0].logprob is None
    assert found.at[0].top == ()
    assert found.at[0].raw == b" \xf0\x9f sled"


@pytest.mark.parametrize("missing", [-9999.0, None, "x", True, 0.5])
def test_what_is_no_log_probability_is_none(missing: object) -> None:
    content = [{**token("Hi", -1), "logprob": missing, "top_logprobs": [token("?", -0.1)]}]

    (found,) = positions(sample("Hi"), reply(chat(content))).at

    assert found.logprob is None
    assert [other.token for other in found.top] == ["?"]


def test_a_token_that_was_held_back_gets_its_text_from_the_alternatives() -> None:
    held = {"token": "", "bytes": [], "logprob": -0.5, "id": 216}
    content = [{**held, "top_logprobs": [token(" ", -0.5, id=216)]}, token("3", -1, id=3)]

    found = positions(sample(" 3"), reply(chat(content)))

    assert texts(found) == [" ", "3"]


def test_the_mark_that_ends_a_turn_has_a_position_without_text() -> None:
    content = [token("Hi", -1, id=1), {"token": "", "bytes": [], "logprob": -0.1, "id": 2}]

    assert texts(positions(sample("Hi"), reply(chat(content)))) == ["Hi", ""]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (chat([]), NONE),
        (chat(None), NONE),
        ({"choices": [{}]}, NONE),
        (
            {"choices": [{"logprobs": {"tokens": ["a"], "token_logprobs": [-1]}}]},
            "The log probabilities came in a form that is not read.",
        ),
        (chat([token("Pear", -1)]), ELSEWHERE),
        (b"<html>", "The answer isn't whole JSON."),
    ],
)
def test_where_there_are_none_it_says_why(body: object, why: str) -> None:
    found = positions(sample("Apple"), reply(body))

    assert found.at == ()
    assert found.why == why


def test_anthropic_reports_none() -> None:
    answer = {"content": [{"type": "text", "text": "Hi"}]}

    assert positions(sample("Hi", dialect="anthropic"), reply(answer)).why == NONE


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5) | st.integers(-300, 300),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["token", "bytes", "logprob", "top_logprobs", "id", "content"]), inner
        )
    ),
    max_leaves=20,
)


@given(json_values, st.sampled_from(["openai", "openai-responses", "gemini"]))
def test_no_reply_breaks_the_reader(content: object, dialect: Dialect) -> None:
    for body in (
        chat(content),
        {
            "output": [
                {
                    "type": "message",
                    "content": [{"type": "output_text", "text": "x", "logprobs": content}],
                }
            ]
        },
        {
            "candidates": [
                {"logprobsResult": {"chosenCandidates": content, "topCandidates": content}}
            ]
        },
    ):
        found = positions(sample("x", dialect=dialect), reply(body))

        assert all(each.logprob is None or each.logprob <= 0 for each in found.at)
        assert all(each.text.encode() is not None for each in found.at)

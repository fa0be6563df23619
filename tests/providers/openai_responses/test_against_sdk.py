"""OpenAI's own SDK as an independent writer and reader of what is sent and answered."""

from __future__ import annotations

import json
from typing import Any

import pytest
from openai import OpenAI
from openai.types.responses import Response

from lib.domain.message import Message
from lib.providers.registry import dialect
from tests.providers.openai_responses.answers import (
    events,
    failed,
    function_call,
    message,
    output_text,
    reasoning,
    refusal,
    response,
    stream,
)
from tests.providers.openai_responses.making import read, slot
from tests.providers.openai_responses.server import good
from tests.providers.player import Player, json_play, stream_play

LOGPROBS = response({"include": ["message.output_text.logprobs"], "top_logprobs": 2}, "One two")
SHORT = response({"max_output_tokens": 1}, "One two")
MIXED = {
    **LOGPROBS,
    "output": [
        reasoning("I look.", "I leap."),
        message([output_text("Ap"), output_text("ple")]),
        function_call(),
    ],
}
REFUSED = {**LOGPROBS, "output": [message([refusal("No.")])]}
FIXTURES = [LOGPROBS, SHORT, MIXED, REFUSED, failed("server_error")]


def sdk(server: Player) -> OpenAI:
    """With answers that must fit its types to the letter."""
    return OpenAI(
        base_url=f"{server.url}/v1", api_key="none", max_retries=0, _strict_response_validation=True
    )


TURNS = (
    Message("developer", "Be brief."),
    Message("user", "Name a fruit."),
    Message("assistant", "Apple"),
    Message("user", "“Another” one \U0001f34e"),
)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, {}),
        ({"temperature": 0.7, "top_p": 0.9}, {"temperature": 0.7, "top_p": 0.9}),
        ({"max_tokens": 20}, {"max_output_tokens": 20}),
        (
            {"logprobs": 3},
            {"top_logprobs": 3, "include": ["message.output_text.logprobs"]},
        ),
        ({"reasoning_effort": "low"}, {"reasoning": {"effort": "low"}}),
        ({"verbosity": "low"}, {"text": {"verbosity": "low"}}),
        ({"service_tier": "flex", "stream": True}, {"service_tier": "flex", "stream": True}),
    ],
)
def test_the_sdk_sends_the_same_body_for_the_same_settings(
    settings: dict[str, Any], said: dict[str, Any]
) -> None:
    asked = slot(*TURNS, **settings)
    ours = json.loads(dialect(asked.configuration.endpoint).build(asked).body)
    with Player(good) as server, sdk(server) as client:
        turns: Any = [{"role": turn.role, "content": turn.content} for turn in TURNS]
        answer = client.responses.create(model="some-model", input=turns, store=False, **said)
        if said.get("stream"):
            answer.close()
        [asked_by_sdk] = server.got

    assert json.loads(asked_by_sdk.body) == ours
    assert asked_by_sdk.path == "/v1/responses"


@pytest.mark.parametrize("whole", FIXTURES)
def test_the_answers_of_these_tests_are_answers_to_the_sdk_too(whole: dict[str, Any]) -> None:
    with Player(json_play(whole)) as server, sdk(server) as client:
        answer = client.responses.create(model="some-model", input="Name a fruit.")

    assert answer.to_dict(exclude_unset=True) == whole


@pytest.mark.parametrize("whole", FIXTURES)
def test_the_events_of_these_tests_are_events_to_the_sdk_too(whole: dict[str, Any]) -> None:
    with Player(stream_play(b"".join(stream(events(whole))))) as server, sdk(server) as client:
        came = list(client.responses.create(model="some-model", input="Hi", stream=True))

    assert [each.to_dict(exclude_unset=True) for each in came] == events(whole)


@pytest.mark.parametrize("whole", [LOGPROBS, SHORT, MIXED, REFUSED])
def test_the_sdk_reads_the_same_out_of_an_answer(whole: dict[str, Any]) -> None:
    theirs, ours = Response.model_validate(whole), read(whole)

    if theirs.output_text:
        assert ours.text == theirs.output_text
    assert theirs.usage is not None
    assert (ours.usage.input_tokens, ours.usage.output_tokens, ours.usage.cached_tokens) == (
        theirs.usage.input_tokens,
        theirs.usage.output_tokens,
        theirs.usage.input_tokens_details.cached_tokens,
    )
    assert (ours.response_id, ours.model) == (theirs.id, theirs.model)

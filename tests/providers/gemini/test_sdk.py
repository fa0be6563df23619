"""The vendor's own SDK as a witness: what it sends and reads is what the lab sends and reads."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from google import genai
from google.genai import types
from pydantic.alias_generators import to_camel

from lib.domain.message import Message
from lib.domain.vocabulary import Reply, Slot
from lib.providers.gemini.request import path
from tests.faulty import FaultyServer
from tests.faulty.languages import LANGUAGES
from tests.providers.gemini.asking import MODEL, build, read, slot
from tests.providers.making import KEY

TALK = (
    Message("system", "Be brief."),
    Message("developer", "Be kind."),
    Message("user", "Name a fruit."),
    Message("assistant", "Fig."),
    Message("user", "Another, “é” \U0001f34e."),
    Message("user", "Quick."),
    Message("assistant", "A"),
)


@pytest.fixture(scope="module")
def server() -> Iterator[FaultyServer]:
    with FaultyServer("One two three") as one:
        yield one


@pytest.fixture(scope="module")
def client(server: FaultyServer) -> Iterator[genai.Client]:
    url, _, version = server.url(dialect="gemini").rpartition("/")
    options = types.HttpOptions(base_url=url, api_version=version)
    with genai.Client(api_key=KEY, http_options=options) as one:
        yield one


def turns(asked: Slot) -> list[Any]:
    return [
        types.Content(
            role="model" if message.role == "assistant" else "user",
            parts=[types.Part(text=message.content)],
        )
        for message in asked.messages
        if message.role in {"user", "assistant"}
    ]


def instruction(asked: Slot) -> types.Content | None:
    told = [each for each in asked.messages if each.role in {"system", "developer"}]
    return types.Content(parts=[types.Part(text=each.content) for each in told]) if told else None


def config(asked: Slot, **more: Any) -> types.GenerateContentConfig:
    """The same settings, by the SDK's names."""
    settings = asked.configuration.settings
    return types.GenerateContentConfig(
        system_instruction=instruction(asked),
        temperature=settings.temperature,
        top_p=settings.top_p,
        top_k=settings.top_k,
        max_output_tokens=settings.max_tokens,
        stop_sequences=list(settings.stop) if settings.stop else None,
        seed=settings.seed,
        presence_penalty=settings.presence_penalty,
        frequency_penalty=settings.frequency_penalty,
        response_logprobs=True if settings.logprobs is not None else None,
        logprobs=settings.logprobs,
        service_tier=types.ServiceTier(settings.service_tier) if settings.service_tier else None,
        **more,
    )


def same(value: Any) -> Any:
    """A body in which 40 and 40.0 are one number, and names are those on the wire.

    The SDK sends an empty table where no setting is set, and some inner names with underscores,
    which the API understands too.
    """
    match value:
        case dict():
            return {to_camel(name): same(inner) for name, inner in value.items() if inner != {}}
        case list():
            return [same(each) for each in value]
        case int() | float() if not isinstance(value, bool):
            return float(value)
        case _:
            return value


@pytest.mark.parametrize(
    ("asked", "more"),
    [
        (slot(), {}),
        (slot(*TALK), {}),
        (slot(temperature=0, top_p=0.5, top_k=40, max_tokens=8, stop=("a", "b"), seed=7), {}),
        (slot(presence_penalty=0.5, frequency_penalty=-1, logprobs=3, service_tier="flex"), {}),
        (
            slot(reasoning_effort="high", thinking={"includeThoughts": True}),
            {"thinking_config": {"thinking_level": "HIGH", "include_thoughts": True}},
        ),
        (
            slot(thinking={"thinkingBudget": 0}),
            {"thinking_config": types.ThinkingConfig(thinking_budget=0)},
        ),
        (
            slot(
                temperature=1,
                extra={
                    "generationConfig": {"responseMimeType": "application/json"},
                    "safetySettings": [
                        {"category": "HARM_CATEGORY_HARASSMENT", "threshold": "BLOCK_NONE"}
                    ],
                },
            ),
            {
                "response_mime_type": "application/json",
                "safety_settings": [
                    {"category": "HARM_CATEGORY_HARASSMENT", "threshold": "BLOCK_NONE"}
                ],
            },
        ),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_the_same_settings_are_the_same_request(
    server: FaultyServer, client: genai.Client, asked: Slot, more: dict[str, Any], stream: bool
) -> None:
    told = config(asked, **more)

    if stream:
        list(client.models.generate_content_stream(model=MODEL, contents=turns(asked), config=told))
    else:
        client.models.generate_content(model=MODEL, contents=turns(asked), config=told)

    sdk, ours = server.requests[-1], build(asked)
    assert same(json.loads(sdk.body)) == same(json.loads(ours.body))
    assert sdk.path == LANGUAGES["gemini"].base + path(MODEL, stream=stream)
    assert sdk.headers["x-goog-api-key"] == KEY


def test_an_answer_of_the_server_is_read_alike(server: FaultyServer, client: genai.Client) -> None:
    asked = slot(logprobs=2, max_tokens=2)

    answer = client.models.generate_content(
        model=MODEL, contents=turns(asked), config=config(asked)
    )

    whole = answer.model_dump_json(by_alias=True, exclude_none=True, exclude={"sdk_http_response"})
    sample = read(Reply(200, {}, whole.encode(), 0.1), asked)
    assert sample.text == answer.text == "One two"
    assert answer.candidates is not None
    assert answer.candidates[0].finish_reason == sample.raw_finish_reason == "MAX_TOKENS"
    assert answer.usage_metadata is not None
    assert answer.usage_metadata.candidates_token_count == sample.usage.output_tokens == 2
    assert sample.first_token is not None
    assert len(server.requests) > 0

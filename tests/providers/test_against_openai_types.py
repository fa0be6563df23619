"""Every body that is built for OpenAI fits OpenAI's own types, as do the answers of these tests.

The types are those of its SDK, which are generated from its OpenAPI file. They hold no ranges, so
the ranges stand here: from openai/openai-openapi f85dbe2 (2026-08-21), CreateChatCompletionRequest
and CreateResponse.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.chat.completion_create_params import CompletionCreateParamsBase
from openai.types.responses import Response, ResponseStreamEvent
from openai.types.responses.response_create_params import ResponseCreateParamsBase
from pydantic import TypeAdapter, ValidationError

from lib.domain.configuration import OPENAI, OPENAI_RESPONSES
from lib.domain.errors import InputError
from lib.domain.message import ROLES, Message
from lib.domain.settings import SETTING_NAMES
from lib.domain.vocabulary import Slot
from lib.providers.registry import dialect
from tests.faulty.answers import completion
from tests.faulty.answers import events as chunks
from tests.providers.making import answer, slot
from tests.providers.openai_responses.answers import events
from tests.providers.openai_responses.test_against_sdk import FIXTURES

TYPES: dict[str, TypeAdapter[Any]] = {
    "openai": TypeAdapter(CompletionCreateParamsBase),
    "openai-responses": TypeAdapter(ResponseCreateParamsBase),
}
STREAM = {"stream": bool}  # it stands in the two types that these are the base of
RANGES: dict[str, tuple[float, float]] = {
    "temperature": (0, 2),
    "top_p": (0, 1),
    "top_logprobs": (0, 20),
    "presence_penalty": (-2, 2),
    "frequency_penalty": (-2, 2),
    "seed": (-(2**63), 2**63 - 1),
    "max_output_tokens": (16, float("inf")),
    "logit_bias": (-100, 100),
}
LENGTHS = {"messages": (1, 10**6), "stop": (1, 4)}

SETTINGS = st.fixed_dictionaries(
    {},
    optional={
        "temperature": st.floats(0, 2) | st.integers(0, 2),
        "top_p": st.floats(0, 1),
        "top_k": st.integers(1, 100),
        "min_p": st.floats(0, 1),
        "max_tokens": st.integers(1, 64) | st.integers(1, 10**6),
        "stop": st.lists(st.text(min_size=1), min_size=1, max_size=5).map(tuple),
        "seed": st.integers(0, 2**32 - 2),
        "presence_penalty": st.floats(-2, 2),
        "frequency_penalty": st.floats(-2, 2),
        "logit_bias": st.dictionaries(
            st.integers(0, 10**5).map(str), st.integers(-100, 100) | st.floats(-100, 100)
        ),
        "logprobs": st.integers(0, 25),
        "reasoning_effort": st.sampled_from(
            ["none", "minimal", "low", "medium", "high", "xhigh", "max"]
        ),
        "thinking": st.just({"type": "enabled"}),
        "verbosity": st.sampled_from(["low", "medium", "high"]),
        "service_tier": st.sampled_from(["auto", "default", "flex", "scale", "priority", "fast"]),
        "stream": st.booleans(),
    },
)
TURNS = st.lists(
    st.builds(Message, st.sampled_from(ROLES), st.text(st.characters(codec="utf-8"), max_size=5)),
    min_size=1,
    max_size=4,
)
LACKED = {
    "openai": {"top_k", "min_p", "thinking"},
    "openai-responses": {
        *("top_k", "min_p", "thinking", "stop", "seed", "logit_bias"),
        *("presence_penalty", "frequency_penalty"),
    },
}


def exhausted(value: Any) -> Any:
    """The same, with what pydantic checks only when it is asked for."""
    if isinstance(value, dict):
        return {name: exhausted(each) for name, each in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [exhausted(each) for each in value]
    return value


def faults(name: str, body: dict[str, Any]) -> list[str]:
    """What in a body doesn't fit the vendor's types and ranges; a field it has not, too."""
    rest = {field: value for field, value in body.items() if field not in STREAM}
    try:
        known = exhausted(TYPES[name].validate_python(rest, strict=True))
    except ValidationError as error:
        return [str(error)]
    found = [] if known == rest else [f"unknown fields: {rest} is not {known}"]
    for field, (low, high) in RANGES.items():
        value = body.get(field)
        numbers = value.values() if isinstance(value, dict) else () if value is None else [value]
        found += [f"{field} = {each}" for each in numbers if not low <= each <= high]
    for field, (few, many) in LENGTHS.items():
        if field in body and not few <= len(body[field]) <= many:
            found.append(f"{field} has {len(body[field])}")
    return found


def built(asked: Slot) -> dict[str, Any] | None:
    try:
        body = dialect(asked.configuration.endpoint).build(asked).body
    except InputError:
        return None
    return dict(json.loads(body))


@pytest.mark.parametrize("endpoint", [OPENAI, OPENAI_RESPONSES], ids=lambda each: each.name)
@given(settings=SETTINGS, turns=TURNS)
def test_whatever_is_sent_fits_the_types_of_openai(
    endpoint: Any, settings: dict[str, Any], turns: list[Message]
) -> None:
    taken = {n: v for n, v in settings.items() if n not in LACKED[endpoint.name]}
    for chosen in (settings, taken):
        body = built(slot(*turns, endpoint=endpoint, **chosen))
        assert body is None or faults(endpoint.name, body) == []


@pytest.mark.parametrize("endpoint", [OPENAI, OPENAI_RESPONSES], ids=lambda each: each.name)
def test_all_that_openai_has_a_field_for_can_be_sent(endpoint: Any) -> None:
    everything: dict[str, Any] = {
        "temperature": 0.5,
        "top_p": 0.5,
        "top_k": 5,
        "min_p": 0.5,
        "max_tokens": 16,
        "stop": ("a", "b", "c", "d"),
        "seed": 2**32 - 2,
        "presence_penalty": -2,
        "frequency_penalty": 2,
        "logit_bias": {"7": -100.0},
        "logprobs": 20,
        "reasoning_effort": "none",
        "thinking": {"type": "enabled"},
        "verbosity": "low",
        "service_tier": "flex",
        "stream": True,
    }
    assert everything.keys() == set(SETTING_NAMES) - {"extra"}
    taken = {n: v for n, v in everything.items() if n not in LACKED[endpoint.name]}

    body = built(slot(endpoint=endpoint, **taken))

    assert body is not None
    assert faults(endpoint.name, body) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"temperature": 3},
        {"temperature": "hot"},
        {"reasoning_effort": "zzz"},
        {"verbosity": "loud"},
        {"service_tier": "zzz"},
        {"top_k": 5},
        {"stop": list("abcde")},
        {"logit_bias": {"1": 0.5}},
        {"messages": []},
        {"messages": [{"role": "nobody", "content": "x"}]},
        {"messages": [{"role": "user", "content": "x", "odd": 1}]},
        {"stream_options": {"include_usage": True, "odd": 1}},
    ],
)
def test_these_types_would_find_a_fault(wrong: dict[str, Any]) -> None:
    good = built(slot(endpoint=OPENAI, temperature=1, stream=True))
    assert good is not None

    assert faults("openai", good) == []
    assert faults("openai", {**good, **wrong})


WHOLE = [
    answer(),
    completion({"model": "m", "logprobs": True, "top_logprobs": 2}, "One two", 1),
    completion({"model": "m", "max_tokens": 1}, "One two", 2),
]


@pytest.mark.parametrize("whole", WHOLE, ids=lambda each: str(each["id"]))
def test_the_chat_answers_of_these_tests_fit_too(whole: dict[str, Any]) -> None:
    assert ChatCompletion.model_validate(whole).to_dict(exclude_unset=True) == whole

    for each in chunks(whole)[:-1]:
        chunk = json.loads(each.removeprefix(b"data: "))
        assert ChatCompletionChunk.model_validate(chunk).to_dict(exclude_unset=True) == chunk


@pytest.mark.parametrize("whole", FIXTURES, ids=range(len(FIXTURES)))
def test_the_responses_of_these_tests_fit_too(whole: dict[str, Any]) -> None:
    assert Response.model_validate(whole).to_dict(exclude_unset=True) == whole

    event: TypeAdapter[Any] = TypeAdapter(ResponseStreamEvent)
    for each in events(whole):
        assert event.validate_python(each).to_dict(exclude_unset=True) == each

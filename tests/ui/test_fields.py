"""What each field means: everything that is known to come, or to be sent, is explained."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args, get_origin

import pytest
from anthropic.types import Message
from google.genai.types import GenerateContentResponse
from hypothesis import given
from hypothesis import strategies as some
from openai.types.chat import ChatCompletion
from openai.types.chat.chat_completion_message_tool_call import ChatCompletionMessageToolCallUnion
from openai.types.responses import Response
from pydantic import BaseModel

from lib.domain.configuration import DIALECTS, Dialect
from lib.providers import headers
from lib.providers.capabilities import profile, profile_names
from lib.ui.sample import fields
from lib.ui.sample.fields import UNKNOWN, Part

KINDS: dict[Dialect, type[BaseModel]] = {
    "openai": ChatCompletion,
    "openai-responses": Response,
    "anthropic": Message,
    "gemini": GenerateContentResponse,
}
NOT_ON_THE_WIRE = {"sdkHttpResponse", "automaticFunctionCallingHistory", "parsed"}
"""Which google-genai's own response adds."""


def paths(kind: type[BaseModel], dialect: Dialect, before: str = "") -> Iterator[str]:
    """The path of every field that a model of the SDK can have, as far as we take it apart."""
    for name, field in kind.model_fields.items():
        path = f"{before}{field.alias or name}"
        if path in NOT_ON_THE_WIRE:
            continue
        yield path
        if not any(each.startswith((f"{path}.", f"{path}[]")) for each in ours(dialect)):
            continue  # explained in one sentence with all that is in it
        for inner, in_list in models(field.annotation):
            yield from paths(inner, dialect, f"{path}[]." if in_list else f"{path}.")


def ours(dialect: Dialect) -> frozenset[str]:
    return fields.known("response", dialect)


def models(annotation: Any, in_list: bool = False) -> Iterator[tuple[type[BaseModel], bool]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation, in_list
        return
    for inner in get_args(annotation):
        yield from models(inner, in_list or get_origin(annotation) is list)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_field_of_the_sdks_answer_is_explained(dialect: Dialect) -> None:
    found = sorted(set(paths(KINDS[dialect], dialect)))

    assert len(found) > 20
    assert [path for path in found if fields.meaning("response", path, dialect) == UNKNOWN] == []


def test_both_kinds_of_tool_calls_are_walked_through() -> None:
    assert len(list(models(ChatCompletionMessageToolCallUnion))) == 2
    assert "choices[].message.tool_calls[].custom.input" in set(paths(ChatCompletion, "openai"))


@pytest.mark.parametrize("name", profile_names())
def test_every_field_that_the_lab_can_send_is_explained(name: str) -> None:
    kind = profile(name)
    added = (*kind.added, *kind.prefill_added, *kind.served)
    sent = {*kind.fields.values(), *(each.field for each in added)}

    assert [
        field for field in sent if fields.meaning("request", field, kind.dialect) == UNKNOWN
    ] == []


def test_every_header_that_is_kept_is_explained() -> None:
    beginnings = [f"{each}anything" for each in headers._KEPT_BEGINNINGS]

    for name in (*headers._KEPT, *beginnings, "location"):
        assert fields.meaning("headers", name) != UNKNOWN


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("part", ["request", "response", "headers", "read"])
def test_explanations_are_sentences(part: Part, dialect: Dialect) -> None:
    for name in fields.known(part, dialect):
        said = fields.meaning(part, name, dialect)
        assert said[0].isupper() or said.startswith(("null", "vLLM", "llama.cpp")), name
        assert said.endswith("."), name


def test_an_answer_is_taken_apart_as_far_as_it_is_known() -> None:
    answer = {
        "brand_new": {"deep": {"er": 1}},
        "usage": {"prompt_tokens": 3, "prompt_tokens_details": None, "mystery": [1, 2]},
        "choices": [{"index": 0, "logprobs": None, "message": {"content": "", "tool_calls": []}}],
        "created": 0,
        "id": "x",
    }

    found = fields.of_response(answer)

    assert [(each.name, each.value) for each in found] == [
        ("id", "x"),
        ("created", "0 (1970-01-01 00:00:00 UTC)"),
        ("choices[0].index", "0"),
        ("choices[0].logprobs", "null"),
        ("choices[0].message.content", "(empty)"),
        ("choices[0].message.tool_calls", "[]"),
        ("usage.prompt_tokens", "3"),
        ("usage.prompt_tokens_details", "null"),
        ("usage.mystery", "[1, 2]"),
        ("brand_new", '{"deep": {"er": 1}}'),
    ]
    assert [each.name for each in found if each.means == UNKNOWN] == ["usage.mystery", "brand_new"]


def test_an_answer_with_more_fields_than_a_table_takes_says_so() -> None:
    found = fields.of_response({f"field{number}": number for number in range(1000)})

    assert len(found) == fields.MOST_ROWS + 1
    assert found[-1].means == "More fields than a table takes: the tree has them."


json_values = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(),
    lambda inner: some.lists(inner) | some.dictionaries(some.text(), inner),
    max_leaves=20,
)
known = some.sampled_from(["choices", "usage", "created", "id", "error", "timings", "message"])


@given(some.dictionaries(known | some.text(), json_values))
def test_whatever_comes_is_shown(answer: dict[str, Any]) -> None:
    found = fields.of_response(answer)

    assert {each.name.split(".")[0].split("[")[0] for each in found} >= {
        name.split(".")[0].split("[")[0] for name in answer
    }
    for each in found:
        each.value.encode()
        assert each.means

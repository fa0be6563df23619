"""Refusals in OpenAI's own words, as they were reported in public; and no vendor's is shown."""

from __future__ import annotations

from typing import Any

import pytest

from lib.domain.configuration import ANTHROPIC, GEMINI, OPENAI, OPENAI_RESPONSES
from lib.domain.errors import Refused
from tests.providers.making import MINE, slot
from tests.providers.vendor_words import anthropic, gemini, openai, refused


@pytest.mark.parametrize(
    ("settings", "body", "field", "says"),
    [
        (
            {"temperature": 0.5},
            openai(
                "Unsupported parameter: 'temperature' is not supported with this model.",
                param="temperature",
                code=None,
            ),
            "temperature",
            "some-model at openai doesn't take temperature = 0.5. Leave temperature empty.",
        ),
        (
            {"temperature": 0.5},
            openai(
                "Unsupported value: 'temperature' does not support 0.5 with this model. "
                "Only the default (1) value is supported.",
                param="temperature",
                code="unsupported_value",
            ),
            "temperature",
            "some-model at openai doesn't take temperature = 0.5. "
            "Change temperature, or leave it empty.",
        ),
        (
            {"stop": ("x",)},
            openai(
                "Unsupported parameter: 'stop' is not supported with this model.",
                param="stop",
                code="unsupported_parameter",
            ),
            "stop",
            "some-model at openai doesn't take stop. Leave stop empty.",
        ),
        (
            {"logprobs": 5},
            openai("Unsupported parameter: 'logprobs' is not supported with this model."),
            "top_logprobs",
            "some-model at openai doesn't take logprobs = 5. Leave logprobs empty.",
        ),
        (
            {"reasoning_effort": "none"},
            openai(
                "Unsupported value: 'reasoning_effort' does not support 'none' with this model. "
                "Supported values are: 'low', 'medium', 'high', 'xhigh', and 'max'.",
                param="reasoning_effort",
                code="unsupported_value",
            ),
            "reasoning_effort",
            "some-model at openai doesn't take reasoning_effort = none. "
            "Change reasoning_effort, or leave it empty.",
        ),
    ],
)
def test_openai_names_the_field_apart_from_the_code(
    settings: dict[str, Any], body: object, field: str, says: str
) -> None:
    found = refused(slot(endpoint=OPENAI, **settings), body)

    assert isinstance(found, Refused)
    assert (found.code, found.setting, str(found)) == ("refused_setting", field, says)


def test_responses_names_it_with_the_object_that_it_stands_in() -> None:
    asked = slot(endpoint=OPENAI_RESPONSES, reasoning_effort="none", verbosity="low")

    effort = refused(asked, openai("Unsupported value", param="reasoning.effort"))
    verbosity = refused(asked, openai("Unsupported value", param="text.verbosity"))

    assert effort.says.endswith("doesn't take reasoning_effort = none.")
    assert verbosity.says.endswith("doesn't take verbosity = low.")


@pytest.mark.parametrize("endpoint", [OPENAI, OPENAI_RESPONSES, ANTHROPIC, GEMINI, MINE])
@pytest.mark.parametrize(
    "message",
    [
        "cannot both be specified",
        "`sk-canary0123456789abcdef` must be unset when thinking is enabled",
        "`sk-canary0123456789abcdef` and `canary` cannot both be specified",
        "it has a canary value of 5 but the supported range is from 1 (inclusive) to 2 (exclusive)",
        "temperature.canary_0123456789: no",
        "canary: no",
        "`temperature.canary_0123456789`: no",
        "has a topK value of <b>canary but the supported range is from 1 (inclusive) to x",
    ],
)
def test_the_endpoints_words_are_never_shown(endpoint: Any, message: str) -> None:
    asked = slot(endpoint=endpoint, temperature=0.5, extra={"dry": 1})

    for body in (openai(message), anthropic(message), gemini(message)):
        found = refused(asked, body)

        assert "canary" not in f"{found!r} {found} {vars(found)}"

"""A setting that the response says was not used as it was sent."""

from __future__ import annotations

from typing import Any

import pytest

from tests.providers.openai_responses.answers import response
from tests.providers.openai_responses.making import read, slot

GOOD = response({}, "Apple")


def test_settings_that_were_not_used_as_sent_are_flagged() -> None:
    used = {
        "temperature": 1.0,
        "top_p": 0.98,
        "max_output_tokens": 4096,
        "reasoning": {"effort": "medium"},
        "text": {"verbosity": "medium"},
        "service_tier": "default",
    }
    asked = slot(
        temperature=0.5,
        top_p=0.9,
        max_tokens=100,
        reasoning_effort="none",
        verbosity="low",
        service_tier="flex",
    )

    assert read({**GOOD, **used}, asked).flags == (
        "temperature = 0.5 was sent, but the answer says that 1.0 was used.",
        "top_p = 0.9 was sent, but the answer says that 0.98 was used.",
        "max_tokens = 100 was sent, but the answer says that 4096 was used.",
        "reasoning_effort = none was sent, but the answer says that medium was used.",
        "verbosity = low was sent, but the answer says that medium was used.",
        "service_tier = flex was sent, but the answer says that default was used.",
    )


@pytest.mark.parametrize(
    ("sent", "used"),
    [
        ({"temperature": 1}, {"temperature": 1.0}),
        ({"temperature": 0.7}, {"temperature": 0.699999988079071}),
        ({"temperature": 0.7}, {"temperature": None}),
        ({"temperature": 0.7}, {"temperature": True}),
        ({"temperature": 0.7}, {"temperature": 10**400}),
        ({"verbosity": "low"}, {"text": "low"}),
        ({"service_tier": "fast"}, {"service_tier": "priority"}),
        ({"service_tier": "auto"}, {"service_tier": "default"}),
        ({}, {"temperature": 0.3}),
    ],
)
def test_what_is_the_same_or_not_told_is_not_flagged(
    sent: dict[str, Any], used: dict[str, Any]
) -> None:
    assert read({**GOOD, **used}, slot(**sent)).flags == ()

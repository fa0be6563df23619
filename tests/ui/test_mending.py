"""One-click edits: each mends what it says it mends, and names follow."""

from __future__ import annotations

from typing import Any

import pytest

from lib.domain.experiment_file import parse
from lib.engine.starting import requests
from lib.ui.compare.mending import fixes, without


def document(*columns: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "name": "Asking",
        "messages": [{"role": "user", "content": "Hi"}],
        "configurations": list(columns),
        **more,
    }


def column(name: str, endpoint: str, model: str, **settings: Any) -> dict[str, Any]:
    return {"name": name, "endpoint": endpoint, "model": model, **settings}


def labels(whole: dict[str, Any]) -> list[str]:
    return [each.label for each in fixes(whole, parse(whole))]


HAIKU = ("anthropic", "claude-haiku-4-5")


@pytest.mark.parametrize(
    ("whole", "expected"),
    [
        (document(column("T = 0", "openai", "gpt-4o", temperature=0)), []),
        (
            document(column("T = 0", "openai", "gpt-5", temperature=0)),
            ["Leave temperature empty in 'T = 0'"],
        ),
        (
            document(column("T = 0", "openai", "gpt-6-sol", temperature=0)),
            [
                "Set reasoning_effort to none in 'T = 0'",
                "Leave temperature empty in 'T = 0'",
            ],
        ),
        (
            document(column("a", *HAIKU, temperature=0.5, top_p=0.5)),
            ["Leave temperature empty in 'a'", "Leave top_p empty in 'a'"],
        ),
        (
            document(column("T = 1.3", *HAIKU, temperature=1.3)),
            ["Set temperature to 1 in 'T = 1.3'", "Leave temperature empty in 'T = 1.3'"],
        ),
        (
            document(column("a", *HAIKU, logprobs=5)),
            ["Leave logprobs empty in 'a'"],
        ),
        (
            document(column("a", "openai", "gpt-5", reasoning_effort="max")),
            ["Leave reasoning_effort empty in 'a'"],
        ),
        (
            document(column("a", "anthropic", "claude-opus-5"), prefill="It is"),
            ["Take the prefill out in 'a'"],
        ),
    ],
)
def test_an_edit_is_offered_where_it_helps(whole: dict[str, Any], expected: list[str]) -> None:
    assert labels(whole) == expected
    for fix in fixes(whole, parse(whole)):
        requests(parse(fix.document))  # nothing is refused any more


def test_a_trailing_assistant_message_of_its_own_is_a_prefill() -> None:
    own = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "It"}]
    whole = document(column("a", "anthropic", "claude-opus-5", messages=own))
    (fix,) = fixes(whole, parse(whole))

    assert fix.document["configurations"][0]["messages"] == own[:1]


def test_the_same_edit_of_several_is_one_button_and_their_names_follow() -> None:
    whole = document(
        column("T = 0", "openai", "gpt-5", temperature=0),
        column("T = 0.7", "openai", "gpt-5", temperature=0.7),
        name="Temperature: 0, 0.7",
    )
    (fix,) = fixes(whole, parse(whole))

    assert fix.label == "Leave temperature empty in all 2 configurations"
    names = [each["name"] for each in fix.document["configurations"]]
    assert names == ["T = default", "T = default (2)"]
    assert fix.document["name"] == "Temperature: default"


@pytest.mark.parametrize(
    "name",
    ["[x](http://evil.example)", "*x*", "_x_", "$x$", ":red[x]", "`x`", "www.evil.example", "<b>"],
)
def test_a_name_that_could_be_markdown_is_told_by_its_number(name: str) -> None:
    whole = document(column(name, "openai", "gpt-5", temperature=0))

    assert labels(whole) == ["Leave temperature empty in configuration 1"]


def test_a_refused_setting_is_taken_out_of_the_configurations_that_were_refused() -> None:
    whole = document(*(column(name, "openai", "m", top_p=0.5) for name in "abc"), prefill="It")

    left = without(whole, "top_p", [1, 3])["configurations"]
    assert ["top_p" in each for each in left] == [False, True, False]
    left = without(whole, "prefill", [2])["configurations"]
    assert [each.get("prefill") for each in left] == [None, "", None]

"""What stands against a run: every reason a sentence, in the words that are on the screen."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from lib.ui.compare.readiness import judged, plainly

ONE: dict[str, Any] = {
    "repeats": 2,
    "messages": [{"role": "user", "content": "Hi"}],
    "configurations": [{"name": "T = 0", "endpoint": "local", "model": "m", "temperature": 0}],
}


def problems(document: dict[str, Any], **more: Any) -> list[str]:
    asked = {"at_once": 8, "budget": None, "keyless": lambda _: [], **more}
    return list(judged(document, **asked).problems)


def test_what_can_be_run_has_an_experiment_and_no_problem() -> None:
    ready = judged(ONE, at_once=8, budget=None, keyless=lambda _: [])

    assert ready.experiment is not None
    assert (ready.problems, ready.notes) == ((), ())


def test_without_any_configuration_nothing_is_run_although_a_file_could_leave_them_out() -> None:
    ready = judged({**ONE, "configurations": []}, at_once=8, budget=None, keyless=lambda _: [])

    assert ready.experiment is None
    assert ready.problems == ("No configuration is left. Add one, or press Undo.",)


@pytest.mark.parametrize(
    ("document", "more", "says"),
    [
        ({"repeats": 0}, {}, "Calls for each is 0, but must be between 1 and 100,000."),
        ({}, {"at_once": 1000}, "At once is 1,000, but must be between 1 and 500."),
        ({}, {"at_once": None}, "At once is empty, but must be between 1 and 500."),
        ({}, {"budget": 0}, "Budget in calls is 0, but must be 1 or more, or empty."),
        ({}, {"budget_usd": Decimal(-1)}, "Budget in USD is -1, but must be 0 or more, or empty."),
        ({}, {"keyless": lambda _: ["openai"]}, "openai has no key: type one under Endpoints."),
        (
            {"configurations": [{**ONE["configurations"][0], "temperature": 3.0}]},
            {},
            "T = 0: temperature is 3.0, but must be between 0 and 2.",
        ),
        (
            {"configurations": [{"name": "", "top_p": 2.0}]},
            {},
            "Configuration 1: top_p is 2.0, but must be between 0 and 1.",
        ),
        (
            {"checks": [{"name": "short", "max_words": "x"}]},
            {},
            "Check short: max_words is 'x', but must be a whole number.",
        ),
        (
            {"messages": [{"role": "system", "content": "{{x}}"}, *ONE["messages"]]},
            {},
            "The system message: {{x}} has no value. Add it under variables.",
        ),
        (
            {"messages": [*ONE["messages"], {"role": "system", "content": "late"}]},
            {},
            "System, turn 2: a system message comes before all other turns.",
        ),
    ],
)
def test_each_reason_is_a_sentence_in_the_words_of_the_page(
    document: dict[str, Any], more: dict[str, Any], says: str
) -> None:
    assert problems({**ONE, **document}, **more) == [says]


def test_an_empty_user_message_is_run_with_a_note() -> None:
    empty = {**ONE, "messages": [{"role": "user", "content": "  "}]}
    ready = judged(empty, at_once=8, budget=None, keyless=lambda _: [])

    assert ready.experiment is not None
    assert ready.notes == ("The user message is empty, so the model is asked for anything at all.",)


def test_what_names_no_place_stays_as_it_is() -> None:
    assert plainly("The document is nested too deeply.", ONE) == (
        "The document is nested too deeply."
    )

"""More answers from a place where answers part: what is asked, and where that can't be."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lib.domain.configuration import ANTHROPIC, LOCAL, OPENAI, Configuration, Endpoint
from lib.domain.experiment import Experiment
from lib.domain.message import Message
from lib.domain.settings import Settings
from lib.results.from_here import asking, same, why_not

SERVER = Endpoint(name="mine", base_url="http://127.0.0.1:9/v1", profile="vllm")


def fruit(**more: object) -> Experiment:
    given: dict[str, object] = {
        "name": "Fruit",
        "messages": (Message("user", "Name a {{what}}."),),
        "prefill": "I like",
        "variables": {"what": "fruit"},
        "configurations": (
            Configuration(name="A", endpoint=SERVER, settings=Settings(max_tokens=9)),
            Configuration(name="B", endpoint=SERVER, settings=Settings(temperature=0.5)),
        ),
        "repeats": 4,
    }
    return Experiment(**{**given, **more})  # type: ignore[arg-type]


def test_the_same_is_asked_with_the_beginning_behind_the_prefill() -> None:
    found = asking(fruit(), 1, " red", steps=2, repeats=20)

    (configuration,) = found.configurations
    assert found.conversation(configuration) == (
        Message("user", "Name a fruit."),
        Message("assistant", "I like red"),
    )
    assert configuration.endpoint == SERVER
    assert found.repeats == 20
    assert found.name == "Fruit, from “red” on"


def test_a_limit_on_tokens_is_lower_by_those_that_are_there() -> None:
    assert asking(fruit(), 1, " red", steps=2, repeats=1).configurations[0].settings == Settings(
        max_tokens=7
    )
    assert asking(fruit(), 1, " red", steps=None, repeats=1).configurations[0].settings == Settings(
        max_tokens=9
    )
    assert asking(fruit(), 2, " red", steps=2, repeats=1).configurations[0].settings == Settings(
        temperature=0.5
    )


def test_messages_of_a_configurations_own_are_those_that_are_sent() -> None:
    own = Configuration(name="A", endpoint=SERVER, messages=(Message("user", "Say hi."),))
    found = asking(fruit(configurations=(own,)), 1, "Hi", steps=1, repeats=1)

    assert [m.content for m in found.conversation(found.configurations[0])] == ["Say hi.", "Hi"]


def test_braces_that_a_model_wrote_are_no_variable() -> None:
    found = asking(fruit(), 1, " {{x}}", steps=1, repeats=1)

    assert found.conversation(found.configurations[0])[-1].content == "I like {{x}}"


def test_runs_from_one_place_are_known_again_however_many_they_are() -> None:
    one = asking(fruit(), 1, " red", steps=2, repeats=20)

    assert same(one, asking(fruit(), 1, " red", steps=2, repeats=50))
    assert not same(one, asking(fruit(), 1, " blue", steps=2, repeats=20))
    assert not same(one, asking(fruit(), 2, " red", steps=2, repeats=20))
    assert not same(one, fruit())


@pytest.mark.parametrize(
    ("endpoint", "model", "reason"),
    [
        (LOCAL, "smollm2-135m-instruct", None),
        (SERVER, "m", None),
        (Endpoint(name="mine", base_url="http://127.0.0.1:9/v1"), "m", None),  # not known: try
        (OPENAI, "gpt-4o", "openai answers a prefill as a turn of its own"),
        (ANTHROPIC, "claude-opus-4-6", "claude-opus-4-6 at anthropic refuses a prefill."),
    ],
)
def test_it_needs_an_endpoint_that_goes_on_from_a_prefill(
    endpoint: Endpoint, model: str, reason: str | None
) -> None:
    told = why_not(Configuration(name="A", endpoint=endpoint, model=model), " red", steps=1)

    assert (told is None) == (reason is None)
    assert (told or "").startswith(reason or "")


def test_it_needs_whole_characters_and_room_for_a_token() -> None:
    column = fruit().configurations[0]
    unlimited = replace(column, settings=Settings())

    assert "within a character" in (why_not(column, " \ufffd", steps=1) or "")
    assert "max_tokens is 9" in (why_not(column, " red", steps=9) or "")
    assert why_not(column, " red", steps=8) is None
    assert why_not(unlimited, " red", steps=900) is None
    assert why_not(column, " red", steps=None) is None

"""Experiments: what can't be asked is refused whole, and identity is what is asked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lib.domain.configuration import OPENAI, Configuration, Endpoint
from lib.domain.errors import InputError
from lib.domain.experiment import Experiment, identity
from lib.domain.message import Message
from lib.domain.settings import Settings

USER = Message("user", "Name a fruit.")


def experiment(*configurations: Configuration, **changes: object) -> Experiment:
    whole: dict[str, object] = {
        "messages": (USER,),
        "configurations": configurations or (Configuration(name="A"),),
        "repeats": 2,
    }
    return Experiment(**{**whole, **changes})  # type: ignore[arg-type]


def problems(**changes: object) -> list[str]:
    with pytest.raises(InputError) as error:
        experiment(**changes)
    return str(error.value).splitlines()


@pytest.mark.parametrize("repeats", [0, -1, 10**9])
def test_repeats_have_to_be_possible(repeats: int) -> None:
    assert problems(repeats=repeats) == [
        f"repeats is {repeats}, but must be between 1 and 100,000."
    ]


def test_a_run_of_too_many_calls_is_refused() -> None:
    columns = tuple(Configuration(name=str(number)) for number in range(3))

    assert problems(configurations=columns, repeats=100_000) == [
        "These are 300,000 calls, but one run takes at most 200,000."
    ]


def test_no_configuration_is_refused() -> None:
    assert problems(configurations=()) == [
        "There are 0 configurations, but must be between 1 and 200."
    ]


def test_two_columns_of_the_same_name_are_refused() -> None:
    assert problems(configurations=(Configuration(name="A"), Configuration(name="A"))) == [
        "2 configurations are named 'A': give each a name of its own."
    ]


def test_no_message_is_refused() -> None:
    assert problems(messages=()) == [
        "messages: there is none. Add at least one, such as a user message."
    ]


def test_an_empty_message_is_a_message() -> None:
    assert experiment(messages=(Message("user", ""),)).messages == (Message("user", ""),)


def test_a_trailing_assistant_message_and_a_prefill_are_one_too_many() -> None:
    assert problems(messages=(USER, Message("assistant", "A")), prefill="B") == [
        "messages: the last one is an assistant message, which is a prefill, "
        "and there is a prefill as well. Keep one of the two."
    ]


def test_a_system_message_comes_first() -> None:
    assert problems(messages=(USER, Message("system", "Be brief."))) == [
        "messages[1]: a system message comes before all other turns."
    ]


def test_five_megabytes_of_message_are_refused() -> None:
    assert problems(messages=(Message("user", "x" * 5_000_000),)) == [
        "messages: 5,000,000 characters, but at most 2,000,000 are taken."
    ]


def test_a_small_template_that_fills_up_to_gigabytes_is_refused_unfilled() -> None:
    bomb = Message("user", "{{x}}" * 10_000)

    assert problems(messages=(bomb,), variables={"x": "y" * 1_000_000}) == [
        "messages: 10,000,000,000 characters, but at most 2,000,000 are taken."
    ]


def test_a_variable_without_a_value_is_told_by_name() -> None:
    assert problems(messages=(Message("user", "Name a {{thing}}."),)) == [
        "messages[0]: {{thing}} has no value. Add it under variables."
    ]


def test_variables_are_filled_once_and_a_backslash_keeps_them() -> None:
    asked = experiment(
        messages=(Message("user", r"{{a}} {{ b }} \{{a}} \{{"),),
        variables={"a": "{{b}}", "b": "2"},
    )

    (message,) = asked.conversation(asked.configurations[0])

    assert message.content == "{{b}} 2 {{a}} {{"


def test_a_prefill_is_the_last_message() -> None:
    asked = experiment(prefill="It is")

    assert asked.conversation(asked.configurations[0]) == (USER, Message("assistant", "It is"))


def test_a_configurations_messages_replace_the_prefill_too() -> None:
    own = Configuration(name="own", messages=(Message("user", "Hi"),))
    none = Configuration(name="none", prefill="")
    other = Configuration(name="other", prefill="They are")
    asked = experiment(own, none, other, prefill="It is")

    assert [asked.conversation(column)[-1].content for column in asked.configurations] == [
        "Hi",
        USER.content,
        "They are",
    ]


def test_identity_is_what_is_asked_and_not_how_it_is_called() -> None:
    one = experiment(Configuration(name="A", settings=Settings(temperature=0)))
    same = replace(
        one,
        name="Other",
        repeats=99,
        configurations=(Configuration(name="B", settings=Settings(temperature=0.0, stream=True)),),
    )
    other = experiment(Configuration(name="A", settings=Settings(temperature=0.1)))

    assert identity(one, local_model_sha256="m", base_urls={}) == identity(
        same, local_model_sha256="m", base_urls={}
    )
    assert identity(one, local_model_sha256="m", base_urls={}) != identity(
        other, local_model_sha256="m", base_urls={}
    )
    assert identity(one, local_model_sha256="m", base_urls={}) != identity(
        one, local_model_sha256="n", base_urls={}
    )


def test_a_prefill_is_the_same_as_a_trailing_assistant_message() -> None:
    prefilled = experiment(prefill="It is")
    trailing = experiment(messages=(USER, Message("assistant", "It is")))

    assert identity(prefilled, local_model_sha256=None, base_urls={}) == identity(
        trailing, local_model_sha256=None, base_urls={}
    )


def test_the_order_of_configurations_is_part_of_identity() -> None:
    a = Configuration(name="A", settings=Settings(temperature=0))
    b = Configuration(name="B", settings=Settings(temperature=1))

    assert identity(experiment(a, b), local_model_sha256=None, base_urls={}) != identity(
        experiment(b, a), local_model_sha256=None, base_urls={}
    )


def test_identity_takes_numbers_that_canonical_json_does_not() -> None:
    settings = Settings(extra={"big": 2**70, "deep": [{"x": 1.5}]})
    elsewhere = Endpoint(name="m", base_url="http://127.0.0.1:1/v1")
    asked = experiment(Configuration(name="A", endpoint=elsewhere, model="m", settings=settings))

    assert len(at(asked, "http://127.0.0.1:1/v1")) == 64


def at(asked: Experiment, url: str) -> str:
    (column,) = asked.configurations
    return identity(asked, local_model_sha256=None, base_urls={column.endpoint: url})


def test_where_an_endpoint_is_and_what_kind_of_server_are_part_of_identity() -> None:
    asked = experiment(Configuration(name="A", endpoint=OPENAI, model="m"))
    mine = Endpoint(name="mine", base_url="http://127.0.0.1:1/v1")
    plain = experiment(Configuration(name="A", endpoint=mine, model="m"))
    profiled = experiment(
        Configuration(name="A", endpoint=replace(mine, profile="vllm"), model="m")
    )

    assert at(asked, "https://one.example/v1") == at(asked, "https://one.example/v1")
    assert at(asked, "https://one.example/v1") != at(asked, "https://two.example/v1")
    assert at(plain, "http://127.0.0.1:1/v1") != at(profiled, "http://127.0.0.1:1/v1")

"""What was asked, in words: how often, of which model, with what in common."""

from __future__ import annotations

from datetime import UTC, datetime

from lib.domain.configuration import OPENAI, Configuration, Endpoint
from lib.domain.experiment import Experiment
from lib.domain.message import Message
from lib.domain.settings import Settings
from lib.ui.compare import asked
from lib.ui.sample import conversation

HI = Message("user", "Hi {{who}}")
MINE = Endpoint(name="mine", base_url="http://127.0.0.1:9/v1")


def experiment(*configurations: Configuration, **more: object) -> Experiment:
    return Experiment(
        messages=(HI,),
        variables={"who": "there"},
        configurations=configurations,
        repeats=20,
        **more,  # type: ignore[arg-type]
    )


def local(name: str, **settings: float) -> Configuration:
    return Configuration(name=name, model="m", settings=Settings(**settings))  # type: ignore[arg-type]


def test_one_model_and_what_all_have_in_common_are_told_once() -> None:
    some = experiment(local("A", temperature=0, max_tokens=9), local("B", max_tokens=9))

    begun = datetime(2026, 11, 24, 12, 30, tzinfo=UTC)
    first, *others = asked.facts(some, begun)

    assert first.startswith("20 calls for each of 2 configurations, begun 24 Nov 2026")
    assert others == ["Model m on this machine", "All with max_tokens 9"]


def test_several_models_are_told_with_who_asks_them() -> None:
    some = experiment(
        local("A"),
        Configuration(name="B", endpoint=OPENAI, model="gpt"),
        Configuration(name="C", endpoint=MINE, model="gpt"),
        local("D"),
    )

    assert asked.facts(some, None) == [
        "20 calls for each of 4 configurations",
        "Model m on this machine: “A”, “D”",
        "Model gpt at openai: “B”",
        "Model gpt at mine (http://127.0.0.1:9/v1): “C”",
    ]


def test_one_configuration_is_spoken_of_as_one() -> None:
    assert asked.facts(experiment(local("A", temperature=1)), None) == [
        "20 calls, 1 configuration",
        "Model m on this machine",
        "With temperature 1",
    ]


def test_of_many_names_the_first_are_told_and_how_many_more() -> None:
    assert asked.named([f"{n}" for n in range(8)]) == ("“0”, “1”, “2”, “3”, “4”, “5”, and 2 more")


def test_messages_are_counted_a_prefill_apart_and_variables_filled() -> None:
    shared = experiment(local("A"), local("B"), prefill="Well,")
    own = experiment(local("A"), Configuration(name="B", model="m", messages=(HI, HI)))

    assert asked.title(shared) == "What was asked: 1 message and a prefill"
    prefilled = (Message("system", "x"), HI, Message("assistant", "Well,"))
    assert conversation.counted(prefilled) == "2 messages and a prefill"
    assert [role for role, _ in conversation.turns(prefilled)] == [
        "system",
        "user",
        "prefill: the answer goes on from it",
    ]
    assert asked.title(own) == "What was asked: 2 different conversations"
    (messages,) = asked.conversations(shared)
    assert [each.content for each in messages] == ["Hi there", "Well,"]
    assert list(asked.conversations(own).values()) == [["A"], ["B"]]

"""A chart of a setting that its model ignores says so."""

from __future__ import annotations

from typing import Any

from lib.domain.configuration import GEMINI, OPENAI, Configuration, Endpoint
from lib.domain.experiment import Experiment
from lib.domain.message import Message
from lib.domain.settings import Settings
from lib.results.effects import without_effect


def experiment(*configurations: Configuration) -> Experiment:
    return Experiment(
        name="Fruit",
        messages=(Message("user", "Name a fruit."),),
        repeats=2,
        configurations=configurations,
    )


def column(name: str, endpoint: Endpoint, model: str, **settings: Any) -> Configuration:
    return Configuration(name=name, endpoint=endpoint, model=model, settings=Settings(**settings))


def test_a_ladder_on_a_model_that_ignores_it_says_that_nothing_is_its_doing() -> None:
    (found,) = without_effect(
        experiment(
            column("cold", GEMINI, "gemini-3.8-flash", temperature=0.0),
            column("warm", GEMINI, "gemini-3.8-flash", temperature=1.0),
            column("other", OPENAI, "gpt-4o", temperature=1.0),
        )
    )

    assert (found.setting, found.configurations, found.varied) == (
        "temperature",
        ("cold", "warm"),
        True,
    )
    assert found.says == (
        "gemini-3.8-flash accepts temperature and doesn't follow it (Gemini 3.7 and 3.8, known "
        "since 2026-11-25). Differences between these configurations are not its doing."
    )


def test_the_same_value_everywhere_is_told_without_a_word_on_differences() -> None:
    (found,) = without_effect(
        experiment(
            column("A", GEMINI, "gemini-3.8-flash", temperature=0.5, seed=1),
            column("B", GEMINI, "gemini-3.8-flash", temperature=0.5, seed=2),
        )
    )

    assert not found.varied
    assert found.says.endswith("2026-11-25).")


def test_set_against_unset_is_a_comparison_too() -> None:
    (found,) = without_effect(
        experiment(
            column("A", GEMINI, "gemini-3.8-flash"),
            column("B", GEMINI, "gemini-3.8-flash", top_p=0.5),
        )
    )

    assert found.varied
    assert found.configurations == ("B",)


def test_models_that_follow_or_are_not_known_have_no_word() -> None:
    assert without_effect(experiment(column("A", OPENAI, "gpt-4o", temperature=0.5))) == ()
    assert without_effect(experiment(column("A", OPENAI, "who-knows", temperature=0.5))) == ()

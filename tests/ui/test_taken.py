"""What is shown of a setting is what the model that is asked takes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from lib.domain.configuration import ANTHROPIC, GEMINI, LOCAL, OPENAI, Configuration, Endpoint
from lib.domain.errors import InputError
from lib.domain.experiment import Experiment
from lib.domain.message import Message
from lib.domain.settings import Settings
from lib.engine.starting import requests
from lib.providers.known_models import family_of
from lib.ui.compare.columns import SETTINGS
from lib.ui.compare.taken import all_of, choices, in_use, left_out, taking, told, tooltip

ANY = Endpoint(name="any", base_url="http://127.0.0.1:9/v1")
ROUTER = Endpoint(name="router", base_url="http://127.0.0.1:9/v1", profile="openrouter")
DEEPSEEK = Endpoint(name="deep", base_url="http://127.0.0.1:9/v1", profile="deepseek")
KNOWN = {each.name: each for each in (LOCAL, OPENAI, ANTHROPIC, GEMINI, ANY, ROUTER)}
VALUES = {
    **dict.fromkeys(SETTINGS, 0.5),
    **dict.fromkeys(("max_tokens", "top_k", "seed", "logprobs"), 20),
    "stop": ("x",),
    "reasoning_effort": "high",
    "verbosity": "low",
    "service_tier": "auto",
}


def known(endpoint: Endpoint, model: str) -> str:
    family = family_of(endpoint, model)
    assert family is not None
    return f"{family.name} (known since {family.date:%Y-%m-%d})"


def refused(endpoint: Endpoint, model: str, **settings: object) -> set[str]:
    """The sentences with which a request is refused."""
    one = Configuration(
        name="a",
        endpoint=endpoint,
        model=model,
        settings=Settings(**settings),  # type: ignore[arg-type]
    )
    try:
        requests(Experiment(messages=(Message("user", "Hi"),), configurations=(one,)))
    except InputError as error:
        return set(str(error).splitlines())
    return set()


@pytest.mark.parametrize(
    ("endpoint", "model"),
    [
        (OPENAI, "gpt-5"),
        (OPENAI, "gpt-5.2"),
        (OPENAI, "gpt-6-sol"),
        (OPENAI, "gpt-4o"),
        (OPENAI, "who-knows"),
        (ANTHROPIC, "claude-opus-5"),
        (ANTHROPIC, "claude-haiku-4-5"),
        (GEMINI, "gemini-3.8-flash"),
        (GEMINI, "gemini-2.5-pro"),
        (LOCAL, "smollm2-135m-instruct"),
        (ANY, "gpt-5"),
        (ROUTER, "openai/gpt-5"),
        (DEEPSEEK, "deepseek-chat"),
    ],
)
def test_a_setting_is_closed_exactly_where_its_request_would_be_refused(
    endpoint: Endpoint, model: str
) -> None:
    closed, would_be_refused = set(), set()
    for effort in (None, "none", "high"):
        others = {} if effort is None else {"reasoning_effort": effort}
        already = refused(endpoint, model, **others)
        for setting in sorted({*SETTINGS} - {"reasoning_effort"}):
            if taking(endpoint, model).refuses(setting, others):
                closed.add((setting, effort))
            if refused(endpoint, model, **others, **{setting: VALUES[setting]}) - already:
                would_be_refused.add((setting, effort))

    assert closed == would_be_refused


def test_two_that_are_refused_together_close_each_other() -> None:
    haiku = taking(ANTHROPIC, "claude-haiku-4-5")

    assert not haiku.refuses("temperature", {})
    assert haiku.refuses("temperature", {"top_p": 0.5})
    assert haiku.refuses("top_p", {"temperature": 0.5})
    assert not haiku.never("temperature")


def test_a_column_is_left_out_where_no_model_ever_takes_it_and_nobody_sets_it() -> None:
    five = {"endpoint": "openai", "model": "gpt-5"}
    four = {"endpoint": "openai", "model": "gpt-4o"}
    usual = ("temperature", "top_p", "max_tokens")

    def of(*columns: Mapping[str, object]) -> tuple[str, ...]:
        return left_out(usual, columns, all_of(columns, KNOWN))

    assert of(five, five) == ("temperature", "top_p")
    assert of(five, four) == ()
    assert of(five, {**five, "temperature": 0.5}) == ("top_p",)
    assert of({"endpoint": "openai", "model": "gpt-6-sol"}) == ()  # with effort none it is taken
    assert of({"endpoint": "nobody", "model": "gpt-5"}) == ()
    assert of() == ()


def test_what_decides_about_others_and_what_takes_their_place_is_shown() -> None:
    for model in ("gpt-6-sol", "gpt-5"):
        columns = [{"endpoint": "openai", "model": model}]
        assert "reasoning_effort" in in_use(columns, all_of(columns, KNOWN))
    plain = [{"endpoint": "openai", "model": "gpt-4o"}]
    assert "reasoning_effort" not in in_use(plain, all_of(plain, KNOWN))


def test_the_sentences_name_the_server_and_the_family_with_its_date() -> None:
    columns = [
        {"endpoint": "anthropic", "model": "claude-opus-5"},
        {"endpoint": "openai", "model": "gpt-6-sol"},
        {"endpoint": "openai", "model": "gpt-6-sol"},
    ]

    assert told(("temperature", "top_k", "seed"), all_of(columns, KNOWN)) == [
        "Anthropic has no seed.",
        f"{known(ANTHROPIC, 'claude-opus-5')} refuses temperature (except 1) and top_k.",
        "OpenAI has no top_k.",
        f"{known(OPENAI, 'gpt-6-sol')} refuses temperature (except 1) while "
        "reasoning_effort is left empty, minimal, low, medium, high, xhigh or max.",
    ]


def test_words_that_a_model_does_not_take_are_not_offered_but_those_that_are_set() -> None:
    five = [{"endpoint": "openai", "model": "gpt-5"}]
    asked = all_of(five, KNOWN)

    assert choices("reasoning_effort", five, asked) == ["minimal", "low", "medium", "high"]
    assert "max" in choices("reasoning_effort", [{**five[0], "reasoning_effort": "max"}], asked)
    assert "none" in choices("reasoning_effort", [], [])


def test_the_help_of_a_field_tells_what_its_model_does_with_it() -> None:
    said = tooltip("temperature", taking(GEMINI, "gemini-3.8-flash"))

    assert said.endswith(
        f"{known(GEMINI, 'gemini-3.8-flash')}: Ignored: it is sent, and has no effect."
    )


def test_nothing_of_a_draft_gets_into_the_words() -> None:
    """They are read as Markdown, and an experiment may come from anybody."""
    bad = replace(OPENAI, name="[x](http://evil.example)")
    one = taking(bad, "gpt-5-[x](http://evil.example)")
    said = [*told(SETTINGS, [one]), *(tooltip(name, one) for name in SETTINGS)]

    assert "evil" not in " ".join([*said, *(one.why(name) for name in SETTINGS)])

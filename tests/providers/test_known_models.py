"""What is known of models: the data complete, each rule told where it holds and nowhere else."""

from __future__ import annotations

from datetime import date
from typing import Any, get_args

import pytest

from lib.domain.configuration import ANTHROPIC, GEMINI, LOCAL, OPENAI, Configuration, Endpoint
from lib.domain.errors import InputError
from lib.domain.message import Message
from lib.domain.settings import SETTING_NAMES, Settings
from lib.providers import known_models
from lib.providers.capabilities import profile_names
from lib.providers.known_models import Family, KnownPrefill, Stance, families, family_of, ignored
from lib.providers.registry import dialect
from tests.providers.making import slot

ROUTER = Endpoint(name="router", base_url="https://openrouter.ai/api/v1", profile="openrouter")
DEEPSEEK = Endpoint(name="d", base_url="https://api.deepseek.com/v1", profile="deepseek")


def configuration(endpoint: Endpoint, model: str, **settings: Any) -> Configuration:
    return Configuration(name="A", endpoint=endpoint, model=model, settings=Settings(**settings))


def refused(endpoint: Endpoint, model: str, *, prefilled: bool = False, **settings: Any) -> str:
    asked = configuration(endpoint, model, **settings)
    return "\n".join(known_models.refused(asked, prefilled=prefilled))


def test_nothing_is_called_ignored_where_the_vendor_says_that_it_acts() -> None:
    """Google of Gemini 3: below 1 it may loop. Of 3.6 and later it says that nothing happens."""
    for model, expected in (("gemini-3-flash-preview", ()), ("gemini-3.6-flash", ("temperature",))):
        assert ignored(configuration(GEMINI, model, temperature=0.2)) == expected


@pytest.mark.parametrize("family", families(), ids=lambda each: each.name)
def test_every_family_is_whole(family: Family) -> None:
    assert family.source
    assert family.models
    assert date(2026, 1, 1) < family.date
    assert family.prefill in {None, *get_args(KnownPrefill)}
    assert set(family.defaults) <= set(SETTING_NAMES)
    for rule in family.rules:
        assert rule.setting in SETTING_NAMES
        assert rule.stance in get_args(Stance)
        assert {name.partition(".")[0] for name in rule.where} <= set(SETTING_NAMES)
        assert not rule.fix or rule.fix.endswith(".")


def test_no_name_is_in_two_families() -> None:
    names = [(family.vendor, name) for family in families() for name in family.models]

    assert len(names) == len(set(names))


def test_the_profiles_that_the_data_speak_of_exist() -> None:
    assert {each for profiles in known_models.vendors().values() for each in profiles} <= set(
        profile_names()
    )


@pytest.mark.parametrize(
    ("endpoint", "model", "family"),
    [
        (OPENAI, "gpt-5-mini", "GPT-5"),
        (OPENAI, "gpt-5-mini-2025-08-07", "GPT-5"),
        (OPENAI, "GPT-5", "GPT-5"),
        (OPENAI, "gpt-5.6-sol", "GPT-5.5 to GPT-6"),
        (OPENAI, "gpt-5.6", "GPT-5.5 to GPT-6"),
        (OPENAI, "gpt-5-codex", "GPT-5 Codex"),
        (OPENAI, "gpt-5.1-codex-max", "GPT-5 Codex"),
        (OPENAI, "gpt-6.2-sol", "GPT-6.2 Sol"),
        (OPENAI, "gpt-5.5-pro", None),
        (GEMINI, "gemini-3.5-pro", None),
        (ANTHROPIC, "claude-sonnet-4-5-20250929", "Claude 4.5"),
        (ANTHROPIC, "claude-sonnet-4-5-latest", "Claude 4.5"),
        (GEMINI, "models/gemini-2.5-pro", "Gemini 2.5"),
        (GEMINI, "gemini-3.5-flash-lite", "Gemini 3.5 Flash-Lite and 3.6"),
        (ROUTER, "anthropic/claude-opus-4.6", "Claude 4.6"),
        (ROUTER, "openai/gpt-5:nitro", "GPT-5"),
        (OPENAI, "gpt-7", None),
        (OPENAI, "claude-opus-4-6", None),
        (ROUTER, "gpt-5", None),
        (ROUTER, "somebody/gpt-5", None),
        (LOCAL, "gpt-5", None),
        (Endpoint(name="proxy", base_url="http://127.0.0.1:9/v1"), "openai/gpt-5", None),
    ],
)
def test_a_model_is_known_by_its_name_at_its_vendor(
    endpoint: Endpoint, model: str, family: str | None
) -> None:
    found = family_of(endpoint, model)

    assert (found and found.name) == family


def test_only_the_value_that_is_taken_is_taken() -> None:
    assert refused(OPENAI, "gpt-5", temperature=1) == ""
    assert refused(OPENAI, "gpt-5") == ""
    assert refused(OPENAI, "gpt-5", temperature=0.5) == (
        "gpt-5 doesn't take temperature = 0.5 (known since 2026-11-23). "
        "Leave temperature empty, or vary reasoning_effort."
    )


def test_a_setting_can_hang_on_another() -> None:
    assert refused(OPENAI, "gpt-5.6-sol", temperature=0.5, reasoning_effort="none") == ""
    assert refused(OPENAI, "gpt-5.6-sol", temperature=0.5) == (
        "gpt-5.6-sol doesn't take temperature = 0.5 while reasoning_effort is unset "
        "(known since 2026-11-25). Set reasoning_effort to none, or leave temperature empty."
    )
    assert refused(OPENAI, "gpt-5.4", temperature=0.5) == ""
    assert "while reasoning_effort is high" in refused(
        OPENAI, "gpt-5.4", temperature=0.5, reasoning_effort="high"
    )


def test_two_settings_can_exclude_each_other() -> None:
    assert refused(ANTHROPIC, "claude-haiku-4-5", temperature=0.5) == ""
    assert refused(ANTHROPIC, "claude-haiku-4-5", top_p=0.5) == ""
    assert refused(ANTHROPIC, "claude-haiku-4-5", temperature=0.5, top_p=0.5).startswith(
        "claude-haiku-4-5 doesn't take temperature together with top_p"
    )


@pytest.mark.parametrize("model", ["claude-opus-4-6", "claude-sonnet-4-5", "claude-haiku-4-5"])
@pytest.mark.parametrize("how", ["enabled", "adaptive"])
def test_a_model_that_thinks_takes_no_temperature_but_its_own(model: str, how: str) -> None:
    thinking = {"type": how}

    assert refused(ANTHROPIC, model, temperature=1, thinking=thinking) == ""
    assert refused(ANTHROPIC, model, temperature=0.5, thinking={"type": "disabled"}) == ""
    assert refused(ANTHROPIC, model, top_k=5) == ""
    assert refused(ANTHROPIC, model, top_p=0.96, thinking=thinking) == ""
    assert refused(ANTHROPIC, model, top_k=5, thinking=thinking).startswith(
        f"{model} doesn't take top_k = 5 while thinking.type is {how}"
    )
    assert refused(ANTHROPIC, model, temperature=0.5, thinking=thinking) == (
        f"{model} doesn't take temperature = 0.5 while thinking.type is {how} "
        "(known since 2026-11-25). Leave temperature empty, "
        'or set thinking to { type = "disabled" }.'
    )


def test_both_rules_of_one_setting_are_told() -> None:
    said = refused(
        ANTHROPIC, "claude-opus-4-6", temperature=0, top_p=1, thinking={"type": "adaptive"}
    )

    assert "together with top_p" in said
    assert "while thinking.type is adaptive" in said


def test_gemini_2_5_has_no_levels_of_thinking() -> None:
    assert refused(GEMINI, "gemini-2.5-pro", thinking={"thinkingBudget": 128}) == ""
    assert refused(GEMINI, "gemini-3.5-flash", reasoning_effort="low") == ""
    assert refused(GEMINI, "gemini-2.5-pro", reasoning_effort="low") == (
        "gemini-2.5-pro doesn't take reasoning_effort = low (known since 2026-11-25). "
        "Leave it empty, or set thinking to { thinkingBudget = 1024 }."
    )


def test_a_stop_sequence_is_refused_by_those_that_a_source_names() -> None:
    for model in ("o3", "o4-mini-2025-04-16"):
        assert refused(OPENAI, model, stop=("x",)).startswith(f"{model} doesn't take stop")
    for model in ("o1", "o1-pro", "o3-mini", "o3-mini-2025-01-31"):
        assert refused(OPENAI, model, stop=("x",)) == ""
        assert "temperature = 0.5" in refused(OPENAI, model, temperature=0.5)


def test_a_word_that_is_not_taken_is_told_with_those_that_are() -> None:
    assert refused(OPENAI, "gpt-5", reasoning_effort="low") == ""
    assert "reasoning_effort = none, only minimal, low, medium, high" in refused(
        OPENAI, "gpt-5", reasoning_effort="none"
    )


def test_a_prefill_is_refused_where_the_model_has_none() -> None:
    assert refused(ANTHROPIC, "claude-haiku-4-5", prefilled=True) == ""
    assert "prefill" in refused(GEMINI, "gemini-3.6-flash", prefilled=True)
    assert refused(ANTHROPIC, "claude-opus-5", prefilled=True).startswith(
        "claude-opus-5 doesn't take a prefill"
    )


def test_what_is_doubtful_is_sent() -> None:
    assert refused(OPENAI, "gpt-5", presence_penalty=1.0) == ""


def test_what_has_no_effect_is_named() -> None:
    found = configuration(GEMINI, "gemini-3.8-flash", temperature=0.5, seed=1)
    assert ignored(found) == ("temperature",)
    assert ignored(configuration(DEEPSEEK, "deepseek-chat", temperature=0.5)) == ("temperature",)
    thinking_off = {"type": "disabled"}
    assert (
        ignored(configuration(DEEPSEEK, "deepseek-chat", temperature=0, thinking=thinking_off))
        == ()
    )
    assert ignored(configuration(OPENAI, "gpt-7", temperature=0.5)) == ()


def test_a_router_drops_what_the_model_refuses() -> None:
    asked = configuration(ROUTER, "openai/gpt-5", temperature=0.5)

    assert ignored(asked) == ("temperature",)
    assert list(known_models.refused(asked, prefilled=False)) == []


def test_nothing_is_built_that_the_model_is_known_to_refuse() -> None:
    with pytest.raises(InputError, match="gpt-5 doesn't take temperature = 0"):
        dialect(OPENAI).build(slot(endpoint=OPENAI, model="gpt-5", temperature=0))
    dialect(OPENAI).build(
        slot(Message("user", "Hi"), endpoint=OPENAI, model="gpt-4o", temperature=0)
    )

"""The capability data: complete, and each word of it one that the code knows."""

from __future__ import annotations

from typing import get_args

import pytest

from lib.domain.configuration import KNOWN_ENDPOINTS, LOCAL, OPENAI, Endpoint
from lib.domain.errors import InputError
from lib.domain.message import ROLES
from lib.domain.settings import SETTING_NAMES
from lib.providers import capabilities
from lib.providers.capabilities import (
    LogprobsDescribe,
    Prefill,
    profile,
    profile_names,
    profile_of,
    setting_of,
)


@pytest.mark.parametrize("name", profile_names())
def test_every_setting_has_a_field_or_a_sentence(name: str) -> None:
    found = profile(name)

    assert {*found.fields, *found.lacks, "extra"} == set(SETTING_NAMES)
    assert not found.fields.keys() & found.lacks.keys()
    assert all(each.endswith(".") for each in found.lacks.values())


@pytest.mark.parametrize("name", profile_names())
def test_every_word_is_a_known_one(name: str) -> None:
    found = profile(name)

    assert found.prefill in get_args(Prefill)
    assert found.logprobs in get_args(LogprobsDescribe)
    assert {*found.roles, *found.roles.values()} <= set(ROLES)
    assert found.ranges.keys() <= found.fields.keys()
    assert all(each.why for each in (*found.added, *found.prefill_added, *found.prefill_message))
    assert len({each.field for each in found.added}) == len(found.added)


def test_known_endpoints_have_their_profile_and_any_other_has_the_careful_one() -> None:
    assert [profile_of(each).name for each in KNOWN_ENDPOINTS] == [
        "embedded",
        "openai",
        "openai-responses",
        "anthropic",
        "gemini",
    ]
    assert profile_of(Endpoint(name="mine")).name == "compatible"
    assert profile_of(Endpoint(name="mine", profile="openai")).name == "openai"
    assert profile_of(Endpoint(name=OPENAI.name)).name == "openai"
    assert profile_of(Endpoint(name=OPENAI.name, base_url="http://x")).name == "compatible"


def test_an_unknown_profile_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InputError) as error:
        profile("vlm")

    assert all(name in str(error.value) for name in profile_names())


def test_a_field_leads_back_to_its_setting() -> None:
    assert setting_of("max_completion_tokens") == "max_tokens"
    assert setting_of("top_logprobs") == "logprobs"
    assert setting_of("temperature") == "temperature"
    assert setting_of("messages") is None


def test_what_the_embedded_model_reports_describes_the_distribution_before_sampling() -> None:
    found = profile_of(LOCAL)

    assert found.logprobs == "before_sampling"
    assert set(dict(enumerate(found.samplers)).values()) >= {
        name for each in found.added if each.field == "samplers" for name in _list(each.value)
    }


def _list(value: object) -> list[str]:
    assert isinstance(value, list)
    return value


def test_a_name_begins_a_sentence_with_a_capital() -> None:
    assert capabilities.capital("the embedded model") == "The embedded model"

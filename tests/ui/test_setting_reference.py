"""What the page says of a setting is what the endpoint is sent."""

from __future__ import annotations

import json

import pytest

from lib.domain.configuration import LOCAL, OPENAI, Configuration, Endpoint
from lib.domain.experiment import Experiment
from lib.domain.message import Message
from lib.domain.settings import Settings
from lib.engine.starting import requests
from lib.providers.capabilities import profile_of
from lib.ui.compare.columns import SETTINGS
from lib.ui.compare.setting_reference import (
    DOES,
    UNITS,
    headings,
    left_empty,
    limits,
    rows,
    tooltip,
)

VLLM = Endpoint(name="mine", base_url="http://127.0.0.1:9/v1", profile="vllm")
ANY = Endpoint(name="other", base_url="http://127.0.0.1:9/v1")


@pytest.mark.parametrize("setting", SETTINGS)
def test_every_setting_of_the_editor_has_its_words(setting: str) -> None:
    assert DOES[setting]
    assert UNITS[setting]
    assert limits(setting)
    for endpoint in (LOCAL, OPENAI, VLLM, ANY):
        assert tooltip(setting, endpoint).endswith(".")


def test_what_is_told_of_an_empty_setting_is_what_is_sent() -> None:
    configuration = Configuration(name="a", settings=Settings())
    experiment = Experiment(messages=(Message("user", "Hi"),), configurations=(configuration,))
    (request,) = requests(experiment)
    body = json.loads(request.body)

    for setting in ("temperature", "top_p", "top_k", "min_p"):
        told = left_empty(setting, profile_of(LOCAL))
        assert told.startswith(f"the lab sends {body[setting]}: ")


def test_a_tooltip_names_range_unit_field_and_default() -> None:
    assert tooltip("max_tokens", OPENAI) == (
        "Ends the answer after this many tokens, with finish reason length. Takes 1 to 1,000,000 "
        "(tokens). Sent to OpenAI as `max_completion_tokens`. Left empty: nothing is sent, and the "
        "provider's default holds, which it doesn't state."
    )
    assert tooltip("top_k", OPENAI).endswith("OpenAI has no top_k: leave it empty.")
    assert "0 to 20 (alternatives a position)" in tooltip("logprobs", OPENAI)
    assert "generation_config" in tooltip("temperature", VLLM)


def test_the_table_has_a_column_for_each_endpoint_that_is_asked() -> None:
    (row,) = rows(["temperature"], [LOCAL, OPENAI])

    assert headings([LOCAL, OPENAI])[-2:] == ["at local", "at openai"]
    assert row[:3] == ["temperature", "0 to 2", "a plain number"]
    assert row[4].startswith("Sent as temperature. Left empty: the lab sends 1: ")
    assert len(row) == 6

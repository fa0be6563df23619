"""Settings in words: a newcomer reads what is set, and what holds where nothing is."""

from __future__ import annotations

import pytest

from lib.domain.configuration import LOCAL, OPENAI, Endpoint
from lib.domain.settings import Settings
from lib.ui.compare import written


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("temperature", 0.7, "temperature 0.7"),
        ("temperature", 1.0, "temperature 1"),
        ("temperature", None, "temperature: provider's default"),
        ("max_tokens", 4000, "max_tokens 4,000"),
        ("stop", ("\n", ".", "||", "a b"), 'stop at "\\n", ".", "||" or "a b"'),
        ("stop", ('"',), 'stop at "\\""'),
        ("stop", None, "no stop sequence"),
        ("seed", None, "no seed"),
        ("seed", 12345, "seed 12345"),
        ("logprobs", None, "no log probabilities"),
    ],
)
def test_a_setting_says_its_value_or_what_it_means_that_it_has_none(
    name: str, value: object, words: str
) -> None:
    assert written.setting(name, value) == words


def test_what_differs_and_what_all_have_in_common_are_told_apart() -> None:
    given = [Settings(temperature=t, max_tokens=9, top_p=p) for t, p in ((0, 1), (1, None))]

    assert written.varied(given) == ["temperature", "top_p"]
    assert written.shared(given) == {"max_tokens": 9}
    assert written.settings(given[1], written.varied(given)) == [
        "temperature 1",
        "top_p: provider's default",
    ]


def test_a_name_that_a_sweep_gave_says_its_settings_already() -> None:
    given = Settings(temperature=1.0, top_p=0.5)

    assert written.named_in("temperature = 1, top_p = 0.5", given, ["temperature", "top_p"])
    assert not written.named_in("temperature = 1", given, ["temperature", "top_p"])
    assert not written.named_in("B", given, ["temperature"])


def test_what_the_lab_sends_in_place_of_an_unset_setting_is_told() -> None:
    assert written.setting("temperature", None, LOCAL) == (
        "temperature 1 (the model's own distribution, added by the lab)"
    )
    assert written.setting("top_k", None, LOCAL) == "top_k 0 (off, added by the lab)"
    assert written.setting("max_tokens", None, LOCAL) == (
        "max_tokens: until the model ends by itself, or its context is full"
    )
    assert written.setting("seed", None, LOCAL) == "no seed"


def test_what_a_provider_is_known_to_do_with_an_unset_setting_is_told() -> None:
    own = Endpoint(name="mine", base_url="http://127.0.0.1:9/v1", profile="llamacpp")
    unknown = Endpoint(name="mine", base_url="http://127.0.0.1:9/v1")

    assert written.setting("temperature", None, own) == "temperature: its own default: 0.8"
    assert written.setting("temperature", None, OPENAI) == "temperature: provider's default"
    assert written.setting("temperature", None, unknown) == "temperature: provider's default"

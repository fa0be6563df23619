"""What the page says of a prefill."""

from __future__ import annotations

from lib.domain.configuration import ANTHROPIC, LOCAL, OPENAI, Endpoint
from lib.providers.capabilities import profile, profile_names
from lib.ui.compare.prefills import told


def test_no_kind_of_prefill_is_without_words() -> None:
    for name in profile_names():
        known = Endpoint(name="x", dialect=profile(name).dialect, base_url="http://h", profile=name)
        (sentence,) = told([(known, "m")])
        assert ("may continue the prefill" in sentence) == (profile(name).prefill == "unknown")


def test_each_endpoint_that_is_asked_tells_what_becomes_of_a_prefill() -> None:
    anything = Endpoint(name="mine", base_url="http://127.0.0.1:9/v1")

    assert told((each, "m") for each in (LOCAL, OPENAI, LOCAL, anything)) == [
        "local continues the prefill.",
        "openai answers the prefill as a turn of its own, and doesn't continue it.",
        "mine may continue the prefill, or answer it as a turn of its own: the answers show which.",
    ]


def test_a_model_that_is_known_speaks_for_itself() -> None:
    models = ("claude-haiku-4-5", "claude-opus-5", "claude-of-tomorrow")

    assert told((ANTHROPIC, model) for model in models) == [
        "claude-haiku-4-5 at anthropic continues the prefill.",
        "claude-opus-5 at anthropic refuses a prefill.",
        "anthropic continues the prefill.",
    ]

"""Servers that speak OpenAI's dialect with differences: each of them is data."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lib.domain.configuration import Endpoint
from lib.domain.errors import InputError
from lib.domain.message import Message
from lib.domain.vocabulary import Added, Sample, Slot
from lib.providers.capabilities import profile, setting_of
from lib.providers.registry import dialect
from tests.faulty.answers import completion, events
from tests.providers.making import answer, choice, reply, slot

SYSTEM = Message("developer", "Be brief.")
USER = Message("user", "Count.")
PREFILL = Message("assistant", "1, 2,")
OTHERS = ("mistral", "deepseek", "openrouter", "together")


def at(kind: str, *messages: Message, **settings: Any) -> Slot:
    """A slot that asks a server of this kind."""
    there = Endpoint(name="mine", base_url="http://127.0.0.1:9/v1", profile=kind)
    return slot(*messages, endpoint=there, **settings)


def body(asked: Slot) -> Any:
    return json.loads(dialect(asked.configuration.endpoint).build(asked).body)


def added(asked: Slot) -> tuple[Added, ...]:
    return dialect(asked.configuration.endpoint).build(asked).notes.added


def refused(asked: Slot) -> list[str]:
    with pytest.raises(InputError) as error:
        body(asked)
    return str(error.value).splitlines()


def read(asked: Slot, sent: object) -> Sample:
    return dialect(asked.configuration.endpoint).read(asked, reply(sent))


def said(text: str) -> dict[str, Any]:
    return answer(choices=[choice(message={"role": "assistant", "content": text})])


@pytest.mark.parametrize("kind", ["openai", "compatible", *OTHERS])
def test_without_settings_nothing_is_added_anywhere(kind: str) -> None:
    assert body(at(kind)).keys() == {"model", "messages"}


@pytest.mark.parametrize("kind", [each for each in OTHERS if each != "openrouter"])
def test_a_role_that_a_server_does_not_know_is_sent_as_system(kind: str) -> None:
    assert body(at(kind, SYSTEM, USER))["messages"][0] == {
        "role": "system",
        "content": "Be brief.",
    }


def test_openrouter_knows_the_role_developer() -> None:
    assert body(at("openrouter", SYSTEM, USER))["messages"][0]["role"] == "developer"


def test_mistrals_seed_has_another_name() -> None:
    assert body(at("mistral", seed=7))["random_seed"] == 7
    assert "seed" not in body(at("mistral", seed=7))
    assert setting_of("random_seed") == "seed"


def test_mistrals_temperature_ends_earlier() -> None:
    assert body(at("mistral", temperature=1.5))["temperature"] == 1.5
    assert refused(at("mistral", temperature=1.6)) == [
        "temperature is 1.6, but Mistral takes 0 to 1.5."
    ]


def test_mistral_is_not_asked_for_what_it_would_refuse() -> None:
    settings: dict[str, Any] = {"top_k": 5, "logprobs": 1, "logit_bias": {"1": 1.0}}

    assert [line.split(".")[0] for line in refused(at("mistral", **settings))] == [
        "Mistral has no top_k",
        "Mistral has no logit_bias",
        "Mistral has no logprobs",
    ]
    assert body(at("mistral", stream=True)).keys() == {"model", "messages", "stream"}
    assert "stream_options" in body(at("compatible", stream=True))


@pytest.mark.parametrize("kind", ["mistral", "deepseek"])
def test_a_prefill_carries_its_mark_and_the_notes_say_why(kind: str) -> None:
    asked = at(kind, USER, PREFILL)

    assert body(asked)["messages"][-1] == {
        "role": "assistant",
        "content": "1, 2,",
        "prefix": True,
    }
    [note] = [each for each in added(asked) if each.field == "messages[1].prefix"]
    assert note.value is True
    assert note.why


@pytest.mark.parametrize("kind", ["mistral", "deepseek"])
def test_only_the_last_message_is_a_prefill(kind: str) -> None:
    asked = at(kind, USER, PREFILL, USER)

    assert "prefix" not in str(body(asked))
    assert added(asked) == ()


@pytest.mark.parametrize("kind", ["compatible", "openrouter", "together"])
def test_elsewhere_a_prefill_is_a_message_like_any_other(kind: str) -> None:
    assert body(at(kind, USER, PREFILL))["messages"][-1].keys() == {"role", "content"}


@pytest.mark.parametrize("stream", [False, True])
def test_the_prefix_that_mistral_repeats_is_cut_streamed_or_not(stream: bool) -> None:
    asked = at("mistral", USER, PREFILL, stream=stream)
    whole = completion({"model": "some-model"}, "1, 2, 3, 4", 1)

    sample = read(asked, b"".join(events(whole)) if stream else whole)

    assert (sample.text, sample.flags) == (" 3, 4", ())
    assert read(asked, said("3, 4")).flags[-1] == (
        "The answer doesn't begin with the prefill, so nothing was cut."
    )


@pytest.mark.parametrize("kind", ["deepseek", "openrouter", "together"])
def test_where_it_is_not_known_a_repeated_prefill_is_flagged(kind: str) -> None:
    sample = read(at(kind, USER, PREFILL), said("1, 2, 3"))

    assert sample.text == "1, 2, 3"
    assert sample.flags == ("The answer begins with the prefill: this server may repeat it.",)


def test_deepseeks_thinking_is_switched_in_its_own_words() -> None:
    sent = body(at("deepseek", thinking={"type": "disabled"}, temperature=1, logprobs=5))

    assert sent["thinking"] == {"type": "disabled"}
    assert (sent["logprobs"], sent["top_logprobs"]) == (True, 5)
    assert refused(at("deepseek", seed=1)) == [
        "DeepSeek has no seed. Leave seed empty: DeepSeek has no way to fix the draw."
    ]
    assert refused(at("deepseek", reasoning_effort="none")) == [
        "reasoning_effort is 'none', but DeepSeek takes minimal, low, medium, high, xhigh, max."
    ]


def test_openrouter_drops_in_silence_and_says_reasoning_for_thinking() -> None:
    sent = body(at("openrouter", thinking={"max_tokens": 100}, top_k=5, min_p=0.1))

    assert sent["reasoning"] == {"max_tokens": 100}
    assert (sent["top_k"], sent["min_p"]) == (5, 0.1)
    assert [name for name in OTHERS if profile(name).ignores_unknown] == ["openrouter"]


def test_togethers_log_probabilities_are_asked_for_by_their_number_alone() -> None:
    sent = body(at("together", logprobs=3))

    assert sent["logprobs"] == 3
    assert "top_logprobs" not in sent


def test_log_probabilities_in_togethers_old_form_are_said_to_be_unread() -> None:
    old = {"tokens": ["Apple"], "token_logprobs": [-0.25], "token_ids": [7]}
    asked = at("together", logprobs=3)

    sample = read(asked, answer(choices=[choice(logprobs=old)]))

    assert (sample.text, sample.first_token) == ("Apple", None)
    assert sample.flags == ("The log probabilities came in a form that is not read.",)


@pytest.mark.parametrize("kind", [each for each in OTHERS if each != "mistral"])
def test_more_alternatives_than_a_server_has_are_refused(kind: str) -> None:
    [line] = refused(at(kind, logprobs=21))

    assert line == f"logprobs is 21, but {profile(kind).says} takes 0 to 20."

"""From a slot to a Gemini request: path, body and notes."""

from __future__ import annotations

from typing import Any

import pytest

from lib.domain.configuration import Endpoint
from lib.domain.message import Message
from lib.domain.vocabulary import Added
from lib.providers.building import streamed
from tests.providers.gemini.asking import body, build, not_sent, slot

USER = Message("user", "Name a fruit.")
SYSTEM = Message("system", "Be brief.")


def test_a_plain_request_is_these_very_bytes() -> None:
    request = build(slot(temperature=0.5, max_tokens=8))

    assert request.path == "/models/some-gemini:generateContent"
    assert request.body == (
        b'{"contents": [{"role": "user", "parts": [{"text": "Name a fruit."}]}], '
        b'"generationConfig": {"temperature": 0.5, "maxOutputTokens": 8}}'
    )
    assert request.notes.user_set == {
        "generationConfig.temperature": 0.5,
        "generationConfig.maxOutputTokens": 8,
    }
    assert request.notes.added == ()
    assert "top_p" in request.notes.not_sent


def test_each_setting_travels_under_its_name_on_the_wire() -> None:
    settings: dict[str, Any] = {
        "temperature": 1,
        "top_p": 0.5,
        "top_k": 40,
        "max_tokens": 8,
        "stop": ("a", "b"),
        "seed": 7,
        "presence_penalty": 1,
        "frequency_penalty": -1,
        "logprobs": 5,
        "reasoning_effort": "high",
        "thinking": {"includeThoughts": True},
        "service_tier": "flex",
    }

    request = build(slot(**settings))

    assert body(slot(**settings)) == {
        "contents": [{"role": "user", "parts": [{"text": "Name a fruit."}]}],
        "generationConfig": {
            "temperature": 1,
            "topP": 0.5,
            "topK": 40,
            "maxOutputTokens": 8,
            "stopSequences": ["a", "b"],
            "seed": 7,
            "presencePenalty": 1,
            "frequencyPenalty": -1,
            "responseLogprobs": True,
            "logprobs": 5,
            "thinkingConfig": {"thinkingLevel": "HIGH", "includeThoughts": True},
        },
        "serviceTier": "flex",
    }
    assert request.notes.not_sent == ("stream",)


def test_what_gemini_has_no_field_for_is_refused_with_what_to_do() -> None:
    lines = not_sent(slot(min_p=0.1, logit_bias={"1": 2.0}, verbosity="low"))

    assert lines == [
        "Gemini has no min_p. Leave min_p empty, or use top_p.",
        "Gemini has no logit_bias. Leave logit_bias empty.",
        "Gemini has no verbosity. Leave verbosity empty, or use reasoning_effort.",
    ]


@pytest.mark.parametrize(
    ("setting", "value", "says"),
    [
        ("logprobs", 21, "logprobs is 21, but Gemini takes 0 to 20."),
        ("seed", 2**31, "seed is 2147483648, but Gemini takes 0 to 2,147,483,647."),
        ("stop", tuple("abcdef"), "stop has 6 sequences, but Gemini takes 5."),
        (
            "reasoning_effort",
            "none",
            "reasoning_effort is 'none', but Gemini takes minimal, low, medium, high, xhigh.",
        ),
    ],
)
def test_what_is_out_of_geminis_range_is_refused(setting: str, value: object, says: str) -> None:
    asked: dict[str, Any] = {setting: value}

    assert not_sent(slot(**asked)) == [says]


def test_messages_at_the_front_are_the_instruction_each_a_part_of_its_own() -> None:
    developer = Message("developer", "Be kind.")

    sent = body(slot(SYSTEM, developer, USER))

    assert sent["systemInstruction"] == {"parts": [{"text": "Be brief."}, {"text": "Be kind."}]}
    assert [turn["role"] for turn in sent["contents"]] == ["user"]


def test_a_later_system_message_stays_in_its_place_and_the_notes_say_how() -> None:
    asked = slot(SYSTEM, USER, Message("assistant", "Fig."), Message("system", "Now loud."), USER)

    sent, notes = body(asked), build(asked).notes

    assert [turn["role"] for turn in sent["contents"]] == ["user", "model", "user", "user"]
    assert sent["contents"][2]["parts"] == [{"text": "Now loud."}]
    assert notes.added == (
        Added(
            "messages[3].role",
            "user",
            "instead of system: Gemini takes instructions only before the first turn",
        ),
    )


def test_turns_of_one_role_stay_apart_and_a_prefill_is_the_last_turn() -> None:
    sent = body(slot(USER, USER, Message("assistant", "A fig")))

    assert [turn["role"] for turn in sent["contents"]] == ["user", "user", "model"]
    assert sent["contents"][-1] == {"role": "model", "parts": [{"text": "A fig"}]}


@pytest.mark.parametrize(
    ("model", "place"),
    [
        ("gemini-2.5-flash", "models/gemini-2.5-flash"),
        ("models/gemini-2.5-flash", "models/gemini-2.5-flash"),
        ("tunedModels/mine-1", "tunedModels/mine-1"),
        ("google/gemini", "models/google/gemini"),
        ("a b?alt=x#y%:&é", "models/a%20b%3Falt%3Dx%23y%25%3A%26%C3%A9"),
    ],
)
def test_the_model_stands_in_the_path(model: str, place: str) -> None:
    assert build(slot(model=model)).path == f"/{place}:generateContent"


@pytest.mark.parametrize("model", ["", "..", "../files", "models/../files", "a//b", "a/./b", "a\n"])
def test_a_model_that_would_lead_elsewhere_is_refused(model: str) -> None:
    assert not_sent(slot(model=model)) == [
        f"model is {model!r}, which can't stand in an address. Check its name."
    ]


def test_a_stream_is_asked_for_in_the_path_and_not_in_the_body() -> None:
    request = build(slot(stream=True))

    assert request.path == "/models/some-gemini:streamGenerateContent?alt=sse"
    assert body(slot(stream=True)).keys() == {"contents"}
    assert streamed(request)
    assert not streamed(build(slot(stream=False)))
    assert "stream" not in request.notes.not_sent


def test_what_is_passed_through_is_put_into_the_same_tables() -> None:
    extra = {
        "safetySettings": [{"category": "HARM_CATEGORY_HARASSMENT", "threshold": "OFF"}],
        "generationConfig": {"responseMimeType": "application/json"},
    }

    sent = body(slot(temperature=1, extra=extra))

    assert sent["safetySettings"] == extra["safetySettings"]
    assert sent["generationConfig"] == {"temperature": 1, "responseMimeType": "application/json"}


@pytest.mark.parametrize(
    ("extra", "says"),
    [
        (
            {"generationConfig": {"candidateCount": 3}},
            "extra.generationConfig.candidateCount can't be passed through: "
            "one call is one sample; raise repeats instead.",
        ),
        (
            {"n": 3},
            "extra.n can't be passed through: one call is one sample; raise repeats instead.",
        ),
        (
            {"generationConfig": {"topK": 3}},
            "extra.generationConfig.topK is a setting: use top_k.",
        ),
        (
            {"generationConfig": {"thinkingConfig": {"thinkingBudget": 0}}},
            "extra.generationConfig.thinkingConfig is a setting: use thinking.",
        ),
        (
            {"generationConfig": {"responseLogprobs": True}},
            "extra.generationConfig.responseLogprobs can't be passed through: "
            "use the setting logprobs.",
        ),
        (
            {"contents": []},
            "extra.contents can't be passed through: write it under messages.",
        ),
        (
            {"systemInstruction": {}},
            "extra.systemInstruction can't be passed through: write it as a system message.",
        ),
    ],
)
def test_what_has_its_own_place_is_not_passed_through(extra: Any, says: str) -> None:
    assert not_sent(slot(extra=extra)) == [says]


def test_a_text_in_place_of_a_table_would_take_the_settings_in_it_away() -> None:
    assert not_sent(slot(temperature=1, extra={"generationConfig": "fast"})) == [
        "extra.generationConfig must be a table: settings stand in it."
    ]


@pytest.mark.parametrize(
    ("extra", "field", "camel"),
    [
        ({"generation_config": {"topK": 3}}, "generation_config", "generationConfig"),
        ({"system_instruction": {}}, "system_instruction", "systemInstruction"),
        (
            {"generationConfig": {"candidate_count": 2}},
            "generationConfig.candidate_count",
            "generationConfig.candidateCount",
        ),
    ],
)
def test_the_other_spelling_of_a_field_would_send_it_twice(
    extra: Any, field: str, camel: str
) -> None:
    assert not_sent(slot(extra=extra)) == [
        f"extra.{field} can't be passed through: write {camel}, its name on the wire."
    ]


@pytest.mark.parametrize("level", ["thinkingLevel", "thinking_level"])
def test_effort_and_a_level_under_thinking_are_one_field(level: str) -> None:
    assert not_sent(slot(reasoning_effort="low", thinking={level: "HIGH"})) == [
        f"reasoning_effort and thinking.{level} are one field. Set one of them."
    ]
    assert body(slot(thinking={level: "HIGH"}))["generationConfig"] == {
        "thinkingConfig": {level: "HIGH"}
    }


def test_all_problems_come_at_once() -> None:
    lines = not_sent(slot(model="..", min_p=0.5, logprobs=30, extra={"n": 2}))

    assert len(lines) == 4


def test_a_server_of_ones_own_is_asked_in_the_same_way() -> None:
    mine = Endpoint(name="mine", dialect="gemini", base_url="http://127.0.0.1:9/v1beta")

    assert body(slot(endpoint=mine, top_k=3)) == body(slot(top_k=3))

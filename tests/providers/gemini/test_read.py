"""From a Gemini answer to a sample, in every shape that it may have."""

from __future__ import annotations

import json
from typing import Any

import pytest
from google.genai import types

from lib.domain.errors import KeyRefused, Transient, Unreadable
from lib.domain.message import Message
from lib.domain.vocabulary import (
    FinishReason,
    FirstToken,
    Outcome,
    TokenProbability,
    Usage,
)
from lib.providers.gemini.answer import FINISH_REASONS
from tests.providers import making
from tests.providers.gemini.answers import blocked, candidate, events, good, parts
from tests.providers.gemini.asking import failed, read, slot, told

CUT = "Parts of the answer that aren't text were left out."
TOLD = "Why it stopped is told in words: see finishMessage in its response."


def test_a_good_answer_is_read_whole() -> None:
    sample = read(good(), slot(logprobs=2))

    assert sample.text == "Apple"
    assert sample.outcome == "tool_call"
    assert (sample.finish_reason, sample.raw_finish_reason) == ("tool_calls", "STOP")
    assert sample.reasoning == "A fruit, then."
    assert sample.usage == Usage(13, 7, 4, 5)
    assert (sample.model, sample.response_id) == ("some-gemini-001", "r-1")
    assert sample.first_token == FirstToken(
        TokenProbability("Apple", "7", -0.25),
        (TokenProbability("Apple", "7", -0.25), TokenProbability("Pear", "8", -2.5)),
    )
    assert sample.flags == (TOLD,)
    assert sample.seconds == 0.25


NOT_READ = {
    *("createTime", "trafficType", "promptTokensDetails", "modality", "tokenCount", "role"),
    *("index", "avgLogprobs", "safetyRatings", "category", "probability", "logProbabilitySum"),
    *("thoughtSignature", "blocked"),
}
"""Fields that are kept with the response, and are in no field of a sample."""


def fields(value: Any) -> set[str]:
    match value:
        case dict():
            return {*value, *(name for inner in value.values() for name in fields(inner))}
        case list():
            return {name for inner in value for name in fields(inner)}
        case _:
            return set()


def renamed(value: Any, old: str) -> Any:
    match value:
        case dict():
            return {
                "unknown" if name == old else name: renamed(inner, old)
                for name, inner in value.items()
            }
        case list():
            return [renamed(inner, old) for inner in value]
        case _:
            return value


READ = (
    good(),
    parts({"functionCall": {"name": "look_up", "args": {"a": 1}}}),
    good(usageMetadata={"promptTokenCount": 11, "totalTokenCount": 12}),
    blocked(),
)
"""Answers in which, taken together, each field makes a difference."""


@pytest.mark.parametrize("name", sorted(fields(list(READ)) - NOT_READ))
def test_under_another_name_a_field_is_not_read(name: str) -> None:
    assert told(renamed(answer, name) for answer in READ) != told(READ)


@pytest.mark.parametrize("name", sorted(NOT_READ))
def test_what_is_only_kept_changes_no_sample(name: str) -> None:
    assert told(renamed(answer, name) for answer in READ) == told(READ)


def test_names_with_underscores_are_not_those_on_the_wire() -> None:
    snake = json.loads(types.GenerateContentResponse.model_validate(good()).model_dump_json())

    sample = read(snake)

    assert snake["candidates"][0]["finish_reason"] == "STOP"
    assert (sample.finish_reason, sample.model, sample.usage) == ("unknown", None, Usage())
    assert sample.flags == (CUT, "No finish reason came.")


@pytest.mark.parametrize("word", [each.value for each in types.FinishReason])
def test_every_finish_reason_of_the_sdk_has_a_row(word: str) -> None:
    assert word in FINISH_REASONS


@pytest.mark.parametrize(
    ("word", "finish", "outcome"),
    [
        ("STOP", "stop", "ok"),
        ("MAX_TOKENS", "length", "ok"),
        ("CONTINUATION", "length", "ok"),
        ("SAFETY", "content_filter", "filtered"),
        ("RECITATION", "content_filter", "filtered"),
        ("IMAGE_SAFETY", "content_filter", "filtered"),
        ("MALFORMED_FUNCTION_CALL", "tool_calls", "tool_call"),
        ("UNEXPECTED_TOOL_CALL", "tool_calls", "tool_call"),
        ("COSMIC_RAY", "unknown", "ok"),
        ("stop", "unknown", "ok"),
    ],
)
def test_why_it_stopped_in_the_labs_word_and_its_own(
    word: str, finish: FinishReason, outcome: Outcome
) -> None:
    sample = read(parts({"text": "Ap"}, finishReason=word))

    assert (sample.finish_reason, sample.raw_finish_reason) == (finish, word)
    assert (sample.text, sample.outcome) == ("Ap", outcome)


@pytest.mark.parametrize("word", ["OTHER", "MALFORMED_RESPONSE", "FINISH_REASON_UNSPECIFIED"])
def test_an_answer_that_ended_in_an_error_is_no_sample(word: str) -> None:
    answer = parts({"text": "Ap"}, finishReason=word)

    error = failed(answer)
    assert isinstance(error, Unreadable)
    assert str(error) == "gemini answered with an error of its own. See its response."
    assert isinstance(failed(b"".join(events(answer)), slot(stream=True)), Transient)


def test_an_account_that_is_shut_off_ends_all_that_uses_its_key() -> None:
    error = failed(parts(finishReason="PUP_LIMITED_DISABLED"))

    assert isinstance(error, KeyRefused)
    assert (error.code, error.says) == (
        "forbidden",
        "The account at gemini is limited or shut off, for a use that is prohibited.",
    )


@pytest.mark.parametrize("reason", [each.value for each in types.BlockedReason])
def test_a_blocked_prompt_is_an_outcome_with_the_providers_word(reason: str) -> None:
    sample = read(blocked(reason))

    assert (sample.text, sample.outcome) == ("", "filtered")
    assert (sample.finish_reason, sample.raw_finish_reason) == ("content_filter", reason)
    assert sample.usage == Usage(input_tokens=11)
    assert sample.response_id == "gemini-1"
    assert sample.flags[0] == "The prompt was stopped by a content filter."


@pytest.mark.parametrize("none", [{}, {"candidates": None}, {"candidates": []}])
def test_no_candidate_is_a_blocked_prompt_only_if_the_answer_says_so(none: Any) -> None:
    assert read({**blocked(), **none}).outcome == "filtered"
    said: list[object] = [{}, {"blockReason": None}, {"blockReason": 7}, "SAFETY"]
    for feedback in said:
        error = failed({**blocked(), "promptFeedback": feedback, **none})
        assert str(error) == "The answer has no candidate in it. See its response."


@pytest.mark.parametrize(
    "candidates",
    [
        "Apple",
        7,
        {},
        ["Apple"],
        [None],
        [{}],
        [{"content": "Apple", "finishReason": "STOP"}],
        [{"content": {"parts": "Apple"}, "finishReason": "STOP"}],
        [{"content": {"parts": {}}, "finishReason": "STOP"}],
        [{"content": {"role": "model"}}],
        [{"content": {"role": "model"}, "finishReason": None}],
        [{"finishReason": 7}],
    ],
)
def test_what_the_dialect_does_not_promise_is_no_sample(candidates: object) -> None:
    assert isinstance(failed(good(candidates=candidates)), Unreadable)


def test_more_candidates_than_one_are_flagged() -> None:
    sample = read(good(candidates=[candidate(), candidate(index=1)]))

    assert sample.text == "Apple"
    assert sample.flags[0] == "1 more candidates came than were asked for; one is counted."


def test_an_answer_that_does_not_say_why_it_stopped_is_kept_as_unknown() -> None:
    sample = read(parts({"text": "Apple"}, finishReason=None))

    assert (sample.finish_reason, sample.raw_finish_reason) == ("unknown", None)
    assert sample.flags == ("No finish reason came.",)


def test_an_answer_that_repeats_the_prefill_is_flagged_and_not_cut() -> None:
    asked = slot(Message("user", "Count."), Message("assistant", "1, 2,"))

    assert read(parts({"text": "1, 2, 3"}), asked).text == "1, 2, 3"
    assert read(parts({"text": "1, 2, 3"}), asked).flags == (
        "The answer begins with the prefill: this server may repeat it.",
    )
    assert read(parts({"text": " 3"}), asked).flags == ()


@pytest.mark.parametrize(
    ("asked", "answered", "flags"),
    [
        ("models/gemini-2.5-flash", "gemini-2.5-flash", ()),
        ("gemini-2.5-flash", "models/gemini-2.5-flash-001", ()),
        ("gemini-pro", "gemini-flash", ("gemini-pro was asked for, gemini-flash answered.",)),
    ],
)
def test_another_model_than_the_one_asked_is_flagged(
    asked: str, answered: str, flags: tuple[str, ...]
) -> None:
    answer = {**parts({"text": "Apple"}), "modelVersion": answered}

    assert read(answer, slot(model=asked)).flags == flags


def test_log_probabilities_that_were_asked_for_and_did_not_come_are_flagged() -> None:
    answer = parts({"text": "Apple"})

    assert read(answer, slot(logprobs=1)).flags == (
        "Log probabilities were asked for, but none came.",
    )
    assert read(answer).flags == ()
    assert read(parts(), slot(logprobs=1)).flags == ()


@pytest.mark.parametrize(
    "body", [b"", b"null", b"7", b'"Apple"', b"{", b"\xff", b"<html>no</html>"]
)
def test_what_is_no_object_is_no_answer(body: bytes) -> None:
    assert isinstance(failed(body), Unreadable)


def test_a_stream_that_came_as_a_json_array_is_not_read() -> None:
    error = failed(json.dumps([good()]).encode(), slot(stream=True))

    assert isinstance(error, Unreadable)
    assert str(error) == "The answer is JSON, but no object. Check the base URL."


def test_half_characters_and_nul_are_replaced_and_said_so() -> None:
    sample = read(parts({"text": "A\ud83c\x00"}, {"text": "\ud83c", "thought": True}))

    assert (sample.text, sample.reasoning) == ("A\ufffd\ufffd", "\ufffd")
    assert sample.flags == ("Half characters and NUL, which can't be kept as text, became \ufffd.",)


def test_an_answer_in_which_the_key_came_back_is_flagged() -> None:
    assert read(making.reply(parts({"text": "Apple"}), redacted=True)).flags == (
        "The endpoint sent the key back; it was taken out.",
    )


def test_the_official_sdk_reads_the_same_from_the_same_bytes() -> None:
    answer = types.GenerateContentResponse.model_validate(good())

    sample = read(good())
    assert answer.candidates is not None
    assert answer.usage_metadata is not None
    assert answer.candidates[0].content is not None
    said = answer.candidates[0].content.parts or []
    assert "".join(part.text or "" for part in said if not part.thought) == sample.text
    assert (answer.model_version, answer.response_id) == (sample.model, sample.response_id)
    assert answer.usage_metadata.thoughts_token_count == sample.usage.reasoning_tokens
    logprobs = answer.candidates[0].logprobs_result
    assert logprobs is not None
    assert logprobs.chosen_candidates is not None
    assert sample.first_token is not None
    assert logprobs.chosen_candidates[0].log_probability == sample.first_token.drawn.logprob
    assert types.GenerateContentResponse.model_validate(blocked()).candidates is None


def test_the_tier_that_answered_is_kept_and_told_where_it_is_another() -> None:
    used = {**good()["usageMetadata"], "serviceTier": "STANDARD"}
    whole = {**good(), "usageMetadata": used}

    assert read(whole).service_tier == "STANDARD"
    assert not [each for each in read(whole, slot(service_tier="standard")).flags if "tier" in each]
    assert (
        "service_tier = flex was sent, but the answer says that STANDARD was used."
        in read(whole, slot(service_tier="flex")).flags
    )

"""Refusals in Gemini's own words, as they were reported in public: what each becomes."""

from __future__ import annotations

from typing import Any

import pytest

from lib.domain.configuration import GEMINI
from lib.domain.errors import CallError, KeyRefused, RateLimited, Refused, Transient
from tests.providers.making import slot
from tests.providers.vendor_words import gemini, refused


@pytest.mark.parametrize("listed", [False, True], ids=["object", "list"])
@pytest.mark.parametrize(
    ("settings", "message", "field", "says"),
    [
        (
            {"logprobs": 5},
            "Logprobs is not enabled for models/gemini-2.5-pro",
            "generationConfig.logprobs",
            "some-model at gemini doesn't take logprobs = 5. Leave logprobs empty.",
        ),
        (
            {"logprobs": 0},
            "Unable to submit request because Logprobs is not supported for this model.",
            "generationConfig.logprobs",
            "some-model at gemini doesn't take logprobs = 0. Leave logprobs empty.",
        ),
        (
            {"frequency_penalty": 0, "presence_penalty": 0.5},
            "Penalty is not enabled for this model",
            "generationConfig.presencePenalty",
            "some-model at gemini doesn't take presence_penalty = 0.5. "
            "Leave presence_penalty empty.",
        ),
        (
            {"frequency_penalty": 0.5},
            "Penalty is not enabled for models/gemini-1.5-pro",
            "generationConfig.frequencyPenalty",
            "some-model at gemini doesn't take frequency_penalty = 0.5. "
            "Leave frequency_penalty empty.",
        ),
        (
            {"top_k": 50},
            "Unable to submit request because it has a topK value of 50 but the supported range "
            "is from 1 (inclusive) to 41 (exclusive). Update the value and try again.",
            "generationConfig.topK",
            "some-model at gemini doesn't take top_k = 50. Change top_k: 1 to below 41 is taken.",
        ),
        (
            {"extra": {"generationConfig": {"candidateCount": 3}}},
            "Unable to submit request because candidateCount must be 1 but the entered value was "
            "3. Update the candidateCount value and try again.",
            "candidateCount",
            "some-model at gemini gives one answer to a call. "
            "Leave candidateCount out of extra, and raise repeats instead.",
        ),
        (
            {},
            "Only one candidate can be specified",
            "candidateCount",
            "some-model at gemini gives one answer to a call. "
            "Leave candidateCount out of extra, and raise repeats instead.",
        ),
        (
            {"reasoning_effort": "low"},
            'Invalid JSON payload received. Unknown name "thinkingLevel" at '
            "'generation_config.thinking_config': Cannot find field.",
            "generationConfig.thinkingConfig.thinkingLevel",
            "some-model at gemini doesn't take reasoning_effort = low. "
            "Leave reasoning_effort empty.",
        ),
        *(
            (
                {"reasoning_effort": "minimal"},
                f"Thinking level {word}is not supported for this model.",
                "generationConfig.thinkingConfig.thinkingLevel",
                "some-model at gemini doesn't take reasoning_effort = minimal. "
                "Leave reasoning_effort empty.",
            )
            for word in ("", "MINIMAL ")
        ),
    ],
)
def test_gemini_names_the_field_in_words(
    settings: dict[str, Any], message: str, field: str, says: str, listed: bool
) -> None:
    body = gemini(message)

    found = refused(slot(endpoint=GEMINI, **settings), [body] if listed else body)

    assert isinstance(found, Refused)
    assert (found.code, found.setting, str(found)) == ("refused_setting", field, says)


def test_gemini_names_the_field_in_its_details() -> None:
    violation = {
        "@type": "type.googleapis.com/google.rpc.BadRequest",
        "fieldViolations": [{"field": "generation_config.top_p", "description": "No."}],
    }
    body = gemini("Request contains an invalid argument.", "INVALID_ARGUMENT", 400, violation)

    assert str(refused(slot(endpoint=GEMINI, top_p=0.5), body)) == (
        "some-model at gemini doesn't take top_p = 0.5. Leave top_p empty."
    )


def reason(word: str) -> dict[str, Any]:
    return {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": word}


def quota(name: str) -> dict[str, Any]:
    return {
        "@type": "type.googleapis.com/google.rpc.QuotaFailure",
        "violations": [{"quotaId": f"GenerateRequests{name}PerProjectPerModel-FreeTier"}],
    }


RETRY = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "37.5s"}


@pytest.mark.parametrize(
    ("status", "body", "kind", "code"),
    [
        (
            400,
            gemini("No.", "INVALID_ARGUMENT", 400, reason("API_KEY_INVALID")),
            KeyRefused,
            "bad_key",
        ),
        (
            400,
            gemini("API Key not found. Please pass a valid API key."),
            KeyRefused,
            "bad_key",
        ),
        (400, gemini("API key expired. Please renew the API key."), KeyRefused, "bad_key"),
        (401, gemini("No.", "UNAUTHENTICATED", 401), KeyRefused, "bad_key"),
        (
            403,
            gemini("Method doesn't allow unregistered callers", "PERMISSION_DENIED", 403),
            KeyRefused,
            "bad_key",
        ),
        (403, gemini("No.", "PERMISSION_DENIED", 403), Refused, "forbidden"),
        (
            403,
            gemini("No.", "PERMISSION_DENIED", 403, reason("BILLING_DISABLED")),
            KeyRefused,
            "no_credit",
        ),
        (
            404,
            gemini("models/x is not found for API version v1beta", "NOT_FOUND", 404),
            Refused,
            "not_found",
        ),
        (
            400,
            gemini(
                "The input token count (1200000) exceeds the maximum number of tokens allowed "
                "(1048576)."
            ),
            Refused,
            "context_too_long",
        ),
        (429, gemini("No.", "RESOURCE_EXHAUSTED", 429), RateLimited, "rate_limited"),
        (
            429,
            gemini("No.", "RESOURCE_EXHAUSTED", 429, quota("PerMinute"), RETRY),
            RateLimited,
            "rate_limited",
        ),
        (
            429,
            gemini("No.", "RESOURCE_EXHAUSTED", 429, quota("PerDay"), RETRY),
            Refused,
            "rate_limited",
        ),
        (503, gemini("The model is overloaded.", "UNAVAILABLE", 503), Transient, "overloaded"),
        (500, gemini("No.", "INTERNAL", 500), Transient, "server_error"),
        (504, gemini("No.", "DEADLINE_EXCEEDED", 504), Transient, "server_error"),
    ],
)
def test_geminis_other_words_reach_as_far_as_they_should(
    status: int, body: object, kind: type[CallError], code: str
) -> None:
    for each in (body, [body]):
        found = refused(slot(endpoint=GEMINI), each, status)

        assert (type(found), found.code) == (kind, code)


@pytest.mark.parametrize(
    ("delay", "seconds"),
    [("37.5s", 37.5), ("2s", 2.0), ("", 0.0), ("-1s", 0.0), ("1e9s", 0.0), (7, 0.0), (None, 0.0)],
)
def test_a_time_that_gemini_names_in_the_body_is_passed_on(delay: object, seconds: float) -> None:
    body = gemini("No.", "RESOURCE_EXHAUSTED", 429, {"retryDelay": delay})

    found = refused(slot(endpoint=GEMINI), body, 429)

    assert isinstance(found, RateLimited)
    assert found.retry_after_s == seconds


def test_a_time_in_the_headers_goes_before_one_in_the_body() -> None:
    body = gemini("No.", "RESOURCE_EXHAUSTED", 429, RETRY)

    found = refused(slot(endpoint=GEMINI), body, 429, retry_after="3")

    assert isinstance(found, RateLimited)
    assert found.retry_after_s == 3


def test_a_days_quota_is_not_asked_for_again() -> None:
    body = gemini("No.", "RESOURCE_EXHAUSTED", 429, quota("PerDay"), RETRY)

    assert str(refused(slot(endpoint=GEMINI), body, 429)) == (
        "gemini answers no more calls of some-model today. Go on tomorrow, or choose another model."
    )


@pytest.mark.parametrize(
    "details",
    [
        *(None, 7, "x", [], {}, [7, None], {"error_code": 7}),
        *([{"violations": [7, {"quotaId": 7}]}], [{"reason": 7}], [{"fieldViolations": [7]}]),
        [{"fieldViolations": [{"field": "<b>"}]}],
    ],
)
def test_details_of_any_shape_are_taken(details: object) -> None:
    body = {"error": {"code": 400, "message": "No.", "details": details}}

    assert refused(slot(endpoint=GEMINI), body).code == "other"

"""Refusals in the vendors' own words, as they were reported in public: what each becomes."""

from __future__ import annotations

from typing import Any

import pytest

from lib.domain.configuration import ANTHROPIC, GEMINI, OPENAI, OPENAI_RESPONSES
from lib.domain.errors import CallError, KeyRefused, RateLimited, Refused, Transient
from lib.domain.vocabulary import Slot
from lib.providers.refusals import refusal
from tests.providers.making import MINE, reply, slot


def refused(asked: Slot, body: object, status: int = 400) -> CallError:
    return refusal(asked, reply(body, status=status))


def openai(message: str, **more: object) -> dict[str, Any]:
    return {"error": {"message": message, "type": "invalid_request_error", **more}}


def anthropic(message: str, kind: str = "invalid_request_error", **more: object) -> dict[str, Any]:
    inner = {"type": kind, "message": message, **more}
    return {"type": "error", "error": inner, "request_id": "req_1"}


def gemini(
    message: str, status: str = "INVALID_ARGUMENT", code: int = 400, *details: dict[str, Any]
) -> dict[str, Any]:
    inner = {"code": code, "message": message, "status": status}
    return {"error": inner | ({"details": list(details)} if details else {})}


@pytest.mark.parametrize(
    ("settings", "body", "field", "says"),
    [
        (
            {"temperature": 0.5},
            openai(
                "Unsupported parameter: 'temperature' is not supported with this model.",
                param="temperature",
                code=None,
            ),
            "temperature",
            "some-model at openai doesn't take temperature = 0.5. Leave temperature empty.",
        ),
        (
            {"temperature": 0.5},
            openai(
                "Unsupported value: 'temperature' does not support 0.5 with this model. "
                "Only the default (1) value is supported.",
                param="temperature",
                code="unsupported_value",
            ),
            "temperature",
            "some-model at openai doesn't take temperature = 0.5. "
            "Change temperature, or leave it empty.",
        ),
        (
            {"stop": ("x",)},
            openai(
                "Unsupported parameter: 'stop' is not supported with this model.",
                param="stop",
                code="unsupported_parameter",
            ),
            "stop",
            "some-model at openai doesn't take stop. Leave stop empty.",
        ),
        (
            {"logprobs": 5},
            openai("Unsupported parameter: 'logprobs' is not supported with this model."),
            "top_logprobs",
            "some-model at openai doesn't take logprobs = 5. Leave logprobs empty.",
        ),
        (
            {"reasoning_effort": "none"},
            openai(
                "Unsupported value: 'reasoning_effort' does not support 'none' with this model. "
                "Supported values are: 'low', 'medium', 'high', 'xhigh', and 'max'.",
                param="reasoning_effort",
                code="unsupported_value",
            ),
            "reasoning_effort",
            "some-model at openai doesn't take reasoning_effort = none. "
            "Change reasoning_effort, or leave it empty.",
        ),
    ],
)
def test_openai_names_the_field_apart_from_the_code(
    settings: dict[str, Any], body: object, field: str, says: str
) -> None:
    found = refused(slot(endpoint=OPENAI, **settings), body)

    assert isinstance(found, Refused)
    assert (found.code, found.setting, str(found)) == ("refused_setting", field, says)


def test_responses_names_it_with_the_object_that_it_stands_in() -> None:
    asked = slot(endpoint=OPENAI_RESPONSES, reasoning_effort="none", verbosity="low")

    effort = refused(asked, openai("Unsupported value", param="reasoning.effort"))
    verbosity = refused(asked, openai("Unsupported value", param="text.verbosity"))

    assert effort.says.endswith("doesn't take reasoning_effort = none.")
    assert verbosity.says.endswith("doesn't take verbosity = low.")


@pytest.mark.parametrize(
    ("settings", "message", "field", "says"),
    [
        (
            {"temperature": 0.5},
            "`temperature` is deprecated for this model.",
            "temperature",
            "some-model at anthropic doesn't take temperature = 0.5. Leave temperature empty.",
        ),
        (
            {"temperature": 0.5, "top_p": 0.9},
            "`temperature` and `top_p` cannot both be specified for this model. "
            "Please use only one.",
            "temperature",
            "some-model at anthropic doesn't take temperature = 0.5 together with top_p = 0.9. "
            "Leave temperature or top_p empty.",
        ),
        (
            {"temperature": 0.5, "thinking": {"type": "adaptive"}},
            "`temperature` may only be set to 1 when thinking is enabled or in adaptive mode. "
            "Please consult our documentation at https://platform.claude.com/docs",
            "temperature",
            "some-model at anthropic doesn't take temperature = 0.5 while it thinks. "
            'Leave temperature empty, or set thinking to { type = "disabled" }.',
        ),
        (
            {"top_k": 5, "thinking": {"type": "enabled"}},
            "`top_k` must be unset when thinking is enabled. Please consult our documentation",
            "top_k",
            "some-model at anthropic doesn't take top_k = 5 while it thinks. "
            'Leave top_k empty, or set thinking to { type = "disabled" }.',
        ),
        (
            {},
            "This model does not support assistant message prefill. "
            "The conversation must end with a user message.",
            "prefill",
            "some-model at anthropic doesn't take a prefill. "
            "Remove the prefill, or choose a model that continues one.",
        ),
        (
            {},
            "role 'system' is not supported on this model",
            "messages",
            "some-model at anthropic takes no system message after the first turn. "
            "Move it to the beginning, or choose a newer model.",
        ),
        (
            {"max_tokens": 100_000},
            "max_tokens: 100000 > 64000, which is the maximum allowed number of output tokens "
            "for some-model",
            "max_tokens",
            "some-model at anthropic doesn't take max_tokens = 100000. Change max_tokens.",
        ),
        (
            {"thinking": {"type": "enabled"}},
            "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024",
            "thinking",
            "some-model at anthropic doesn't take thinking. Leave thinking empty.",
        ),
        (
            {"reasoning_effort": "max"},
            "output_config.effort: This model does not support the effort 'max'.",
            "output_config.effort",
            "some-model at anthropic doesn't take reasoning_effort = max. "
            "Leave reasoning_effort empty.",
        ),
        (
            {"extra": {"speed": "fast"}},
            "speed: this model does not support fast mode",
            "speed",
            "some-model at anthropic doesn't take speed = fast. Leave speed empty.",
        ),
        (
            {},
            "messages: text content blocks must be non-empty",
            "messages",
            "some-model at anthropic doesn't take messages. See its response.",
        ),
    ],
)
def test_anthropic_names_the_field_in_its_message(
    settings: dict[str, Any], message: str, field: str, says: str
) -> None:
    found = refused(slot(endpoint=ANTHROPIC, **settings), anthropic(message))

    assert isinstance(found, Refused)
    assert (found.code, found.setting, str(found)) == ("refused_setting", field, says)


@pytest.mark.parametrize(
    ("status", "body", "kind", "code"),
    [
        (
            400,
            anthropic(
                "Your credit balance is too low to access the Anthropic API. "
                "Please go to Plans & Billing to upgrade or purchase credits."
            ),
            KeyRefused,
            "no_credit",
        ),
        (402, anthropic("No.", "billing_error"), KeyRefused, "no_credit"),
        (
            429,
            anthropic(
                "No.", "rate_limit_error", details={"error_code": "enforced_spend_limit_reached"}
            ),
            KeyRefused,
            "no_credit",
        ),
        (
            429,
            anthropic("No.", "rate_limit_error", details={"error_code": "ramp_limit_exceeded"}),
            RateLimited,
            "rate_limited",
        ),
        (
            400,
            anthropic("No.", details={"error_code": "organization_on_hold"}),
            KeyRefused,
            "forbidden",
        ),
        (400, anthropic("This organization has been disabled."), KeyRefused, "forbidden"),
        (
            400,
            anthropic("prompt is too long: 208310 tokens > 200000 maximum"),
            Refused,
            "context_too_long",
        ),
        (
            400,
            anthropic(
                "input length and `max_tokens` exceed context limit: 178959 + 64000 > 200000, "
                "decrease input length or `max_tokens` and try again"
            ),
            Refused,
            "context_too_long",
        ),
        (
            413,
            anthropic("Request exceeds the maximum size", "request_too_large"),
            Refused,
            "context_too_long",
        ),
        (404, anthropic("model: some-model", "not_found_error"), Refused, "not_found"),
        (401, anthropic("invalid x-api-key", "authentication_error"), KeyRefused, "bad_key"),
        (403, anthropic("No.", "permission_error"), Refused, "forbidden"),
        (
            429,
            anthropic(
                "This request would exceed your organization's rate limit of 30,000 input tokens "
                "per minute",
                "rate_limit_error",
            ),
            RateLimited,
            "rate_limited",
        ),
        (500, anthropic("Internal server error", "api_error"), Transient, "server_error"),
        (529, anthropic("Overloaded", "overloaded_error"), Transient, "overloaded"),
    ],
)
def test_anthropics_other_words_reach_as_far_as_they_should(
    status: int, body: object, kind: type[CallError], code: str
) -> None:
    found = refused(slot(endpoint=ANTHROPIC), body, status)

    assert (type(found), found.code) == (kind, code)


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

    found = refusal(slot(endpoint=GEMINI), reply(body, status=429, retry_after="3"))

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


@pytest.mark.parametrize("endpoint", [OPENAI, OPENAI_RESPONSES, ANTHROPIC, GEMINI, MINE])
@pytest.mark.parametrize(
    "message",
    [
        "cannot both be specified",
        "`sk-canary0123456789abcdef` must be unset when thinking is enabled",
        "`sk-canary0123456789abcdef` and `canary` cannot both be specified",
        "it has a canary value of 5 but the supported range is from 1 (inclusive) to 2 (exclusive)",
        "temperature.canary_0123456789: no",
        "canary: no",
        "`temperature.canary_0123456789`: no",
        "has a topK value of <b>canary but the supported range is from 1 (inclusive) to x",
    ],
)
def test_the_endpoints_words_are_never_shown(endpoint: Any, message: str) -> None:
    asked = slot(endpoint=endpoint, temperature=0.5, extra={"dry": 1})

    for body in (openai(message), anthropic(message), gemini(message)):
        found = refused(asked, body)

        assert "canary" not in f"{found!r} {found} {vars(found)}"

"""Refusals in Anthropic's own words, as they were reported in public: what each becomes."""

from __future__ import annotations

from typing import Any

import pytest

from lib.domain.configuration import ANTHROPIC
from lib.domain.errors import CallError, KeyRefused, RateLimited, Refused, Transient
from tests.providers.making import slot
from tests.providers.vendor_words import anthropic, refused


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

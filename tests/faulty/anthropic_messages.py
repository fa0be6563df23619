"""Anthropic messages."""

from __future__ import annotations

from tests.faulty.language import Answer, Language, Refusal, Shape, tokens, top, without
from tests.faulty.scene import as_json
from tests.faulty.shapes import common
from tests.providers.anthropic_messages import answers
from tests.providers.anthropic_messages.answers import event, message, text, thinking, tool_use

_TOLD = {
    401: ("authentication_error", "invalid x-api-key"),
    402: ("billing_error", "There is an issue with your billing or payment information."),
    403: ("permission_error", "Your API key does not have permission to use this resource."),
    408: ("timeout_error", "Request timed out."),
    413: ("request_too_large", "Request exceeds the maximum allowed number of bytes."),
    429: ("rate_limit_error", "This request would exceed your account's rate limit."),
    500: ("api_error", "Internal server error"),
    503: ("api_error", "Service unavailable"),
    529: ("overloaded_error", "Overloaded"),
}


def error(status: int, message: str = "", **more: object) -> bytes:
    """An error body, in the API's words (providers.md, section 3)."""
    kind, default = _TOLD.get(status, ("invalid_request_error", "No."))
    return as_json(answers.error(kind, message or default, **more))


def _good(asked: Answer, said: str, number: int, model: str) -> Answer:
    kept, cut = tokens(said, asked.get("max_tokens"))
    return message(
        id=f"msg_{number}",
        model=model,
        content=[text("".join(kept))],
        stop_reason="max_tokens" if cut else "end_turn",
        usage=answers.usage(output_tokens=len(kept), output_tokens_details=None),
    )


def events(answer: Answer) -> list[bytes]:
    """The same answer, streamed."""
    return list(answers.events(answer))


def saying(said: str) -> Shape:
    """With another text."""
    return top(content=[text(said)])


def _usage(value: object) -> Shape:
    return top(usage=answers.usage(input_tokens=value, output_tokens=value))


def _failed(kind: str) -> Shape:
    return lambda answer: answers.error(kind)


SHAPES: dict[str, Shape] = {
    **common(saying),
    "empty_choices": top(content=[]),
    "null_choices": top(content=None),
    "missing_message": without("content"),
    "missing_content": top(content=[{"type": "text"}]),
    "null_content": top(content=[{"type": "text", "text": None}]),
    "number_content": top(content=7),
    "content_list": top(content=[text("Ap"), text("ple")]),
    "odd_parts": top(content=[{"type": "text", "text": 7}, None]),
    "missing_finish": top(stop_reason=None),
    "unknown_finish": top(stop_reason="cosmic_ray"),
    "refusal": top(
        content=[],
        stop_reason="refusal",
        stop_details={"type": "refusal", "category": "bio", "explanation": "No."},
    ),
    "tool_calls": top(content=[tool_use("look_up", {"a": 1})], stop_reason="tool_use"),
    "reasoning": top(content=[thinking("Hm.")], stop_reason="max_tokens"),
    "missing_usage": without("usage"),
    "null_usage": top(usage=None),
    "usage_negative": _usage(-5),
    "usage_huge": _usage(10**18),
    "usage_string": _usage("7"),
    "usage_list": top(usage=[1]),
    "missing_model": without("model"),
    "missing_id": without("id"),
    "model_mismatch": top(model="another-model"),
    "dup_ids": top(id="msg_same"),
    "error_200": _failed("api_error"),
    "error_200_limit": _failed("rate_limit_error"),
    "error_200_odd": _failed("cosmic_ray"),
}

REFUSALS = {
    "400_param": Refusal(400, error(400, "`temperature` is deprecated for this model.")),
    "400_value": Refusal(400, error(400, "temperature: range: 0..1")),
    "400_both": Refusal(
        400,
        error(
            400,
            "`temperature` and `top_p` cannot both be specified for this model. "
            "Please use only one.",
        ),
    ),
    "400_prefill": Refusal(
        400,
        error(
            400,
            "This model does not support assistant message prefill. "
            "The conversation must end with a user message.",
        ),
    ),
    "400_context": Refusal(400, error(400, "prompt is too long: 208310 tokens > 200000 maximum")),
    "400_policy": Refusal(400, error(400, "Output blocked by content filtering policy")),
    "400_credit": Refusal(
        400, error(400, "Your credit balance is too low to access the Anthropic API.")
    ),
    "404_model": Refusal(404, as_json(answers.error("not_found_error", "model: some-model"))),
    "429_quota": Refusal(429, error(429, error_code="enforced_spend_limit_reached")),
}


def _without_reason(answer: Answer) -> list[bytes]:
    """Whole, for the last event is there, but nobody says why it ended."""
    return events({**answer, "stop_reason": None})


def _broken(kind: str) -> bytes:
    return event(answers.error(kind) | {"type": "error"})


_BY_LOGPROBS = "it reports no log probabilities"
LANGUAGE = Language(
    base="",
    key_header="x-api-key",
    good=_good,
    events=events,
    begun=4,
    models=lambda names: {"data": [{"type": "model", "id": name} for name in names]},
    saying=saying,
    error=error,
    refused_field=lambda field: error(400, f"`{field}` is deprecated for this model."),
    refusals=REFUSALS,
    shapes=SHAPES,
    streams={
        "sse_no_finish": _without_reason,
        "sse_error": lambda answer: [*events(answer)[:4], _broken("api_error")],
        "sse_limit": lambda answer: [events(answer)[0], _broken("rate_limit_error")],
        "sse_overloaded": lambda answer: [*events(answer)[:4], _broken("overloaded_error")],
    },
    lacks={
        "400_filter": "it has no codes: 400_policy is its filter",
        "400_key": "a bad key is status 401",
        "400_list": "only a door of Gemini's lists its errors",
        "400_null_code": "its errors have no code",
        "403_billing": "no credit is status 402 or 400",
        "429_day": "no refusal names a day's quota",
        "429_delay": "a wait stands in the headers",
        "clock": "a message holds no time",
        "content_filter": "no stop reason says so: it refuses, or answers with status 400",
        "error_200_choice": "no stop reason is an error",
        "extra_choices": "one answer is one message",
        "missing_logprobs": _BY_LOGPROBS,
        "nan_logprobs": _BY_LOGPROBS,
        "positive_logprobs": _BY_LOGPROBS,
        "prompt_blocked": "a prompt that is stopped is status 400: 400_policy",
        "sse_failed": "an error is an event of its own: sse_error",
        "unfinished": "a message has no status",
    },
)

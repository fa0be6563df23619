"""OpenAI chat completions, and the servers that copy them."""

from __future__ import annotations

from tests.faulty.answers import completion, events, models
from tests.faulty.language import Answer, Language, Refusal, Shape, event, top, without
from tests.faulty.scene import as_json
from tests.faulty.shapes import common

_TOLD: dict[int, tuple[str, str, str | None]] = {
    401: ("Incorrect API key provided.", "invalid_request_error", "invalid_api_key"),
    402: ("No credit.", "billing_error", None),
    403: ("Not allowed.", "permission_error", None),
    408: ("Timeout.", "timeout", None),
    409: ("Conflict.", "conflict", None),
    413: ("Too large.", "invalid_request_error", None),
    429: ("Rate limit reached.", "requests", "rate_limit_exceeded"),
    500: ("The server had an error.", "server_error", None),
    503: ("The server had an error.", "server_error", None),
    529: ("Overloaded.", "overloaded_error", None),
}
"""By status: message, type and code."""


def error(status: int, message: str = "", **more: object) -> bytes:
    """An error body in OpenAI's shape, of chat and Responses alike."""
    default, kind, code = _TOLD.get(status, ("No.", "invalid_request_error", None))
    inner = {"message": message or default, "type": kind, "param": None, "code": code, **more}
    return as_json({"error": inner})


def refusals(max_tokens: str) -> dict[str, Refusal]:
    """Refusals in OpenAI's words (providers.md, section 3).

    Args:
        max_tokens: the field of this setting.
    """
    return {
        "400_param": Refusal(
            400,
            error(
                400,
                f"Unsupported parameter: '{max_tokens}' is not supported with this model. "
                "Use another one instead.",
                param=max_tokens,
                code="unsupported_parameter",
            ),
        ),
        "400_value": Refusal(
            400,
            error(
                400,
                "Unsupported value: 'temperature' does not support 0.5 with this model. "
                "Only the default (1) value is supported.",
                param="temperature",
                code="unsupported_value",
            ),
        ),
        "400_null_code": Refusal(
            400,
            error(
                400,
                "Unsupported parameter: 'temperature' is not supported with this model.",
                param="temperature",
            ),
        ),
        "400_context": Refusal(
            400,
            error(
                400,
                "Your input exceeds the context window of this model.",
                param="messages",
                code="context_length_exceeded",
            ),
        ),
        "400_policy": Refusal(
            400,
            error(
                400,
                "Invalid prompt: your prompt was flagged as potentially violating our usage "
                "policy. Please try again with a different prompt.",
                code="invalid_prompt",
            ),
        ),
        "400_filter": Refusal(400, error(400, "Filtered.", code="content_filter")),
        "404_model": Refusal(
            404, error(404, "The model does not exist.", param="model", code="model_not_found")
        ),
        "429_quota": Refusal(
            429,
            error(
                429,
                "You exceeded your current quota.",
                type="insufficient_quota",
                code="insufficient_quota",
            ),
        ),
    }


def _choice(**changes: object) -> Shape:
    return lambda answer: {**answer, "choices": [{**answer["choices"][0], **changes}]}


def _message(**changes: object) -> Shape:
    return lambda answer: _choice(message={**answer["choices"][0]["message"], **changes})(answer)


def saying(text: str) -> Shape:
    """With another text."""
    return _message(content=text)


def _usage(value: object) -> Shape:
    return top(usage={"prompt_tokens": value, "completion_tokens": value, "total_tokens": value})


def _logprob(value: float) -> Shape:
    token: Answer = {"token": "Apple", "bytes": None, "logprob": value, "top_logprobs": []}
    return _choice(logprobs={"content": [token]})


def _failed(**inner: object) -> Shape:
    return lambda answer: {"error": inner}


_CALL = {"id": "c", "type": "function", "function": {"name": "look_up", "arguments": '{"broken'}}
_NOTHING: Answer = {"role": "assistant", "content": None}

SHAPES: dict[str, Shape] = {
    **common(saying),
    "empty_choices": top(choices=[]),
    "null_choices": top(choices=None),
    "missing_message": top(choices=[{"index": 0, "finish_reason": "stop"}]),
    "missing_content": _choice(message={"role": "assistant"}),
    "null_content": _message(content=None),
    "number_content": _message(content=7),
    "content_list": _message(
        content=[{"type": "text", "text": "Ap"}, {"type": "text", "text": "ple"}]
    ),
    "odd_parts": _message(content=[{"type": "text", "text": 7}, None]),
    "missing_finish": _choice(finish_reason=None),
    "unknown_finish": _choice(finish_reason="cosmic_ray"),
    "content_filter": _choice(finish_reason="content_filter", message={**_NOTHING, "content": ""}),
    "refusal": _message(content=None, refusal="I can't help with that."),
    "tool_calls": _choice(finish_reason="tool_calls", message={**_NOTHING, "tool_calls": [_CALL]}),
    "reasoning": _choice(
        finish_reason="length", message={**_NOTHING, "content": "", "reasoning_content": "Hm."}
    ),
    "missing_usage": without("usage"),
    "null_usage": top(usage=None),
    "usage_negative": _usage(-5),
    "usage_huge": _usage(10**18),
    "usage_string": _usage("7"),
    "usage_list": top(usage=[1]),
    "missing_model": without("model"),
    "missing_id": without("id"),
    "model_mismatch": top(model="another-model"),
    "extra_choices": lambda answer: {**answer, "choices": answer["choices"] * 3},
    "dup_ids": top(id="chatcmpl-same"),
    "positive_logprobs": _logprob(0.0001),
    "nan_logprobs": _logprob(float("nan")),
    "missing_logprobs": _logprob(-9999.0),
    "error_200": _failed(message="Overloaded.", code=502),
    "error_200_limit": _failed(message="!", code="rate_limit_exceeded"),
    "error_200_odd": _failed(message="Something."),
    "error_200_choice": _choice(finish_reason="error", message={**_NOTHING, "content": "A"}),
    "clock": top(created=-1),
}


def _broken(**inner: object) -> bytes:
    return event({"error": {"message": "!", "param": None, "code": None, **inner}})


def _without_reason(answer: Answer) -> list[bytes]:
    """Whole, for `[DONE]` is there, but nobody says why it ended."""
    told = events(answer)
    return told[:-3] + told[-2:]


LANGUAGE = Language(
    base="/v1",
    key_header="authorization",
    good=lambda asked, text, number, model: completion(asked, text, number),
    events=events,
    begun=2,
    models=models,
    saying=saying,
    error=error,
    refused_field=lambda field: error(400, "No.", param=field),
    refusals=refusals("max_tokens"),
    shapes=SHAPES,
    streams={
        "sse_no_finish": _without_reason,
        "sse_error": lambda answer: [*events(answer)[:2], _broken(type="oops")],
        "sse_limit": lambda answer: [_broken(code="rate_limit_exceeded")],
        "sse_overloaded": lambda answer: [
            _broken(type="service_unavailable_error", code="server_is_overloaded")
        ],
    },
    lacks={
        "400_both": "OpenAI refuses one setting at a time",
        "400_credit": "no credit is status 429 or 402",
        "400_key": "a bad key is status 401",
        "400_prefill": "a trailing assistant message is a turn like any other",
        "403_billing": "no credit is status 429 or 402",
        "429_day": "no refusal names a day's quota",
        "429_delay": "a wait stands in the headers",
        "prompt_blocked": "a prompt that is stopped is status 400: 400_policy, 400_filter",
        "sse_failed": "an error is an event without a name: sse_error",
        "unfinished": "an answer has no status",
    },
)

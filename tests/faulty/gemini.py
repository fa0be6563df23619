"""Gemini's generateContent."""

from __future__ import annotations

from typing import Any

from tests.faulty.language import Answer, Language, Refusal, Shape, event, tokens, top, without
from tests.faulty.scene import as_json
from tests.faulty.shapes import common
from tests.providers.gemini import answers
from tests.providers.gemini.answers import blocked

_TOLD = {
    401: ("UNAUTHENTICATED", "Request had invalid authentication credentials."),
    403: ("PERMISSION_DENIED", "The caller does not have permission"),
    409: ("ABORTED", "The operation was aborted."),
    429: ("RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota)."),
    500: ("INTERNAL", "An internal error has occurred. Please retry."),
    503: ("UNAVAILABLE", "The model is overloaded. Please try again later."),
    529: ("UNAVAILABLE", "Overloaded."),
}
_TYPES = "type.googleapis.com/google.rpc."


def error(status: int, message: str = "", **more: Any) -> bytes:
    """An error body, in the API's words; `details` is a list."""
    word, default = _TOLD.get(status, ("INVALID_ARGUMENT", "No."))
    return as_json(answers.error(status, word, message or default, *more.get("details", ())))


def events(answer: Answer) -> list[bytes]:
    """The same answer, streamed: in two pieces at least, so that the first isn't the last too."""
    candidate = answer["candidates"][0]
    text = "".join(part["text"] for part in candidate["content"]["parts"])
    parts, _ = tokens(text)
    pieces = parts if len(parts) > 1 else [text[: len(text) // 2], text[len(text) // 2 :]]
    content = {"role": "model", "parts": [{"text": piece} for piece in pieces]}
    return answers.events({**answer, "candidates": [{**candidate, "content": content}]})


def _candidate(**changes: object) -> Shape:
    return lambda answer: {**answer, "candidates": [{**answer["candidates"][0], **changes}]}


def _parts(*parts: object, **changes: object) -> Shape:
    return _candidate(content={"role": "model", "parts": list(parts)}, **changes)


def saying(text: str) -> Shape:
    """With another text."""
    return _parts({"text": text})


def _usage(value: object) -> Shape:
    names = ("promptTokenCount", "candidatesTokenCount", "totalTokenCount")
    return top(usageMetadata=dict.fromkeys(names, value))


def _logprob(value: float) -> Shape:
    token = {"token": "Apple", "tokenId": 7, "logProbability": value}
    return _candidate(logprobsResult={"chosenCandidates": [token], "topCandidates": []})


def _failed(code: int, status: str) -> Shape:
    return lambda answer: answers.error(code, status, "!")


SHAPES: dict[str, Shape] = {
    **common(saying),
    "empty_choices": top(candidates=[]),
    "null_choices": top(candidates=None),
    "missing_message": top(candidates=[{"index": 0}]),
    "missing_content": _candidate(content={"role": "model"}),
    "null_content": _parts({"text": None}),
    "number_content": _candidate(content=7),
    "content_list": _parts({"text": "Ap"}, {"text": "ple"}),
    "odd_parts": _parts({"text": 7}, None),
    "missing_finish": _candidate(finishReason=None),
    "unknown_finish": _candidate(finishReason="cosmic_ray"),
    "content_filter": top(candidates=[{"finishReason": "SAFETY", "index": 0}]),
    "prompt_blocked": lambda answer: blocked(),
    "tool_calls": _parts({"functionCall": {"name": "look_up", "args": {"a": 1}}}),
    "reasoning": _parts({"text": "Hm.", "thought": True}, finishReason="MAX_TOKENS"),
    "missing_usage": without("usageMetadata"),
    "null_usage": top(usageMetadata=None),
    "usage_negative": _usage(-5),
    "usage_huge": _usage(10**18),
    "usage_string": _usage("7"),
    "usage_list": top(usageMetadata=[1]),
    "missing_model": without("modelVersion"),
    "missing_id": without("responseId"),
    "model_mismatch": top(modelVersion="another-model"),
    "extra_choices": lambda answer: {**answer, "candidates": answer["candidates"] * 3},
    "dup_ids": top(responseId="same"),
    "positive_logprobs": _logprob(0.0001),
    "nan_logprobs": _logprob(float("nan")),
    "missing_logprobs": _logprob(-9999.0),
    "error_200": _failed(502, "INTERNAL"),
    "error_200_limit": _failed(429, "RESOURCE_EXHAUSTED"),
    "error_200_odd": lambda answer: {"error": {"message": "Something."}},
    "error_200_choice": _candidate(finishReason="OTHER"),
    "clock": top(createTime="0000-00-00T99:99:99Z"),
}


def _field(name: str) -> bytes:
    violation = {"field": name, "description": "No."}
    detail = {"@type": f"{_TYPES}BadRequest", "fieldViolations": [violation]}
    return error(400, "Request contains an invalid argument.", details=[detail])


def _quota(name: str) -> dict[str, Any]:
    violation = {"quotaId": f"GenerateRequests{name}PerProjectPerModel-FreeTier"}
    return {"@type": f"{_TYPES}QuotaFailure", "violations": [violation]}


def _reason(word: str) -> dict[str, Any]:
    return {"@type": f"{_TYPES}ErrorInfo", "reason": word, "domain": "googleapis.com"}


_RETRY = {"@type": f"{_TYPES}RetryInfo", "retryDelay": "2s"}
_QUOTA = "You exceeded your current quota, please check your plan and billing details."
REFUSALS = {
    "400_param": Refusal(
        400,
        error(
            400,
            'Invalid JSON payload received. Unknown name "temperature" at '
            "'generation_config': Cannot find field.",
        ),
    ),
    "400_value": Refusal(
        400,
        error(
            400,
            "Unable to submit request because it has a temperature value of 0.5 but the supported "
            "range is from 1 (inclusive) to 2 (exclusive). Update the value and try again.",
        ),
    ),
    "400_context": Refusal(
        400,
        error(
            400,
            "The input token count (1200000) exceeds the maximum number of tokens allowed "
            "(1048576).",
        ),
    ),
    "400_key": Refusal(
        400,
        error(
            400,
            "API key not valid. Please pass a valid API key.",
            details=[_reason("API_KEY_INVALID")],
        ),
    ),
    "404_model": Refusal(
        404,
        as_json(
            answers.error(
                404,
                "NOT_FOUND",
                "models/some-model is not found for API version v1beta, or is not supported for "
                "generateContent.",
            )
        ),
    ),
    "403_billing": Refusal(
        403, error(403, "Billing is not enabled.", details=[_reason("BILLING_DISABLED")])
    ),
    "429_day": Refusal(429, error(429, _QUOTA, details=[_quota("PerDay"), _RETRY])),
    "429_delay": Refusal(429, error(429, _QUOTA, details=[_quota("PerMinute"), _RETRY])),
}


def _broken(code: int, status: str) -> bytes:
    return event(answers.error(code, status, "!"))


LANGUAGE = Language(
    base="/v1beta",
    key_header="x-goog-api-key",
    good=answers.generated,
    events=events,
    begun=1,
    models=lambda names: {"models": [{"name": f"models/{name}"} for name in names]},
    saying=saying,
    error=error,
    refused_field=_field,
    refusals=REFUSALS,
    shapes=SHAPES,
    streams={
        "sse_error": lambda answer: [events(answer)[0], _broken(500, "INTERNAL")],
        "sse_limit": lambda answer: [_broken(429, "RESOURCE_EXHAUSTED")],
        "sse_overloaded": lambda answer: [events(answer)[0], _broken(503, "UNAVAILABLE")],
    },
    lacks={
        "400_both": "no two settings exclude one another",
        "400_credit": "no credit is a reason in the details: 403_billing",
        "400_filter": "a prompt that is stopped is answered with status 200: prompt_blocked",
        "400_policy": "a prompt that is stopped is answered with status 200: prompt_blocked",
        "400_null_code": "its code is the status",
        "400_prefill": "a last turn of the model's is taken",
        "402": "no credit is status 403: 403_billing",
        "408": "its own deadline is status 504",
        "422": "a bad field is status 400",
        "429_quota": "a quota that is used up is one of a day or a minute: 429_day, 429_delay",
        "refusal": "no finish reason says so: a filter stops it, or the text declines",
        "sse_failed": "an error is an event without a name: sse_error",
        "sse_no_finish": "the reason is the only sign of the end: without it the stream is cut",
        "unfinished": "an answer has no status",
    },
)

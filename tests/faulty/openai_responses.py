"""OpenAI Responses."""

from __future__ import annotations

from typing import Any

from tests.faulty import openai_chat
from tests.faulty.answers import models
from tests.faulty.language import Answer, Language, Shape, top, without
from tests.faulty.shapes import common
from tests.providers.openai_responses import answers
from tests.providers.openai_responses.answers import function_call, message, output_text


def events(answer: Answer) -> list[bytes]:
    """The same answer, streamed."""
    return answers.stream(answers.events(answer))


def _parts(*parts: object) -> Shape:
    return top(output=[message([*parts])])


def saying(text: str) -> Shape:
    """With another text."""
    return _parts(output_text(text))


def _usage(value: object) -> Shape:
    return top(usage=answers.usage(input_tokens=value, output_tokens=value, total_tokens=value))


def _logprob(value: float) -> Shape:
    token: Answer = {"token": "Apple", "bytes": None, "logprob": value, "top_logprobs": []}
    return _parts(output_text("Apple", logprobs=[token]))


def _failed(error: object) -> Shape:
    """The schema's own way to say so, with status 200."""
    return top(status="failed", error=error, output=[], usage=None)


def _cut(reason: str, *items: Any) -> Shape:
    return top(status="incomplete", incomplete_details={"reason": reason}, output=list(items))


SHAPES: dict[str, Shape] = {
    **common(saying),
    "empty_choices": top(output=[]),
    "null_choices": top(output=None),
    "missing_message": without("output"),
    "missing_content": _parts({"type": "output_text"}),
    "null_content": _parts(output_text("") | {"text": None}),
    "number_content": top(output=7),
    "content_list": _parts(output_text("Ap"), output_text("ple")),
    "odd_parts": _parts(output_text("") | {"text": 7}, None),
    "missing_finish": without("status"),
    "unknown_finish": top(status="cosmic_ray"),
    "content_filter": _cut("content_filter", message([])),
    "refusal": _parts(answers.refusal("I can't help with that.")),
    "tool_calls": top(output=[function_call("look_up", '{"broken')]),
    "reasoning": _cut("max_output_tokens", answers.reasoning("Hm.")),
    "missing_usage": without("usage"),
    "null_usage": top(usage=None),
    "usage_negative": _usage(-5),
    "usage_huge": _usage(10**18),
    "usage_string": _usage("7"),
    "usage_list": top(usage=[1]),
    "missing_model": without("model"),
    "missing_id": without("id"),
    "model_mismatch": top(model="another-model"),
    "dup_ids": top(id="resp_same"),
    "positive_logprobs": _logprob(0.0001),
    "nan_logprobs": _logprob(float("nan")),
    "missing_logprobs": _logprob(-9999.0),
    "error_200": _failed({"code": "server_error", "message": "It failed."}),
    "error_200_limit": _failed({"code": "rate_limit_exceeded", "message": "!"}),
    "error_200_odd": _failed({"code": "cosmic_ray", "message": "Something."}),
    "error_200_choice": _failed(None),
    "unfinished": top(status="in_progress", output=[]),
    "clock": top(created_at=-1),
}


def _broken(code: str | None) -> bytes:
    """The schema's event, whose fields stand in it and not in an object of their own."""
    told = {"type": "error", "code": code, "message": "!", "param": None, "sequence_number": 9}
    [written] = answers.stream([told])
    return written


def _overloaded(answer: Answer) -> list[bytes]:
    """As it was seen: not the schema's event, and the error in an object of its own."""
    inner = {"type": "service_unavailable_error", "code": "server_is_overloaded", "message": "!"}
    told = {"type": "error", "error": {**inner, "param": None}, "sequence_number": 2}
    return [*events(answer)[:2], *answers.stream([told])]


def _ends_failed(answer: Answer) -> list[bytes]:
    return [*events(answer)[:5], events(answers.failed("server_error"))[-1]]


LANGUAGE = Language(
    base="/v1",
    key_header="authorization",
    good=lambda asked, text, number, model: answers.response(asked, text, number),
    events=events,
    begun=5,
    models=models,
    saying=saying,
    error=openai_chat.error,
    refused_field=openai_chat.LANGUAGE.refused_field,
    refusals=openai_chat.refusals("max_output_tokens"),
    shapes=SHAPES,
    streams={
        "sse_error": lambda answer: [*events(answer)[:5], _broken(None)],
        "sse_failed": _ends_failed,
        "sse_limit": lambda answer: [events(answer)[0], _broken("rate_limit_exceeded")],
        "sse_overloaded": _overloaded,
    },
    lacks={
        **{
            name: openai_chat.LANGUAGE.lacks[name]
            for name in (
                "400_both",
                "400_credit",
                "400_key",
                "400_prefill",
                "403_billing",
                "429_day",
                "429_delay",
                "prompt_blocked",
            )
        },
        "400_list": "only a door of Gemini's lists its errors",
        "extra_choices": "it has no choices, and several messages of one answer are its own way",
        "sse_no_finish": "the last event is the reason: without it the stream is cut",
    },
)

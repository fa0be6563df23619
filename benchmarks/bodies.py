"""Answers of about the same size in each dialect, as its vendor's API shapes them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from benchmarks.made import MODEL, texts
from lib.domain.configuration import Dialect

BODY_BYTES = 2_048
_TEXT = BODY_BYTES - 640
"""What is left of that for the text, beside a chat completion's other fields."""
ANSWERS = 64
"""Different ones, given in turn."""


def bodies(dialect: Dialect = "openai") -> list[bytes]:
    """Answers with the same texts in every dialect."""
    shape = _SHAPES[dialect]
    return [
        json.dumps(shape(place, text[:_TEXT])).encode()
        for place, text in enumerate(texts(ANSWERS, tokens=250, seed=1))
    ]


def _completion(place: int, text: str) -> dict[str, object]:
    return {
        "id": f"chatcmpl-benchmark{place:05}",
        "object": "chat.completion",
        "created": 1_790_000_000,
        "model": MODEL,
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": text, "refusal": None},
                "logprobs": None,
                "finish_reason": "stop",
            }
        ],
        "usage": {
            "prompt_tokens": 19,
            "completion_tokens": 240,
            "total_tokens": 259,
            "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
            "completion_tokens_details": {
                "reasoning_tokens": 0,
                "audio_tokens": 0,
                "accepted_prediction_tokens": 0,
                "rejected_prediction_tokens": 0,
            },
        },
        "service_tier": "default",
        "system_fingerprint": "fp_benchmark",
    }


def _response(place: int, text: str) -> dict[str, object]:
    return {
        "id": f"resp_benchmark{place:05}",
        "object": "response",
        "created_at": 1_790_000_000,
        "status": "completed",
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "max_output_tokens": 400,
        "model": MODEL,
        "output": [
            {
                "type": "message",
                "id": f"msg_benchmark{place:05}",
                "status": "completed",
                "role": "assistant",
                "content": [
                    {"type": "output_text", "text": text, "annotations": [], "logprobs": []}
                ],
            }
        ],
        "parallel_tool_calls": True,
        "service_tier": "default",
        "temperature": 1.0,
        "usage": {
            "input_tokens": 19,
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens": 240,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": 259,
        },
    }


def _message(place: int, text: str) -> dict[str, object]:
    return {
        "id": f"msg_benchmark{place:05}",
        "type": "message",
        "role": "assistant",
        "model": MODEL,
        "content": [{"type": "text", "text": text}],
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": {
            "input_tokens": 19,
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 0,
            "output_tokens": 240,
            "service_tier": "standard",
        },
    }


def _generated(place: int, text: str) -> dict[str, object]:
    return {
        "candidates": [
            {
                "content": {"role": "model", "parts": [{"text": text}]},
                "finishReason": "STOP",
                "index": 0,
            }
        ],
        "usageMetadata": {
            "promptTokenCount": 19,
            "candidatesTokenCount": 240,
            "totalTokenCount": 259,
        },
        "modelVersion": MODEL,
        "responseId": f"benchmark{place:05}",
    }


_SHAPES: Mapping[Dialect, Callable[[int, str], dict[str, object]]] = {
    "openai": _completion,
    "openai-responses": _response,
    "anthropic": _message,
    "gemini": _generated,
}

"""What a server without faults answers: a chat completion, whole or streamed, and a model list."""

from __future__ import annotations

import json
import math
import re
from typing import Any

ALTERNATIVES = (" Pear", " Plum", " Fig", " Kiwi", " Lime")


def completion(asked: dict[str, Any], text: str, number: int) -> dict[str, Any]:
    """A good answer, as the API documents it."""
    limit = asked.get("max_completion_tokens") or asked.get("max_tokens")
    tokens = re.findall(r"\s*\S+|\s+$", text)
    cut = limit is not None and limit < len(tokens)
    kept = tokens[:limit] if cut else tokens
    return {
        "id": f"chatcmpl-{number}",
        "object": "chat.completion",
        "created": 1_795_000_000 + number,
        "model": asked.get("model", "some-model"),
        "system_fingerprint": "fp_faulty",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": "".join(kept), "refusal": None},
                "logprobs": _logprobs(kept, asked.get("top_logprobs") or 0)
                if asked.get("logprobs")
                else None,
                "finish_reason": "length" if cut else "stop",
            }
        ],
        "usage": {
            "prompt_tokens": 11,
            "completion_tokens": len(kept),
            "total_tokens": 11 + len(kept),
            "prompt_tokens_details": {"cached_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": 0},
        },
    }


def _logprobs(tokens: list[str], top: int) -> dict[str, Any]:
    return {
        "content": [
            {
                **_token(token, 0.6),
                "top_logprobs": [
                    _token(each, 0.6 / 2**rank)
                    for rank, each in enumerate((token, *ALTERNATIVES)[:top])
                ],
            }
            for token in tokens
        ],
        "refusal": None,
    }


def _token(token: str, probability: float) -> dict[str, Any]:
    return {"token": token, "bytes": list(token.encode()), "logprob": math.log(probability)}


def events(answer: dict[str, Any]) -> list[bytes]:
    """The same answer as the events of a stream, the last of them `[DONE]`."""
    choice = answer["choices"][0]
    message = choice["message"]
    head = {name: value for name, value in answer.items() if name not in {"choices", "usage"}}
    head["object"] = "chat.completion.chunk"
    pieces: list[dict[str, Any]] = [{"delta": {"role": "assistant", "content": ""}}]
    positions = (choice["logprobs"] or {}).get("content", [])
    for at, piece in enumerate(re.findall(r"\s*\S+|\s+$", message["content"] or "")):
        logprobs = {"content": positions[at : at + 1], "refusal": None} if positions else None
        pieces.append({"delta": {"content": piece}, "logprobs": logprobs})
    pieces.append({"delta": {}, "finish_reason": choice["finish_reason"]})
    chunks: list[object] = [
        {**head, "choices": [{"index": 0, "finish_reason": None, "logprobs": None, **piece}]}
        for piece in pieces
    ]
    chunks.append({**head, "choices": [], "usage": answer["usage"]})
    return [b"data: %b\n\n" % json.dumps(each).encode() for each in chunks] + [b"data: [DONE]\n\n"]


def models(names: list[str]) -> dict[str, Any]:
    """What GET /models answers."""
    return {
        "object": "list",
        "data": [
            {"id": name, "object": "model", "created": 1_795_000_000, "owned_by": "faulty"}
            for name in names
        ],
    }

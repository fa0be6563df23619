"""What a Gemini endpoint answers, written from the vendor's schema (google-genai 3.6, types.py)."""

from __future__ import annotations

import json
import math
import re
from typing import Any

ALTERNATIVES = (" Pear", " Plum", " Fig", " Kiwi", " Lime")


def generated(asked: dict[str, Any], text: str, number: int, model: str = "m") -> dict[str, Any]:
    """A good answer to a request, as the API documents it.

    Args:
        asked: the body of the request.
        text: what the model says, unless maxOutputTokens cuts it.
        number: of the answer, which makes its id.
        model: the name in the request's path.
    """
    config = asked.get("generationConfig", {})
    tokens = re.findall(r"\s*\S+|\s+$", text)
    limit = config.get("maxOutputTokens", len(tokens))
    kept = tokens[:limit]
    candidate: dict[str, Any] = {
        "content": {"parts": [{"text": "".join(kept)}], "role": "model"},
        "finishReason": "MAX_TOKENS" if limit < len(tokens) else "STOP",
        "index": 0,
    }
    if config.get("responseLogprobs"):
        candidate["avgLogprobs"] = math.log(0.6)
        candidate["logprobsResult"] = _logprobs(kept, config.get("logprobs", 0))
    return {
        "candidates": [candidate],
        "usageMetadata": {
            "promptTokenCount": 11,
            "candidatesTokenCount": len(kept),
            "totalTokenCount": 11 + len(kept),
            "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 11}],
        },
        "modelVersion": model.removeprefix("models/"),
        "responseId": f"gemini-{number}",
    }


def _logprobs(tokens: list[str], top: int) -> dict[str, Any]:
    likely = [(*dict.fromkeys((token, *ALTERNATIVES)),)[:top] for token in tokens]
    return {
        "chosenCandidates": [_token(token, 0.6) for token in tokens],
        "topCandidates": [
            {"candidates": [_token(each, 0.6 / 2**rank) for rank, each in enumerate(step)]}
            for step in likely
        ],
        "logProbabilitySum": len(tokens) * math.log(0.6),
    }


def _token(token: str, probability: float) -> dict[str, Any]:
    known = sum(token.encode())
    return {"token": token, "tokenId": known, "logProbability": math.log(probability)}


def events(answer: dict[str, Any]) -> list[bytes]:
    """The same answer as the events of a stream: why it stopped and the usage in the last alone."""
    candidate = answer["candidates"][0]
    parts = candidate.get("content", {}).get("parts", [])
    pieces = [
        {**part, "text": piece} if "text" in part else part
        for part in parts
        for piece in (re.findall(r"\s*\S+|\s+$", part.get("text", "")) or [""])
    ]
    result = candidate.get("logprobsResult", {})
    head: dict[str, Any] = {
        name: answer[name] for name in ("modelVersion", "responseId") if name in answer
    }
    chunks: list[dict[str, Any]] = []
    for at, piece in enumerate(pieces or [None]):
        growing: dict[str, Any] = {"index": candidate["index"]}
        if piece is not None:
            growing["content"] = {**candidate["content"], "parts": [piece]}
        if result:
            growing["logprobsResult"] = {
                name: result[name][at : at + 1] for name in ("chosenCandidates", "topCandidates")
            }
        chunks.append({**head, "candidates": [growing]})
    done = {"content", "logprobsResult"}
    chunks[-1]["candidates"][0] |= {k: v for k, v in candidate.items() if k not in done}
    if result:
        chunks[-1]["candidates"][0]["logprobsResult"]["logProbabilitySum"] = result[
            "logProbabilitySum"
        ]
    chunks[-1] |= {name: value for name, value in answer.items() if name != "candidates"}
    return [b"data: %b\r\n\r\n" % json.dumps(each).encode() for each in chunks]


def blocked(reason: str = "SAFETY") -> dict[str, Any]:
    """The answer to a prompt that was stopped: no candidate, and why."""
    return {
        "promptFeedback": {
            "blockReason": reason,
            "safetyRatings": [
                {"category": "HARM_CATEGORY_HARASSMENT", "probability": "HIGH", "blocked": True}
            ],
        },
        "usageMetadata": {"promptTokenCount": 11, "totalTokenCount": 11},
        "modelVersion": "some-gemini",
        "responseId": "gemini-1",
    }


def error(
    status: int, word: str, message: str, *details: dict[str, Any]
) -> dict[str, dict[str, Any]]:
    """An error body: google.rpc.Status, as JSON."""
    said: dict[str, Any] = {"code": status, "message": message, "status": word}
    return {"error": {**said, "details": list(details)} if details else said}


def good(**changes: object) -> dict[str, Any]:
    """A good answer with every field that is read, and changes to its top level."""
    return {
        "candidates": [candidate()],
        "usageMetadata": {
            "promptTokenCount": 11,
            "toolUsePromptTokenCount": 2,
            "cachedContentTokenCount": 4,
            "candidatesTokenCount": 2,
            "thoughtsTokenCount": 5,
            "totalTokenCount": 20,
            "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 11}],
            "trafficType": "ON_DEMAND",
        },
        "modelVersion": "some-gemini-001",
        "responseId": "r-1",
        "createTime": "2026-11-24T10:00:00Z",
        **changes,
    }


def candidate(**changes: object) -> dict[str, Any]:
    """A good candidate, with changes."""
    return {
        "content": {
            "role": "model",
            "parts": [
                {"text": "A fruit, then.", "thought": True},
                {"text": "Apple", "thoughtSignature": "c2ln"},
                {"functionCall": {"name": "look_up", "args": {"a": 1}}},
            ],
        },
        "finishReason": "STOP",
        "finishMessage": "All is well.",
        "index": 0,
        "avgLogprobs": -0.25,
        "safetyRatings": [{"category": "HARM_CATEGORY_HARASSMENT", "probability": "NEGLIGIBLE"}],
        "logprobsResult": {
            "chosenCandidates": [{"token": "Apple", "tokenId": 7, "logProbability": -0.25}],
            "topCandidates": [
                {
                    "candidates": [
                        {"token": "Apple", "tokenId": 7, "logProbability": -0.25},
                        {"token": "Pear", "tokenId": 8, "logProbability": -2.5},
                    ]
                }
            ],
            "logProbabilitySum": -0.25,
        },
        **changes,
    }


def parts(*said: object, **changes: object) -> dict[str, Any]:
    """A good answer that consists of these parts alone."""
    plain: dict[str, Any] = {"finishReason": "STOP", "index": 0, **changes}
    return good(candidates=[{"content": {"role": "model", "parts": list(said)}, **plain}])

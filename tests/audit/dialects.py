"""The model of a test in other dialects than OpenAI chat: what a body asks it, and its answers.

Each vendor's own fields and limits: what its API has no field for is not asked of the model.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lib.domain.configuration import Dialect
from tests.audit.model import Refusal, Said
from tests.providers.anthropic_messages import answers as anthropic
from tests.providers.gemini import answers as gemini
from tests.providers.openai_responses import answers as responses

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Spoken:
    """A dialect, between its bodies and the model, which hears OpenAI chat."""

    heard: Callable[[Body], Body]
    said: Callable[[Body, Said], Body]
    refused: Callable[[str], Body]
    base: str
    """Of its address, behind the port."""


def _renamed(body: Mapping[str, Any], names: Mapping[str, str]) -> Body:
    return {names[name]: value for name, value in body.items() if name in names}


def _responses(body: Body) -> Body:
    names = {
        "model": "model",
        "temperature": "temperature",
        "top_p": "top_p",
        "max_output_tokens": "max_tokens",
        "top_logprobs": "top_logprobs",
    }
    if body.get("max_output_tokens", 16) < 16:
        raise Refusal("max_output_tokens")
    wanted = "message.output_text.logprobs" in body.get("include", ())
    return {**_renamed(body, names), "messages": body["input"], "logprobs": wanted}


def _responses_said(body: Body, said: Said) -> Body:
    whole = responses.response(body, said.text)
    part = whole["output"][0]["content"][0]
    cut = said.finish_reason == "length"
    part["text"] = said.text
    part["logprobs"] = [
        {**_entry(each.text, each.logprob), "top_logprobs": [_entry(*top) for top in each.top]}
        for each in said.tokens
        if each.top
    ]
    whole["status"] = "incomplete" if cut else "completed"
    whole["incomplete_details"] = {"reason": "max_output_tokens"} if cut else None
    whole["usage"] = responses.usage(output_tokens=len(said.tokens))
    return whole


def _entry(text: str, logprob: float) -> Body:
    return {"token": text, "bytes": list(text.encode()), "logprob": logprob}


def _anthropic(body: Body) -> Body:
    names = {
        "model": "model",
        "messages": "messages",
        "temperature": "temperature",
        "top_p": "top_p",
        "top_k": "top_k",
        "stop_sequences": "stop",
        "max_tokens": "max_tokens",
    }
    if unknown := body.keys() - names.keys() - {"system"}:
        raise Refusal(min(unknown))
    if body.get("temperature", 1) > 1:
        raise Refusal("temperature")
    return _renamed(body, names)


def _anthropic_said(body: Body, said: Said) -> Body:
    return anthropic.message(
        model=body["model"],
        content=[anthropic.text(said.text)],
        stop_reason="max_tokens" if said.finish_reason == "length" else "stop_sequence",
        stop_sequence=None,
        usage=anthropic.usage(output_tokens=len(said.tokens), output_tokens_details=None),
    )


def _gemini(body: Body) -> Body:
    names = {
        "temperature": "temperature",
        "topP": "top_p",
        "topK": "top_k",
        "maxOutputTokens": "max_tokens",
        "stopSequences": "stop",
        "seed": "seed",
        "presencePenalty": "presence_penalty",
        "frequencyPenalty": "frequency_penalty",
        "responseLogprobs": "logprobs",
        "logprobs": "top_logprobs",
    }
    if unknown := body.keys() - {"contents", "generationConfig"}:
        raise Refusal(min(unknown))
    turns = [
        {
            "role": "assistant" if turn["role"] == "model" else "user",
            "content": "".join(part["text"] for part in turn["parts"]),
        }
        for turn in body["contents"]
    ]
    return {**_renamed(body["generationConfig"], names), "model": "m", "messages": turns}


def _gemini_said(body: Body, said: Said) -> Body:
    answer = gemini.generated({}, said.text, 1)
    candidate = answer["candidates"][0]
    candidate["content"]["parts"] = [{"text": said.text}]
    candidate["finishReason"] = "MAX_TOKENS" if said.finish_reason == "length" else "STOP"
    answer["usageMetadata"]["candidatesTokenCount"] = len(said.tokens)
    if body["generationConfig"].get("responseLogprobs") and any(t.top for t in said.tokens):
        candidate["logprobsResult"] = {
            "chosenCandidates": [_token(t.text, t.logprob) for t in said.tokens],
            "topCandidates": [{"candidates": [_token(*top) for top in t.top]} for t in said.tokens],
        }
    return answer


def _token(text: str, logprob: float) -> Body:
    return {"token": text, "tokenId": sum(text.encode()), "logProbability": logprob}


SPOKEN: Mapping[Dialect, Spoken] = {
    "openai-responses": Spoken(
        _responses,
        _responses_said,
        lambda field: responses.error(f"Unsupported parameter: '{field}'.", param=field),
        "/v1",
    ),
    "anthropic": Spoken(
        _anthropic,
        _anthropic_said,
        lambda field: anthropic.error("invalid_request_error", f"`{field}`: not taken."),
        "",
    ),
    "gemini": Spoken(
        _gemini,
        _gemini_said,
        lambda field: gemini.error(400, "INVALID_ARGUMENT", f"{field} is not taken."),
        "/v1beta",
    ),
}

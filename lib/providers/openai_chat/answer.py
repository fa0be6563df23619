"""What an OpenAI chat answer says, in whatever shape it comes."""

from __future__ import annotations

from typing import Any

from lib.domain.errors import Unreadable
from lib.domain.vocabulary import FinishReason, Reply, Sample, Slot
from lib.providers import reading
from lib.providers.capabilities import Profile
from lib.providers.effective import differing
from lib.providers.error_body import NOTHING, error_in
from lib.providers.openai_chat.logprobs import first_token
from lib.providers.openai_chat.message import Said, said
from lib.providers.openai_chat.stream import joined
from lib.providers.reading import Answer, Received
from lib.providers.usage import usage

FINISH_REASONS: dict[str, FinishReason] = {
    "stop": "stop",  # also for a stop sequence: this dialect can't tell the two apart
    "eos": "stop",
    "eos_token": "stop",
    "stop_sequence": "stop_sequence",
    "length": "length",
    "max_tokens": "length",
    "model_length": "context_window",  # Mistral
    "content_filter": "content_filter",
    "refusal": "refusal",
    "tool_calls": "tool_calls",
    "function_call": "tool_calls",
    "error": "error",  # OpenRouter, Mistral
    "abort": "error",  # vLLM
    "insufficient_system_resource": "error",  # DeepSeek
}
"""Servers' own words, and the lab's. What is not in it is `unknown`, and kept beside it."""


def read(slot: Slot, reply: Reply, profile: Profile) -> Sample:
    """The sample in a reply. Pure.

    Raises:
        CallError: if the reply is a refusal, or isn't what the dialect promises.
    """
    return reading.read(Received(slot, reply, profile), joined=joined, said=_answer)


def _answer(received: Received, completion: dict[str, Any]) -> Answer:
    flags = []
    match completion.get("choices"):
        case [dict() as choice]:
            pass
        case [dict() as choice, *others]:
            flags.append(f"{len(others)} more choices came than were asked for; one is counted.")
        case _:
            raise Unreadable("The answer has no choice in it.", "See its response.")
    message = said(choice)
    finish, raw = _finish(choice, message)
    text, odd = reading.continuation(received, message.content or "")
    asked = received.slot.configuration.settings
    tokens, doubts = usage(completion, max_tokens=asked.max_tokens)
    first, doubtful = first_token(
        choice, text=text, output_tokens=tokens.output_tokens, streamed=received.streamed
    )
    otherwise = differing(received, completion, ["service_tier"])
    return Answer(
        text=text,
        finish=finish,
        raw=raw,
        refusal=message.refusal,
        calls=message.calls,
        reasoning=message.reasoning,
        error=error_in(choice) or NOTHING,
        usage=tokens,
        model=completion.get("model"),
        response_id=completion.get("id"),
        fingerprint=completion.get("system_fingerprint"),
        service_tier=completion.get("service_tier"),
        first_token=first,
        flags=(*flags, *message.flags, *odd, *doubts, *doubtful, *otherwise),
    )


def _finish(choice: dict[str, Any], message: Said) -> tuple[FinishReason, str | None]:
    """The lab's word and the provider's own."""
    raw = reading.name(choice.get("finish_reason"))
    finish = FINISH_REASONS.get(raw or "", "unknown")
    match finish, choice.get("stop_reason"):
        case "stop", str():  # vLLM: the sequence that was met
            return "stop_sequence", raw
        case "stop", _ if message.refusal:
            return "refusal", raw
    return finish, raw

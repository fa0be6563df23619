"""What a Gemini answer says, in whatever shape it comes."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from lib.domain.errors import KeyRefused, Unreadable
from lib.domain.vocabulary import FinishReason, Reply, Sample, Slot
from lib.providers import reading
from lib.providers.capabilities import Profile
from lib.providers.effective import differing
from lib.providers.error_body import ErrorBody
from lib.providers.gemini.logprobs import first_token
from lib.providers.gemini.stream import joined
from lib.providers.gemini.usage import usage
from lib.providers.reading import Answer, Received
from lib.providers.usage import inside

FINISH_REASONS: dict[str, FinishReason] = {
    "STOP": "stop",  # also for a stop sequence: this dialect can't tell the two apart
    "MAX_TOKENS": "length",
    "CONTINUATION": "length",  # of one request; the lab never asks for the rest
    "SAFETY": "content_filter",
    "RECITATION": "content_filter",
    "LANGUAGE": "content_filter",
    "BLOCKLIST": "content_filter",
    "PROHIBITED_CONTENT": "content_filter",
    "SPII": "content_filter",
    "MODEL_ARMOR": "content_filter",
    "ESCALATION": "content_filter",
    "IMAGE_SAFETY": "content_filter",
    "IMAGE_PROHIBITED_CONTENT": "content_filter",
    "IMAGE_RECITATION": "content_filter",
    "IMAGE_OTHER": "content_filter",
    "MALFORMED_FUNCTION_CALL": "tool_calls",
    "UNEXPECTED_TOOL_CALL": "tool_calls",
    "TOO_MANY_TOOL_CALLS": "tool_calls",
    "OTHER": "error",
    "NO_IMAGE": "error",
    "MALFORMED_RESPONSE": "error",
    "MISSING_THOUGHT_SIGNATURE": "error",
    "PUP_LIMITED_DISABLED": "error",
    "FINISH_REASON_UNSPECIFIED": "error",
}
"""All words of google-genai 3.6, and the lab's. Any other is `unknown`, and kept beside it."""


def read(slot: Slot, reply: Reply, profile: Profile) -> Sample:
    """The sample in a reply. Pure.

    Raises:
        CallError: if the reply is a refusal, or isn't what the dialect promises.
    """
    return reading.read(Received(slot, reply, profile), joined=joined, said=_answer)


@dataclass(slots=True)
class _Said:
    """The parts of a content, by kind."""

    texts: list[str] = field(default_factory=list)
    thoughts: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)


def _answer(received: Received, answer: dict[str, Any]) -> Answer:
    flags = []
    match answer.get("candidates"):
        case [dict() as candidate]:
            pass
        case [dict() as candidate, *others]:
            flags.append(f"{len(others)} more candidates came than were asked for; one is counted.")
        case None | []:
            return _blocked(received, answer)
        case _:
            raise Unreadable("The answer has no candidate in it.", "See its response.")
    parts = _said(candidate)
    finish, raw = _finish(received, candidate, parts)
    text, odd = reading.continuation(received, "".join(parts.texts))
    asked = received.slot.configuration.settings
    tokens, doubts = usage(answer, max_tokens=asked.max_tokens)
    first, doubtful = first_token(
        candidate, text=text, output_tokens=tokens.output_tokens, streamed=received.streamed
    )
    if (asked.logprobs is not None) and text and "logprobsResult" not in candidate:
        flags.append("Log probabilities were asked for, but none came.")
    if candidate.get("finishMessage"):
        flags.append("Why it stopped is told in words: see finishMessage in its response.")
    used = answer.get("usageMetadata")
    if isinstance(used, dict):
        flags += differing(received, used, ["service_tier"])
    flags += [*parts.flags, *odd, *doubts, *doubtful]
    return Answer(
        text=text,
        finish=finish,
        raw=raw,
        calls=tuple(parts.calls),
        reasoning="".join(parts.thoughts) or None,
        error=ErrorBody(codes=frozenset({(raw or "").lower()})),
        usage=tokens,
        model=answer.get("modelVersion"),
        response_id=answer.get("responseId"),
        service_tier=inside(answer, "usageMetadata", "serviceTier"),
        first_token=first,
        flags=flags,
    )


def _blocked(received: Received, answer: dict[str, Any]) -> Answer:
    """No candidate came: the prompt was blocked, if the answer says so."""
    feedback = answer.get("promptFeedback")
    reason = reading.name(feedback.get("blockReason")) if isinstance(feedback, dict) else None
    if reason is None:
        raise Unreadable("The answer has no candidate in it.", "See its response.")
    tokens, doubts = usage(answer, max_tokens=received.slot.configuration.settings.max_tokens)
    return Answer(
        text="",
        finish="content_filter",
        raw=reason,
        usage=tokens,
        model=answer.get("modelVersion"),
        response_id=answer.get("responseId"),
        service_tier=inside(answer, "usageMetadata", "serviceTier"),
        flags=["The prompt was stopped by a content filter.", *doubts],
    )


def _said(candidate: dict[str, Any]) -> _Said:
    """What a candidate's content says. It is left out where nothing was said.

    Raises:
        Unreadable: if it isn't one, or the candidate says nothing at all.
    """
    stopped = isinstance(candidate.get("finishReason"), str)
    match candidate.get("content"):
        case {"parts": list() as parts}:
            return _sorted(parts)
        case {"parts": None} | None if stopped:
            return _Said()
        case dict() as content if stopped and "parts" not in content:
            return _Said()
        case _:
            raise Unreadable("The answer's candidate has no content.", "See its response.")


def _sorted(parts: list[object]) -> _Said:
    found = _Said()
    for part in parts:
        match part:
            case {"text": str(text), "thought": True}:
                found.thoughts.append(text)
            case {"text": str(text)}:
                found.texts.append(text)
            case {"functionCall": dict() as call}:
                found.calls.append(_written(call))
            case {"thoughtSignature": _, **rest} if rest.keys() <= {"thought"}:
                continue
            case _:
                found.flags.append("Parts of the answer that aren't text were left out.")
    return found


def _written(call: dict[str, Any]) -> str:
    name, arguments = call.get("name"), call.get("args")
    try:
        told = json.dumps(arguments, ensure_ascii=False) if arguments else ""
    except RecursionError:
        raise Unreadable("The answer is nested too deep.", "See its response.") from None
    return f"{name if isinstance(name, str) else 'unnamed'}({told})"


def _finish(
    received: Received, candidate: dict[str, Any], said: _Said
) -> tuple[FinishReason, str | None]:
    """The lab's word and the provider's own, which is STOP for tool calls too.

    Raises:
        KeyRefused: if the account is shut off.
    """
    raw = reading.name(candidate.get("finishReason"))
    finish = FINISH_REASONS.get(raw or "", "unknown")
    if raw == "PUP_LIMITED_DISABLED":
        name = received.slot.configuration.endpoint.name
        raise KeyRefused(
            f"The account at {name} is limited or shut off, for a use that is prohibited.",
            "See its policy on prohibited use.",
            code="forbidden",
        )
    if finish == "tool_calls" and not said.calls:
        said.calls.append("unnamed()")  # it can't be read, or wasn't to be made
    return ("tool_calls" if finish == "stop" and said.calls else finish), raw

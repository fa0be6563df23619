"""What an OpenAI Responses answer says, in whatever shape it comes."""

from __future__ import annotations

from typing import Any

from lib.domain.errors import Unreadable
from lib.domain.vocabulary import FinishReason, Reply, Sample, Slot
from lib.providers import reading
from lib.providers.capabilities import Profile
from lib.providers.effective import differing
from lib.providers.openai_chat.logprobs import first_token
from lib.providers.openai_responses.output import Said, said
from lib.providers.openai_responses.stream import joined
from lib.providers.reading import Answer, Received
from lib.providers.usage import believed, inside

FINISH_REASONS: dict[str, FinishReason] = {
    "completed": "stop",
    "failed": "error",  # where it says why, that is read before this
    "max_output_tokens": "length",
    "content_filter": "content_filter",
    "steered": "pause",  # at a boundary, so that another response can go on from there
    "max_messages": "unknown",
    "incomplete": "unknown",  # without a reason
}
"""Statuses, and reasons of an incomplete response. What is not in it is `unknown` too."""

_UNFINISHED = {
    "queued": "The answer has not begun: the endpoint has queued it.",
    "in_progress": "The answer is not finished: the endpoint was still at it.",
    "cancelled": "The answer was cancelled at the endpoint.",
}
_ECHOED = ("temperature", "top_p", "max_tokens", "reasoning_effort", "verbosity", "service_tier")


def read(slot: Slot, reply: Reply, profile: Profile) -> Sample:
    """The sample in a reply. Pure.

    Raises:
        CallError: if the reply is a refusal, or isn't what the dialect promises.
    """
    return reading.read(Received(slot, reply, profile), joined=joined, said=_answer)


def _answer(received: Received, response: dict[str, Any]) -> Answer:
    status = reading.name(response.get("status"))
    if why := _UNFINISHED.get(status or ""):
        raise Unreadable(why, "See its response.")

    items = said(response)
    finish, raw = _finish(status, response, items)
    text, odd = reading.continuation(received, items.text)
    asked = received.slot.configuration.settings
    tokens, doubts = believed(response.get("usage"), _named, max_tokens=asked.max_tokens)
    first, doubtful = first_token(
        {"logprobs": {"content": items.positions}},
        text=text,
        output_tokens=tokens.output_tokens,
        streamed=received.streamed,
    )
    return Answer(
        text=text,
        finish=finish,
        raw=raw,
        refusal=items.refusal,
        calls=tuple(items.calls),
        reasoning=items.reasoning,
        usage=tokens,
        model=response.get("model"),
        response_id=response.get("id"),
        service_tier=response.get("service_tier"),
        first_token=first,
        flags=(*items.flags, *odd, *doubts, *doubtful, *differing(received, response, _ECHOED)),
    )


def _finish(
    status: str | None, response: dict[str, Any], items: Said
) -> tuple[FinishReason, str | None]:
    """The lab's word and the provider's own."""
    raw = status
    match response.get("incomplete_details"):
        case {"reason": str(reason)} if status == "incomplete":
            raw = reading.name(reason) or status
    finish = FINISH_REASONS.get(raw or "", "unknown")
    if finish == "stop" and items.refusal:
        return "refusal", raw
    if finish == "stop" and items.calls:
        return "tool_calls", raw
    return finish, raw


def _named(reported: dict[str, object]) -> dict[str, object]:
    return {
        "input_tokens": reported.get("input_tokens"),
        "output_tokens": reported.get("output_tokens"),
        "cached_tokens": inside(reported, "input_tokens_details", "cached_tokens"),
        "cache_write_tokens": inside(reported, "input_tokens_details", "cache_write_tokens"),
        "reasoning_tokens": inside(reported, "output_tokens_details", "reasoning_tokens"),
        "total_tokens": reported.get("total_tokens"),
    }

"""From a reply to a sample: what all dialects share.

The rule: only what a dialect promises is a sample. Every other shape is an error with a sentence,
and what is odd about a sample is said in its flags. Nothing in here trusts the endpoint.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from lib.domain.errors import CallError, Transient, Unreadable
from lib.domain.vocabulary import (
    FinishReason,
    FirstToken,
    Outcome,
    Reply,
    Sample,
    Slot,
    Usage,
)
from lib.providers import events, service_tiers
from lib.providers.building import streams
from lib.providers.capabilities import Profile
from lib.providers.echoes import GONE
from lib.providers.error_body import NOTHING, ErrorBody, error_body, error_in
from lib.providers.json_text import NotJSON, clean, decoded, loses, parsed
from lib.providers.refusals import filtered, filtered_output, refusal, refusal_inside

LEFT_OUT = "Parts of the answer that aren't text were left out."
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Received:
    """A reply, and what it is a reply to."""

    slot: Slot
    reply: Reply
    profile: Profile

    @property
    def asked_for_stream(self) -> bool:
        """Whether the answer was to be streamed."""
        return streams(self.slot, self.profile)

    @property
    def streamed(self) -> bool:
        """Whether it was."""
        return events.is_stream(self.reply)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What an answer says, as its dialect understands it."""

    text: str
    """The continuation alone: see `continuation`."""
    finish: FinishReason
    raw: str | None
    """The provider's own word, by `name`."""
    usage: Usage
    refusal: str = ""
    """The words of a refusal, where they stand apart from the text."""
    calls: tuple[str, ...] = ()
    """Tool calls, as `name(arguments)`."""
    reasoning: str | None = None
    error: ErrorBody = NOTHING
    """What is said about the error, where `finish` is `error`."""
    model: object = None
    response_id: object = None
    fingerprint: object = None
    service_tier: object = None
    first_token: FirstToken | None = None
    flags: Sequence[str] = ()


def read(
    received: Received,
    *,
    joined: Callable[[bytes], events.Stream],
    said: Callable[[Received, dict[str, Any]], Answer],
) -> Sample:
    """The sample in a reply. Pure.

    Args:
        received: the reply.
        joined: of the dialect: a stream's bytes, put together.
        said: of the dialect: what the object says that the reply holds. It raises `Unreadable` if
            that isn't what the dialect promises.

    Raises:
        CallError: if the reply is a refusal, or isn't what the dialect promises.
    """
    slot, reply = received.slot, received.reply
    if not 200 <= reply.status < 300:
        if reply.status == 400 and filtered(error := error_body(reply)):
            return _blocked(received, error)
        raise refusal(slot, reply)
    if reply.redacted and reply.body == GONE:
        raise Unreadable(
            "The endpoint sent the key back in pieces, so its answer was taken out whole.",
            "Don't trust it with this key.",
        )
    body, flags = _object(received, joined)
    if (inside := error_in(body)) is not None:
        if filtered(inside):
            return _blocked(received, inside)
        raise _inside(received, inside)
    answer = said(received, body)
    if answer.finish == "error":
        raise _inside(received, answer.error)
    return _sample(received, answer, flags)


def continuation(received: Received, text: str) -> tuple[str, list[str]]:
    """The text without the prefill, where this server repeats it; and what is odd."""
    last = received.slot.messages[-1] if received.slot.messages else None
    if last is None or last.role != "assistant" or not last.content:
        return text, []
    begins = text.startswith(last.content)
    match received.profile.prefill:
        case "echoed" if received.streamed:  # llama.cpp: a stream begins behind it
            return text, []
        case "echoed" | "repeated" if begins:
            return text[len(last.content) :], []
        case "echoed" | "repeated":
            return text, ["The answer doesn't begin with the prefill, so nothing was cut."]
        case "unknown" if begins:
            return text, ["The answer begins with the prefill: this server may repeat it."]
        case "answered":
            return text, ["The prefill was answered, not continued."]
    return text, []


def name(value: object) -> str | None:
    """A name that the endpoint gives: text, of bounded length."""
    return clean(value)[:_LONGEST_NAME] if isinstance(value, str) and value else None


def same_model(asked: str, answered: str) -> bool:
    """Whether two names may mean the same model: a date, a version alias or a path aside."""
    return _bare(asked) == _bare(answered)


def _bare(model: str) -> str:
    last = model.lower().rsplit("/", 1)[-1].removesuffix(".gguf")
    return re.sub(r"(?:[-@](?:\d{4}-\d\d-\d\d|\d{8}|\d{4}|\d{3}|latest))$|:latest$", "", last)


def _object(
    received: Received, joined: Callable[[bytes], events.Stream]
) -> tuple[dict[str, Any], list[str]]:
    """The object that the reply holds, and what is odd about how it came."""
    asked, reply = received.asked_for_stream, received.reply
    try:
        if received.streamed:
            return _streamed(joined(reply.body), asked=asked)
        body = parsed(decoded(reply.body))
    except NotJSON as error:
        raise _unreadable(received, error.says) from None
    if not isinstance(body, dict):
        raise _unreadable(received, "is JSON, but no object")
    return body, ["A stream was asked for, but the answer came whole."] if asked else []


def _streamed(stream: events.Stream, *, asked: bool) -> tuple[dict[str, Any], list[str]]:
    if not stream.ended and error_in(stream.answer) is None:
        raise Unreadable("The stream ended before its last piece.", wrong_place=not asked)
    return stream.answer, [] if asked else ["The answer came as a stream, though none was asked."]


def _unreadable(received: Received, why: str) -> Unreadable:
    match received.reply.body.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]:
        case b"<":
            return Unreadable(
                "The answer is a web page, not that of an API.",
                "Check the base URL; the login page of a network may stand between.",
                wrong_place=True,
            )
        case b"{" | b"":
            elsewhere = False
        case _:
            elsewhere = not (received.asked_for_stream and received.streamed)
    fix = "Check the base URL." if elsewhere else "See its response."
    return Unreadable(f"The answer {why}.", fix, wrong_place=elsewhere)


def _inside(received: Received, error: ErrorBody) -> CallError:
    """An error that came with status 200."""
    slot, reply = received.slot, received.reply
    if (known := refusal_inside(slot, reply, error)) is not None:
        return known
    says = f"{slot.configuration.endpoint.name} answered with an error of its own."
    if received.streamed:
        return Transient(says, "See its response.", code="server_error", maybe_billed=True)
    return Unreadable(says, "See its response.")


def _blocked(received: Received, error: ErrorBody) -> Sample:
    """A content filter took the prompt or the answer: an outcome like any other."""
    taken = "answer" if filtered_output(error) else "prompt"
    return Sample(
        slot=received.slot,
        text="",
        outcome="filtered",
        finish_reason="content_filter",
        raw_finish_reason=None,
        seconds=received.reply.seconds,
        first_text_s=received.reply.first_text_s,
        flags=(f"The {taken} was stopped by a content filter.", *_redacted(received.reply)),
    )


def _sample(received: Received, answer: Answer, flags: list[str]) -> Sample:
    shown = answer.text or answer.refusal or "\n".join(answer.calls)
    outcome, model = _outcome(answer, shown), name(answer.model)
    if outcome == "empty" and LEFT_OUT in answer.flags:
        raise Unreadable("No part of the answer is text.", "See its response.")
    return Sample(
        slot=received.slot,
        text=clean(shown),
        outcome=outcome,
        finish_reason=answer.finish,
        raw_finish_reason=answer.raw,
        usage=answer.usage,
        model=model,
        response_id=name(answer.response_id),
        fingerprint=name(answer.fingerprint),
        service_tier=name(answer.service_tier),
        first_token=answer.first_token,
        reasoning=clean(answer.reasoning) if answer.reasoning else None,
        seconds=received.reply.seconds,
        first_text_s=received.reply.first_text_s,
        flags=tuple(dict.fromkeys((*flags, *answer.flags, *_odd(received, answer, shown, model)))),
    )


def _odd(received: Received, answer: Answer, shown: str, model: str | None) -> list[str]:
    """What is odd about an answer, whatever the dialect."""
    asked, profile = received.slot.configuration, received.profile
    flags = _redacted(received.reply)
    cut = received.streamed and answer.finish == "length" and asked.settings.stop is not None
    if profile.holds_back and cut:
        flags.append("The end may be missing: what could begin a stop sequence is held back.")
    flags += service_tiers.unasked(asked.settings.service_tier, name(answer.service_tier))
    if answer.raw is None:
        flags.append("No finish reason came.")
    if loses(shown):
        flags.append("Half characters and NUL, which can't be kept as text, became \ufffd.")
    if profile.models_named and model and not same_model(asked.model, model):
        flags.append(f"{asked.model} was asked for, {model} answered.")
    return flags


def _outcome(answer: Answer, text: str) -> Outcome:
    if answer.finish == "content_filter":
        return "filtered"
    if answer.refusal or answer.finish == "refusal":
        return "refused"
    if answer.calls:
        return "tool_call"
    return "ok" if text else "empty"


def _redacted(reply: Reply) -> list[str]:
    return ["The endpoint sent the key back; it was taken out."] if reply.redacted else []

"""From a reply to a sample: what an OpenAI chat answer says, in whatever shape it comes.

The rule: only what the dialect promises is a sample. Every other shape is an error with a sentence,
and what is odd about a sample is said in its flags. Nothing in here trusts the endpoint.
"""

from __future__ import annotations

import re
from typing import Any

from lib.domain.errors import CallError, Transient, Unreadable
from lib.domain.vocabulary import FinishReason, Outcome, Reply, Sample, Slot
from lib.providers import sse
from lib.providers.capabilities import Profile
from lib.providers.echoes import GONE
from lib.providers.error_body import ErrorBody, error_body, error_in
from lib.providers.json_text import NotJSON, clean, decoded, loses, parsed
from lib.providers.logprobs import first_token
from lib.providers.openai_message import Said, said
from lib.providers.openai_request import streams
from lib.providers.refusals import filtered, refusal, refusal_inside
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

_LONGEST_NAME = 200


def read(slot: Slot, reply: Reply, profile: Profile) -> Sample:
    """The sample in a reply. Pure.

    Raises:
        CallError: if the reply is a refusal, or isn't what the dialect promises.
    """
    if not 200 <= reply.status < 300:
        if reply.status == 400 and filtered(error_body(reply)):
            return _blocked(slot, reply)
        raise refusal(slot, reply)
    if reply.redacted and reply.body == GONE:
        raise Unreadable(
            "The endpoint sent the key back in pieces, so its answer was taken out whole.",
            "Don't trust it with this key.",
        )
    answer, flags = _answer(slot, reply, profile)
    if (error := error_in(answer)) is not None:
        if filtered(error):
            return _blocked(slot, reply)
        raise _inside(slot, reply, error)
    match answer.get("choices"):
        case [dict() as choice]:
            pass
        case [dict() as choice, *others]:
            flags.append(f"{len(others)} more choices came than were asked for; one is counted.")
        case _:
            raise Unreadable("The answer has no choice in it.", "See its response.")
    return _sample(slot, reply, profile, answer, choice, flags)


def _answer(slot: Slot, reply: Reply, profile: Profile) -> tuple[dict[str, Any], list[str]]:
    """The object that the reply holds, and what is odd about how it came."""
    asked = streams(slot, profile)
    try:
        if sse.is_stream(reply):
            return _streamed(sse.stream(reply.body), asked=asked)
        answer = parsed(decoded(reply.body))
    except NotJSON as error:
        raise _unreadable(reply, error.says, asked=asked) from None
    if not isinstance(answer, dict):
        raise _unreadable(reply, "is JSON, but no object", asked=asked)
    return answer, ["A stream was asked for, but the answer came whole."] if asked else []


def _streamed(stream: sse.Stream, *, asked: bool) -> tuple[dict[str, Any], list[str]]:
    finished = any(each["finish_reason"] is not None for each in stream.answer["choices"])
    if not stream.ended and not finished and "error" not in stream.answer:
        raise Unreadable("The stream ended before its last piece.", wrong_place=not asked)
    return stream.answer, [] if asked else ["The answer came as a stream, though none was asked."]


def _unreadable(reply: Reply, why: str, *, asked: bool) -> Unreadable:
    match reply.body.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]:
        case b"<":
            return Unreadable(
                "The answer is a web page, not that of an API.",
                "Check the base URL; the login page of a network may stand between.",
                wrong_place=True,
            )
        case b"{" | b"":
            elsewhere = False
        case _:
            elsewhere = not (asked and sse.is_stream(reply))
    fix = "Check the base URL." if elsewhere else "See its response."
    return Unreadable(f"The answer {why}.", fix, wrong_place=elsewhere)


def _inside(slot: Slot, reply: Reply, error: ErrorBody) -> CallError:
    """An error that came with status 200."""
    if (known := refusal_inside(slot, reply, error)) is not None:
        return known
    says = f"{slot.configuration.endpoint.name} answered with an error of its own."
    if sse.is_stream(reply):
        return Transient(says, "See its response.", code="server_error", maybe_billed=True)
    return Unreadable(says, "See its response.")


def _blocked(slot: Slot, reply: Reply) -> Sample:
    """A content filter took the prompt: an outcome like any other."""
    return Sample(
        slot=slot,
        text="",
        outcome="filtered",
        finish_reason="content_filter",
        raw_finish_reason=None,
        seconds=reply.seconds,
        flags=("The prompt was stopped by a content filter.", *_redacted(reply)),
    )


def _sample(
    slot: Slot,
    reply: Reply,
    profile: Profile,
    answer: dict[str, Any],
    choice: dict[str, Any],
    flags: list[str],
) -> Sample:
    message, streamed = said(choice), sse.is_stream(reply)
    finish, raw = _finish(choice, message)
    if finish == "error":
        inside = error_in(choice)
        raise _inside(slot, reply, inside or ErrorBody())
    text, odd = _continuation(slot, reply, profile, message.content or "")
    shown = text or message.refusal or "\n".join(message.calls)
    tokens, doubts = usage(answer, max_tokens=slot.configuration.settings.max_tokens)
    first, doubtful = first_token(
        choice, text=text, output_tokens=tokens.output_tokens, streamed=streamed
    )
    flags += [*message.flags, *odd, *doubts, *doubtful, *_redacted(reply)]
    if profile.holds_back and streamed and finish == "length" and _stops(slot):
        flags.append("The end may be missing: what could begin a stop sequence is held back.")
    if raw is None:
        flags.append("No finish reason came.")
    if loses(shown):
        flags.append("Half characters and NUL, which can't be kept as text, became \ufffd.")
    model = _name(answer.get("model"))
    if profile.models_named and model and not same_model(slot.configuration.model, model):
        flags.append(f"{slot.configuration.model} was asked for, {model} answered.")
    return Sample(
        slot=slot,
        text=clean(shown),
        outcome=_outcome(finish, message, shown),
        finish_reason=finish,
        raw_finish_reason=raw,
        usage=tokens,
        model=model,
        response_id=_name(answer.get("id")),
        fingerprint=_name(answer.get("system_fingerprint")),
        first_token=first,
        reasoning=clean(message.reasoning) if message.reasoning else None,
        seconds=reply.seconds,
        flags=tuple(dict.fromkeys(flags)),
    )


def _finish(choice: dict[str, Any], message: Said) -> tuple[FinishReason, str | None]:
    """The lab's word and the provider's own."""
    raw = _name(choice.get("finish_reason"))
    finish = FINISH_REASONS.get(raw or "", "unknown")
    match finish, choice.get("stop_reason"):
        case "stop", str():  # vLLM: the sequence that was met
            return "stop_sequence", raw
        case "stop", _ if message.refusal:
            return "refusal", raw
    return finish, raw


def _stops(slot: Slot) -> bool:
    return slot.configuration.settings.stop is not None


def _outcome(finish: FinishReason, message: Said, text: str) -> Outcome:
    if finish == "content_filter":
        return "filtered"
    if message.refusal or finish == "refusal":
        return "refused"
    if message.calls:
        return "tool_call"
    return "ok" if text else "empty"


def _continuation(slot: Slot, reply: Reply, profile: Profile, text: str) -> tuple[str, list[str]]:
    """The text without the prefill, where this server repeats it; and what is odd."""
    last = slot.messages[-1] if slot.messages else None
    if last is None or last.role != "assistant" or not last.content:
        return text, []
    begins = text.startswith(last.content)
    match profile.prefill:
        case "echoed" if sse.is_stream(reply):  # llama.cpp: a stream begins behind it
            return text, []
        case "echoed" if begins:
            return text[len(last.content) :], []
        case "echoed":
            return text, ["The answer doesn't begin with the prefill, so nothing was cut."]
        case "unknown" if begins:
            return text, ["The answer begins with the prefill: this server may repeat it."]
        case "answered":
            return text, ["The prefill was answered, not continued."]
    return text, []


def same_model(asked: str, answered: str) -> bool:
    """Whether two names may mean the same model: a date, a version alias or a path aside."""
    return _bare(asked) == _bare(answered)


def _bare(model: str) -> str:
    name = model.lower().rsplit("/", 1)[-1].removesuffix(".gguf")
    return re.sub(r"(?:[-@](?:\d{4}-\d\d-\d\d|\d{8}|\d{4}|\d{3}|latest))$|:latest$", "", name)


def _name(value: object) -> str | None:
    """A name that the endpoint gives: text, of bounded length."""
    return clean(value)[:_LONGEST_NAME] if isinstance(value, str) and value else None


def _redacted(reply: Reply) -> list[str]:
    return ["The endpoint sent the key back; it was taken out."] if reply.redacted else []

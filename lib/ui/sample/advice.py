"""How a call ended, and what to do about it, in sentences. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from lib.domain.vocabulary import FinishReason, Outcome, Sample
from lib.store.reading import Attempt, Failure

REASONS: Mapping[FinishReason, str] = {
    "stop": "The model ended by itself, or met a stop sequence: use the answer as it is.",
    "stop_sequence": "A stop sequence was about to appear, and is not in the text: use the answer "
    "as it is.",
    "length": "Cut off by the limit on tokens: raise the limit, or take it as a beginning only.",
    "content_filter": "Withheld by a filter, so the text may be missing or cut: tell the user. "
    "Asking the same again seldom helps.",
    "refusal": "The model declined: tell the user. It is an answer like any other, and is counted.",
    "tool_calls": "The model asks for a tool: run it, and send its result back as a message.",
    "context_window": "The model's context is full: shorten the messages, or lower max_tokens.",
    "pause": "The provider paused a long turn: send it back as it is, and the model goes on.",
    "error": "The provider broke off: ask again.",
    "unknown": "The provider named no reason, or one that the lab doesn't know: look at the "
    "response, and don't take the text for whole.",
}
"""What each finish reason means, and what to do."""

OUTCOMES: Mapping[Outcome, str] = {
    "ok": "an answer with text",
    "empty": "an answer without text",
    "filtered": "withheld by a content filter",
    "refused": "declined by the model",
    "tool_call": "asks for a tool",
}
"""What kind of answer each outcome is."""


def said(sample: Sample) -> str:
    """The finish reason in the lab's word and in the provider's."""
    raw = sample.raw_finish_reason
    theirs = "the provider says nothing" if raw is None else f"the provider says: {raw}"
    return f"Finish reason: {sample.finish_reason} ({theirs})"


def advice(sample: Sample) -> str:
    """What the finish reason means for this sample, and what to do."""
    sentences = [REASONS[sample.finish_reason]]
    limit = sample.slot.configuration.settings.max_tokens
    if sample.finish_reason == "length" and limit is not None:
        sentences.append(f"The limit was {limit:,} tokens.")
    if sample.finish_reason == "length" and sample.usage.reasoning_tokens:
        sentences.append(
            f"{sample.usage.reasoning_tokens:,} of the tokens were hidden reasoning, which counts."
        )
    return " ".join(sentences)


def no_text(sample: Sample) -> str:
    """Why there is no text to show."""
    match sample.outcome:
        case "filtered":
            return "There is no text: a content filter withheld it."
        case "refused":
            return "There is no text: the model declined."
        case _ if sample.finish_reason == "length":
            return "There is no text: the limit on tokens was reached before any could be shown."
        case _:
            return "The answer is empty. That is an answer, too, and is counted as one."


def failed(failure: Failure) -> str:
    """Why a call gave no answer, and what to do."""
    billed = " It may be billed all the same." if failure.maybe_billed else ""
    return f"{failure.says} {failure.fix}".rstrip() + billed


def became(attempt: Attempt) -> str:
    """What became of one try."""
    if attempt.accepted:
        return "its answer is the sample"
    if attempt.failure is not None:
        return f"{attempt.failure.code}: {failed(attempt.failure)}"
    if attempt.reply is not None:
        return "kept, and not read yet"
    return "under way, or cut off: no reply is known"

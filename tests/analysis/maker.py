"""Samples and groups for tests, made of texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lib.analysis.groups import Group
from lib.domain.configuration import Configuration
from lib.domain.errors import ErrorCode
from lib.domain.settings import Settings
from lib.domain.vocabulary import (
    FinishReason,
    FirstToken,
    Outcome,
    Sample,
    Slot,
    TokenProbability,
    Usage,
)

OUTCOME_OF: Mapping[FinishReason, Outcome] = {
    "content_filter": "filtered",
    "refusal": "refused",
    "tool_calls": "tool_call",
}


def sample(
    text: str,
    repeat: int = 1,
    *,
    number: int = 1,
    finish_reason: FinishReason = "stop",
    usage: Usage | None = None,
    first: FirstToken | None = None,
    seconds: float = 0.0,
) -> Sample:
    outcome = OUTCOME_OF.get(finish_reason, "ok" if text else "empty")
    return Sample(
        slot=Slot(repeat, Configuration(name="c"), number, (), repeat),
        text=text,
        outcome=outcome,
        finish_reason=finish_reason,
        raw_finish_reason=finish_reason,
        usage=Usage() if usage is None else usage,
        first_token=first,
        seconds=seconds,
    )


def group(
    texts: Sequence[str],
    *,
    name: str = "A",
    planned: int | None = None,
    reasons: Sequence[FinishReason] | None = None,
    errors: Mapping[ErrorCode, int] | None = None,
    settings: Settings | None = None,
    firsts: Sequence[FirstToken | None] | None = None,
) -> Group:
    errors = errors or {}
    samples = tuple(
        sample(
            text,
            i + 1,
            finish_reason=reasons[i] if reasons else "stop",
            first=firsts[i] if firsts else None,
        )
        for i, text in enumerate(texts)
    )
    return Group(
        name=name,
        planned=len(texts) + sum(errors.values()) if planned is None else planned,
        samples=samples,
        errors=errors,
        settings=Settings() if settings is None else settings,
        model="m",
    )


def token(text: str, logprob: float, key: str | None = None) -> TokenProbability:
    return TokenProbability(text, text if key is None else key, logprob)

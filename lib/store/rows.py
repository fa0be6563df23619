"""Values to rows and back. JSON is ASCII, so even a lone surrogate in it can be stored."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row

from lib.domain.errors import CallError
from lib.domain.vocabulary import (
    Added,
    FirstToken,
    Notes,
    Reply,
    Sample,
    Slot,
    TokenProbability,
    Usage,
)
from lib.store.bodies import unpacked


def now() -> str:
    """The time of day, for people to read: nothing is ordered by it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def of_notes(notes: Notes) -> bytes:
    """JSON that is equal for equal notes."""
    added = [[added.field, added.value, added.why] for added in notes.added]
    return as_json([notes.user_set, added, notes.not_sent]).encode()


def notes(stored: bytes) -> Notes:
    """The notes that `of_notes` was given, with lists where they had tuples."""
    user_set, added, not_sent = json.loads(stored)
    return Notes(user_set, tuple(Added(*each) for each in added), tuple(not_sent))


def of_reply(reply: Reply) -> dict[str, object]:
    """The columns of a reply, but for its body."""
    return {
        "status": reply.status,
        "headers": as_json(reply.headers),
        "seconds": reply.seconds,
        "redacted": reply.redacted,
        "first_text_s": reply.first_text_s,
    }


def reply(row: Row[Any]) -> Reply:
    """The reply in a row with its columns."""
    return Reply(
        status=row.status,
        headers=json.loads(row.headers),
        body=unpacked(row.body),
        seconds=row.seconds,
        redacted=bool(row.redacted),
        first_text_s=row.first_text_s,
    )


def of_error(error: CallError) -> dict[str, object]:
    """The columns of a failure."""
    return {
        "error_code": error.code,
        "error_kind": type(error).__name__,
        "says": error.says,
        "fix": error.fix,
        "maybe_billed": error.maybe_billed,
    }


def of_sample(sample: Sample) -> dict[str, object]:
    """The columns of a sample."""
    return {
        "outcome": sample.outcome,
        "finish_reason": sample.finish_reason,
        "raw_finish_reason": sample.raw_finish_reason,
        "input_tokens": sample.usage.input_tokens,
        "output_tokens": sample.usage.output_tokens,
        "cached_tokens": sample.usage.cached_tokens,
        "reasoning_tokens": sample.usage.reasoning_tokens,
        "cache_write_tokens": sample.usage.cache_write_tokens,
        "model": sample.model,
        "response_id": sample.response_id,
        "fingerprint": sample.fingerprint,
        "service_tier": sample.service_tier,
        "seconds": sample.seconds,
        "first_text_s": sample.first_text_s,
        "flags": as_json(sample.flags) if sample.flags else "[]",
        "first_token": sample.first_token and as_json(_of_first(sample.first_token)),
        "reasoning": sample.reasoning,
        "text": sample.text,
    }


def sample(row: Row[Any], slot: Slot) -> Sample:
    """The sample in a row with its columns."""
    return Sample(
        slot=slot,
        text=row.text,
        outcome=row.outcome,
        finish_reason=row.finish_reason,
        raw_finish_reason=row.raw_finish_reason,
        usage=Usage(
            input_tokens=row.input_tokens,
            output_tokens=row.output_tokens,
            cached_tokens=row.cached_tokens,
            reasoning_tokens=row.reasoning_tokens,
            cache_write_tokens=row.cache_write_tokens,
        ),
        model=row.model,
        response_id=row.response_id,
        fingerprint=row.fingerprint,
        service_tier=row.service_tier,
        first_token=None if row.first_token is None else _first(json.loads(row.first_token)),
        reasoning=row.reasoning,
        seconds=row.seconds,
        first_text_s=row.first_text_s,
        flags=tuple(json.loads(row.flags)),
    )


def _of_first(first: FirstToken) -> list[list[object]]:
    return [[each.token, each.key, each.logprob] for each in (first.drawn, *first.top)]


def _first(stored: list[list[Any]]) -> FirstToken:
    drawn, *top = (TokenProbability(*each) for each in stored)
    return FirstToken(drawn, tuple(top))


def _plain(value: object) -> object:
    """What the standard library's encoder doesn't know: any mapping; all else as its text."""
    return dict(value) if isinstance(value, Mapping) else str(value)


as_json = json.JSONEncoder(default=_plain, separators=(",", ":")).encode

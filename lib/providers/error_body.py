"""What an error body says, in whatever shape. It is looked at, and never shown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lib.domain.vocabulary import Reply
from lib.providers.json_text import NotJSON, decoded, parsed

MOST_OF_AN_ERROR = 256 * 1024
"""Bytes that are kept of a reply without success: the SDKs parse it in the loop of all calls."""
CUT = b"\n[cut: of an error, only its beginning is kept]"
"""What ends the body of one that was larger."""

_IDENTIFIER = re.compile(r"[a-z][a-z0-9_]{0,39}(?:\.[a-z0-9_]{1,40}|\[\d{1,4}\]){0,4}")


@dataclass(frozen=True, slots=True)
class ErrorBody:
    """An endpoint's own words on an error."""

    codes: frozenset[str] = frozenset()
    """Its code, type, status, and the reasons in its details as text, in small letters."""
    status: int | None = None
    """An HTTP status that stands in the body."""
    param: str | None = None
    """The field that it refuses, if what it names can be the name of one."""
    message: str = ""
    """In small letters."""
    retry_after_s: float = 0.0
    """When to try again, where the body says so."""


NOTHING = ErrorBody()


def error_body(reply: Reply) -> ErrorBody:
    """What the body of a reply says."""
    try:
        return error_in(parsed(decoded(reply.body))) or NOTHING
    except NotJSON:
        return NOTHING


def error_in(answer: object) -> ErrorBody | None:
    """The error in an answer, or `None` if there is none."""
    match answer:
        case {"error": dict() as inner} if inner:  # OpenAI and most others
            return _read(inner)
        case {"error": str(message)} if message:  # some small servers
            return _read({"message": message})
        case [{"error": dict() as inner}, *_]:  # Gemini's door in this dialect
            return _read(inner)
        case dict() as whole if whole.get("object") == "error" or "detail" in whole:
            return _read(whole)  # vLLM; FastAPI
        case _:
            return None


def _read(inner: Mapping[object, object]) -> ErrorBody:
    words = [word for word in _words(inner) if len(word) <= 100]
    numbers = [int(word) for word in words if re.fullmatch(r"[45]\d\d", word)]
    message = inner.get("message", inner.get("detail"))
    return ErrorBody(
        codes=frozenset(words),
        status=numbers[0] if numbers else None,
        param=_param(inner),
        message=message[:2000].lower() if isinstance(message, str) else "",
        retry_after_s=max(_delays(inner), default=0.0),
    )


def _words(inner: Mapping[object, object]) -> Iterator[str]:
    for name in ("code", "type", "status"):
        match inner.get(name):
            case bool():
                continue
            case str() | int() as word:
                yield str(word).lower() if isinstance(word, str) else str(word % 10**6)
    match inner.get("innererror"):  # Azure
        case {"code": str(word)}:
            yield word.lower()
    match inner.get("details"):
        case {"error_code": str(word)}:  # Anthropic
            yield word.lower()
    for detail in _details(inner):
        match detail:
            case {"reason": str(word)}:
                yield word.lower()
            case {"violations": list() as violations}:
                yield from ("quota_per_day" for each in violations if _of_a_day(each))


def _of_a_day(violation: object) -> bool:
    match violation:
        case {"quotaId": str(quota)}:
            return "PerDay" in quota
        case _:
            return False


def _details(inner: Mapping[object, object]) -> list[object]:
    """Google's: google/rpc/error_details.proto."""
    details = inner.get("details")
    return details[:20] if isinstance(details, list) else []


def _delays(inner: Mapping[object, object]) -> Iterator[float]:
    for detail in _details(inner):
        match detail:
            case {"retryDelay": str(delay)} if re.fullmatch(r"\d{1,6}(?:\.\d{1,9})?s", delay):
                yield float(delay[:-1])


def _param(inner: Mapping[object, object]) -> str | None:
    match inner:
        case {"param": str(param)}:
            named = param
        case {"detail": [{"loc": [*_, str(param)]}, *_]}:  # FastAPI
            named = param
        case {"details": list()}:
            fields = [_violated(each) for each in _details(inner)]
            named = next((each for each in fields if each), "")
        case _:
            return None
    return named if _IDENTIFIER.fullmatch(named) else None


def _violated(detail: object) -> str:
    match detail:
        case {"fieldViolations": [{"field": str(field)}, *_]}:
            return field
        case _:
            return ""

"""What the headers of a reply say about the call: which are kept, and how long to wait."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_KEPT = frozenset(
    (
        "content-type",
        "date",
        "retry-after",
        "retry-after-ms",
        "x-should-retry",
        "request-id",
        "x-request-id",
        "openai-model",
        "openai-version",
        "openai-processing-ms",
    )
)
_KEPT_BEGINNINGS = ("x-ratelimit-", "anthropic-ratelimit-")
_LONGEST = 200
_ORIGIN = re.compile(
    r"https?://(?:[a-z0-9.-]{1,253}|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?(?=[/?#]|$)", re.I
)


def kept(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Those that say something about the call: no cookie, no account, nothing long."""
    found: dict[str, str] = {}
    for name, value in headers:
        match name.lower():
            case "location":
                if (origin := _origin(value)) is not None:
                    found["location"] = origin
            case small if small in _KEPT or small.startswith(_KEPT_BEGINNINGS):
                # Never cut: of a key that was echoed, what is left would not be known as one.
                if len(value) <= _LONGEST:
                    found[small] = _printable(value)
    return found


def retry_after_s(headers: Mapping[str, str], *, now: datetime | None = None) -> float:
    """Seconds to wait before another try, or 0.0 where no time, or none that can be, is named.

    Args:
        headers: of a reply, names in small letters.
        now: what a date is compared with if the reply has no `date` of its own. A server's own
            clock is asked first: this machine's may be wrong.
    """
    if (wait := _number(headers.get("retry-after-ms"))) is not None:
        return wait / 1000
    named = headers.get("retry-after")
    if (wait := _number(named)) is not None:
        return wait
    if (until := _date(named)) is None:
        return 0.0
    start = _date(headers.get("date")) or now or datetime.now(UTC)
    return max(0.0, (until - start).total_seconds())


def should_retry(headers: Mapping[str, str]) -> bool | None:
    """What the endpoint itself advises, where it does."""
    return {"true": True, "false": False}.get(headers.get("x-should-retry", "").strip().lower())


def _printable(value: str) -> str:
    if value.isprintable():
        return value
    return "".join(each for each in value if each.isprintable())


def _origin(location: str) -> str | None:
    """Where a redirect points, without its path, which may hold anything."""
    match = _ORIGIN.match(location)
    return match.group().lower() if match else None


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None


def _date(text: str | None) -> datetime | None:
    try:
        date = parsedate_to_datetime(text or "")
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)

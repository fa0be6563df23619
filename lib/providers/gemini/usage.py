"""Tokens as Gemini reports them: hidden thoughts are counted apart from the answer."""

from __future__ import annotations

from lib.domain.vocabulary import Usage
from lib.providers.usage import believed, count

_ALL = (
    "promptTokenCount",
    "toolUsePromptTokenCount",
    "candidatesTokenCount",
    "thoughtsTokenCount",
)
"""What `totalTokenCount` is the sum of: google-genai 3.6, GenerateContentResponseUsageMetadata."""


def usage(answer: dict[str, object], *, max_tokens: int | None) -> tuple[Usage, list[str]]:
    """The usage in an answer, and what is odd about it.

    Args:
        answer: of generateContent.
        max_tokens: the limit that was sent, if any.
    """
    reported = answer.get("usageMetadata")
    tokens, flags = believed(reported, _named, max_tokens=max_tokens)
    if isinstance(reported, dict) and not _adds_up(reported):
        flags.append("The reported tokens don't add up to their reported total.")
    return tokens, flags


def _named(reported: dict[str, object]) -> dict[str, object]:
    return {
        "input_tokens": _sum(reported, "promptTokenCount", "toolUsePromptTokenCount"),
        "output_tokens": _sum(reported, "candidatesTokenCount", "thoughtsTokenCount"),
        "cached_tokens": reported.get("cachedContentTokenCount"),
        "reasoning_tokens": reported.get("thoughtsTokenCount"),
    }


def _sum(reported: dict[str, object], *names: str) -> object:
    """The sum of two counts. A count of 0 is left out by this API; one that can't be true stays."""
    values = [reported[name] for name in names if reported.get(name) is not None]
    counts = [count(value) for value in values]
    if None in counts:
        return values[counts.index(None)]
    return sum(each for each in counts if each is not None) if counts else None


def _adds_up(reported: dict[str, object]) -> bool:
    """Whether the total is that of its parts, or can't be judged."""
    total, parts = count(reported.get("totalTokenCount")), count(_sum(reported, *_ALL))
    return total is None or parts is None or parts == total

"""Tokens as an endpoint reports them: what can't be true is not known, and said so."""

from __future__ import annotations

from lib.domain.vocabulary import Usage

MOST_TOKENS = 10**9
_SLACK = 65_536
"""Output beyond `max_tokens` that is still believed: some servers don't count reasoning in it."""


def usage(answer: dict[str, object], *, max_tokens: int | None) -> tuple[Usage, list[str]]:
    """The usage in an answer, and what is odd about it.

    Args:
        answer: a chat completion.
        max_tokens: the limit that was sent, if any.
    """
    match answer.get("usage"):
        case dict() as reported:
            pass
        case None:
            return Usage(), []
        case _:
            return Usage(), ["The reported usage can't be read, so it is not known."]
    numbers: dict[str, int | None] = {}
    flags = []
    for ours, value in _reported(reported).items():
        numbers[ours] = _count(value)
        if value is not None and numbers[ours] is None:
            flags.append(f"The reported {ours} can't be true, so it is not known.")
    flags += _contradictions(numbers, _count(reported.get("total_tokens")), max_tokens)
    return Usage(**numbers), flags


def _reported(reported: dict[str, object]) -> dict[str, object]:
    inside = reported.get("prompt_tokens_details")
    outside = reported.get("completion_tokens_details")
    return {
        "input_tokens": reported.get("prompt_tokens"),
        "output_tokens": reported.get("completion_tokens"),
        "cached_tokens": inside.get("cached_tokens") if isinstance(inside, dict) else None,
        "reasoning_tokens": outside.get("reasoning_tokens") if isinstance(outside, dict) else None,
    }


def _count(value: object) -> int | None:
    match value:
        case bool():
            return None
        case int() if 0 <= value <= MOST_TOKENS:
            return value
        case float() if 0 <= value <= MOST_TOKENS and value.is_integer():
            return int(value)
        case _:
            return None


def _contradictions(
    numbers: dict[str, int | None], total: int | None, max_tokens: int | None
) -> list[str]:
    """Numbers that can't all be true; the less believable one is taken out of `numbers`."""
    flags = []
    input_, output = numbers["input_tokens"], numbers["output_tokens"]
    cached, reasoning = numbers["cached_tokens"], numbers["reasoning_tokens"]
    if max_tokens is not None and output is not None and output > max_tokens + _SLACK:
        numbers["output_tokens"] = None
        flags.append("The reported output_tokens are far beyond max_tokens, so they are not known.")
    if cached is not None and input_ is not None and cached > input_:
        numbers["cached_tokens"] = None
        flags.append("More cached_tokens than input_tokens are reported, so they are not known.")
    elif reasoning and output is not None:
        apart = total is not None and total == (input_ or 0) + output + reasoning
        if apart or reasoning > output:  # xAI
            numbers["output_tokens"] = output + reasoning
            flags.append("Reasoning was reported apart from output_tokens, and is added to them.")
    return flags

"""Tokens as an endpoint reports them: what can't be true is not known, and said so."""

from __future__ import annotations

from collections.abc import Callable

from lib.domain.vocabulary import Usage

MOST_TOKENS = 10**9
_SLACK = 65_536
"""Output beyond `max_tokens` that is still believed: some servers don't count reasoning in it."""


def usage(answer: dict[str, object], *, max_tokens: int | None) -> tuple[Usage, list[str]]:
    """The usage in a chat completion, and what is odd about it.

    Args:
        answer: a chat completion.
        max_tokens: the limit that was sent, if any.
    """
    return believed(answer.get("usage"), _of_chat, max_tokens=max_tokens)


def believed(
    reported: object,
    named: Callable[[dict[str, object]], dict[str, object]],
    *,
    max_tokens: int | None,
) -> tuple[Usage, list[str]]:
    """What of a reported usage can be true, and what is odd about it.

    Args:
        reported: the usage, as the answer holds it.
        named: of the dialect: its numbers by the names of `Usage`, and the sum of all as
            `total_tokens` where one is reported.
        max_tokens: the limit that was sent, if any.
    """
    match reported:
        case dict():
            found = named(reported)
        case None:
            return Usage(), []
        case _:
            return Usage(), ["The reported usage can't be read, so it is not known."]
    total = count(found.pop("total_tokens", None))
    numbers = {name: count(value) for name, value in found.items()}
    flags = [
        f"The reported {name} can't be true, so it is not known."
        for name, value in found.items()
        if value is not None and numbers[name] is None
    ]
    flags += _contradictions(numbers, total, max_tokens)
    return Usage(**numbers), flags


def inside(reported: dict[str, object], details: str, name: str) -> object:
    """A number in a table of a usage, or `None` if it isn't there."""
    table = reported.get(details)
    return table.get(name) if isinstance(table, dict) else None


def _of_chat(reported: dict[str, object]) -> dict[str, object]:
    return {
        "input_tokens": reported.get("prompt_tokens"),
        "output_tokens": reported.get("completion_tokens"),
        "cached_tokens": inside(reported, "prompt_tokens_details", "cached_tokens"),
        "cache_write_tokens": inside(reported, "prompt_tokens_details", "cache_write_tokens"),
        "reasoning_tokens": inside(reported, "completion_tokens_details", "reasoning_tokens"),
        "total_tokens": reported.get("total_tokens"),
    }


def count(value: object) -> int | None:
    """A reported number of tokens, or `None` if it can't be one."""
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
    input_, output = numbers.get("input_tokens"), numbers.get("output_tokens")
    reasoning = numbers.get("reasoning_tokens")
    if max_tokens is not None and output is not None and output > max_tokens + _SLACK:
        numbers["output_tokens"] = None
        flags.append("The reported output_tokens are far beyond max_tokens, so they are not known.")
    for part in ("cached_tokens", "cache_write_tokens"):
        if input_ is not None and (numbers.get(part) or 0) > input_:
            numbers[part] = None
            flags.append(f"More {part} than input_tokens are reported, so they are not known.")
    if reasoning and output is not None:
        apart = total is not None and total == (input_ or 0) + output + reasoning
        if apart or reasoning > output:  # xAI
            numbers["output_tokens"] = output + reasoning
            flags.append("Reasoning was reported apart from output_tokens, and is added to them.")
    return flags

"""What the output of a response says: text, refusal, tool calls and reasoning apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lib.domain.errors import Unreadable


@dataclass(slots=True)
class Said:
    """All items, read."""

    text: str = ""
    refusal: str = ""
    calls: list[str] = field(default_factory=list)
    """Tool calls as `name(arguments)`, the arguments as they came, even if they aren't JSON."""
    reasoning: str | None = None
    positions: object = None
    """The log probabilities of the first part that is text."""
    flags: list[str] = field(default_factory=list)


def said(response: dict[str, Any]) -> Said:
    """What a response says.

    Raises:
        Unreadable: if it has no list of items.
    """
    output = response.get("output")
    if not isinstance(output, list):
        raise Unreadable("The answer has no output in it.", "See its response.")
    result = Said()
    messages: list[dict[str, Any]] = []
    thoughts: list[str] = []
    for item in output:
        match item:
            case {"type": "message", "content": list()}:
                messages.append(item)
            case {"type": "reasoning"}:
                thoughts += _thoughts(item)
            case {"type": "function_call"}:
                result.calls.append(_call(item, "arguments"))
            case {"type": "custom_tool_call"}:
                result.calls.append(_call(item, "input"))
            case _:
                result.flags.append("Items of the answer that aren't text were left out.")
    _add_messages(result, messages)
    result.reasoning = "\n\n".join(thoughts) or None
    if not messages and not result.calls:
        result.flags.append("The answer has no message in it.")
    return result


def _add_messages(result: Said, messages: list[dict[str, Any]]) -> None:
    counted = [each for each in messages if each.get("phase") != "commentary"] or messages
    if len(counted) < len(messages):
        result.flags.append("Commentary before the answer was left out.")
    if len(counted) > 1:
        result.flags.append(f"The answer came as {len(counted)} messages, which are joined.")
    texts: list[str] = []
    refusals: list[str] = []
    for part in (part for message in counted for part in message["content"]):
        match part:
            case {"type": "output_text", "text": str(text)}:
                if not texts:
                    result.positions = part.get("logprobs")
                texts.append(text)
            case {"type": "refusal", "refusal": str(text)}:
                refusals.append(text)
            case _:
                result.flags.append("Parts of the answer that aren't text were left out.")
    result.text, result.refusal = "".join(texts), "".join(refusals)


def _thoughts(item: dict[str, Any]) -> Iterator[str]:
    """The reasoning itself, where it is given; else its summary, one text a step."""
    texts = {
        name: [each["text"] for each in _listed(item.get(name)) if _is_text(each)]
        for name in ("content", "summary")
    }
    yield from texts["content"] or texts["summary"]


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _is_text(part: object) -> bool:
    match part:
        case {"type": "reasoning_text" | "summary_text", "text": str(text)}:
            return bool(text)
        case _:
            return False


def _call(item: dict[str, Any], written: str) -> str:
    name, arguments = item.get("name"), item.get(written)
    return f"{name if isinstance(name, str) else 'unnamed'}({arguments if arguments else ''})"

"""What the message of an OpenAI chat answer says: text, refusal, tool calls and reasoning apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lib.domain.errors import Unreadable
from lib.providers.reading import LEFT_OUT


@dataclass(frozen=True, slots=True)
class Said:
    """A message, read."""

    content: str | None
    """`None` where there is none: the answer is a refusal, a tool call, or hidden reasoning."""
    refusal: str = ""
    calls: tuple[str, ...] = ()
    """Tool calls as `name(arguments)`, the arguments as they came, even if they aren't JSON."""
    reasoning: str | None = None
    flags: list[str] = field(default_factory=list)


def said(choice: dict[str, Any]) -> Said:
    """What a choice's message says.

    Raises:
        Unreadable: if it has no message, or nothing in it that this dialect knows.
    """
    message = choice.get("message")
    if not isinstance(message, dict):
        raise Unreadable("The answer has no message.", "See its response.")
    flags: list[str] = []
    content, refusal, thought = _content(message.get("content"), flags)
    calls = tuple(_calls(message))
    match message:
        case {"refusal": str(words)} if words:
            refusal = words
    match message:
        case {"reasoning_content": str(words)} | {"reasoning": str(words)}:
            reasoning = words or None
        case _:
            reasoning = thought or None
    nothing = not refusal and not calls and reasoning is None
    if "content" not in message and nothing and choice.get("finish_reason") != "content_filter":
        raise Unreadable("The answer's message has no content.", "See its response.")
    return Said(content, refusal, calls, reasoning, flags)


def _content(content: object, flags: list[str]) -> tuple[str | None, str, str]:
    """Text, refusal and reasoning in a content: some servers send it as a list of parts."""
    match content:
        case None | str():
            return content, "", ""
        case list():
            texts, refusals = [], []
            thoughts: list[str] = []
            for part in content:
                match part:
                    case str(text) | {"text": str(text)}:
                        texts.append(text)
                    case {"refusal": str(text)}:
                        refusals.append(text)
                    case {"thinking": list() | str() as thinking}:  # Mistral (litellm 16272)
                        thoughts.extend(_thoughts(thinking, flags))
                    case _:
                        flags.append(LEFT_OUT)
            return "".join(texts), "".join(refusals), "".join(thoughts)
        case _:
            raise Unreadable("The answer's content is neither text nor a list.")


def _thoughts(thinking: list[object] | str, flags: list[str]) -> Iterator[str]:
    for part in [thinking] if isinstance(thinking, str) else thinking:
        match part:
            case str(text) | {"text": str(text)}:
                yield text
            case _:
                flags.append(LEFT_OUT)


def _calls(message: dict[str, Any]) -> list[str]:
    match message:
        case {"tool_calls": list() as calls}:
            functions = [call.get("function") for call in calls if isinstance(call, dict)]
        case {"function_call": function}:
            functions = [function]
        case _:
            functions = []
    return [_written(each) for each in functions if isinstance(each, dict)]


def _written(function: dict[str, Any]) -> str:
    name, arguments = function.get("name"), function.get("arguments")
    return f"{name if isinstance(name, str) else 'unnamed'}({arguments if arguments else ''})"

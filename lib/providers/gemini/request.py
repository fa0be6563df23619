"""From a slot to a Gemini generateContent request: its path names the model, its body the rest."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import takewhile
from typing import Any
from urllib.parse import quote

from lib.domain.message import Message
from lib.domain.settings import SETTING_NAMES, Settings
from lib.domain.vocabulary import Added, Request, Slot
from lib.providers import building
from lib.providers.capabilities import Profile

_COLLECTIONS = ("models/", "tunedModels/")
_INSTRUCTS = frozenset({"system", "developer"})
_CONFIG = "generationConfig"
_NEVER_EXTRA = {
    "systemInstruction": "write it as a system message",
    f"{_CONFIG}.candidateCount": "one call is one sample; raise repeats instead",
    f"{_CONFIG}.responseLogprobs": "use the setting logprobs",
}


def build(slot: Slot, profile: Profile) -> Request:
    """The request that a slot means at an endpoint of this kind. Pure.

    System and developer messages at the front become the instruction. A later one stays where it
    is, as a turn of the user's, for this API knows no other place for it; the notes say so. Turns
    of one role that follow one another are kept apart.

    Raises:
        InputError: with one line for each setting that can't be sent here.
    """
    leading = tuple(takewhile(lambda message: message.role in _INSTRUCTS, slot.messages))
    conversation: dict[str, Any] = {}
    if leading:
        conversation["systemInstruction"] = {"parts": [{"text": each.content} for each in leading]}
    conversation["contents"] = [_turn(each) for each in slot.messages[len(leading) :]]
    configuration = slot.configuration
    return building.build(
        slot,
        profile,
        path=path(configuration.model, stream=building.streams(slot, profile)),
        conversation=conversation,
        altered=tuple(_moved(slot.messages, behind=len(leading))),
        problems=(
            *_model_problems(configuration.model),
            *_extra_problems(configuration.settings.extra),
            *_thinking_problems(configuration.settings),
        ),
    )


def path(model: str, *, stream: bool) -> str:
    """Where a model is asked, below the base URL: by its name, with or without "models/" in front.

    Without `alt=sse` a stream would be one JSON array, of which no part can be read alone.
    """
    named = model if model.startswith(_COLLECTIONS) else f"models/{model}"
    place = quote(named.encode("utf-8", "replace"), safe="/")
    return f"/{place}:streamGenerateContent?alt=sse" if stream else f"/{place}:generateContent"


def _turn(message: Message) -> dict[str, Any]:
    role = "model" if message.role == "assistant" else "user"
    return {"role": role, "parts": [{"text": message.content}]}


def _moved(messages: tuple[Message, ...], *, behind: int) -> Iterator[Added]:
    for index, message in enumerate(messages[behind:], start=behind):
        if message.role in _INSTRUCTS:
            why = f"instead of {message.role}: Gemini takes instructions only before the first turn"
            yield Added(f"messages[{index}].role", "user", why)


def _model_problems(model: str) -> Iterator[str]:
    """A name that would lead to another address than that of a model."""
    if not model.isprintable() or not {"", ".", ".."}.isdisjoint(model.split("/")):
        yield f"model is {model!r}, which can't stand in an address. Check its name."


def _extra_problems(extra: Mapping[str, object]) -> Iterator[str]:
    """The API also understands names with underscores, so a field could be sent twice."""
    for field in _names(extra):
        camel = re.sub(r"_([a-z])", lambda match: match.group(1).upper(), field)
        if field in _NEVER_EXTRA:
            yield f"extra.{field} can't be passed through: {_NEVER_EXTRA[field]}."
        elif camel != field and field not in SETTING_NAMES:
            yield f"extra.{field} can't be passed through: write {camel}, its name on the wire."


def _names(extra: Mapping[str, object]) -> Iterator[str]:
    for name, value in extra.items():
        yield name
        if name == _CONFIG and isinstance(value, Mapping):
            yield from (f"{name}.{inner}" for inner in value)


def _thinking_problems(settings: Settings) -> Iterator[str]:
    levels = {"thinkingLevel", "thinking_level"} & (settings.thinking or {}).keys()
    if settings.reasoning_effort is not None and levels:
        yield f"reasoning_effort and thinking.{levels.pop()} are one field. Set one of them."

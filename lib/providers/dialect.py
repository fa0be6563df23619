"""How an endpoint is asked and read: a provider without its network."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lib.domain import configuration
from lib.domain.errors import Unreadable
from lib.domain.vocabulary import Reply, Request, Sample, Slot
from lib.providers import anthropic_messages, gemini, openai_chat, openai_responses
from lib.providers.capabilities import Profile
from lib.providers.events import Stream, is_stream
from lib.providers.json_text import NotJSON, decoded, parsed


@dataclass(frozen=True, slots=True)
class Language:
    """The pure functions that a dialect is made of."""

    build: Callable[[Slot, Profile], Request]
    read: Callable[[Slot, Reply, Profile], Sample]
    joined: Callable[[bytes], Stream]
    """A stream's bytes, put together."""


_LANGUAGES: Mapping[configuration.Dialect, Language] = {
    "openai": Language(
        openai_chat.request.build, openai_chat.answer.read, openai_chat.stream.joined
    ),
    "openai-responses": Language(
        openai_responses.request.build,
        openai_responses.answer.read,
        openai_responses.stream.joined,
    ),
    "anthropic": Language(
        anthropic_messages.request.build,
        anthropic_messages.answer.read,
        anthropic_messages.stream.joined,
    ),
    "gemini": Language(gemini.request.build, gemini.answer.read, gemini.stream.joined),
}


class Dialect:
    """The pure part: all of it that a dry run, a code export and a second reading need."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._language = _LANGUAGES[profile.dialect]

    def build(self, slot: Slot, /) -> Request:
        """See `Provider.build`."""
        return self._language.build(slot, self._profile)

    def read(self, slot: Slot, reply: Reply, /) -> Sample:
        """See `Provider.read`."""
        return self._language.read(slot, reply, self._profile)


def assembled(reply: Reply, dialect: configuration.Dialect) -> dict[str, Any]:
    """The object that a reply stands for: its JSON, or its stream put together.

    Raises:
        Unreadable: if it is neither.
    """
    try:
        if is_stream(reply):
            return {**_LANGUAGES[dialect].joined(reply.body).answer, "assembled": True}
        answer = parsed(decoded(reply.body))
    except NotJSON as error:
        raise Unreadable(f"The answer {error.says}.") from None
    if not isinstance(answer, dict):
        raise Unreadable("The answer is JSON, but not an object.", wrong_place=True)
    return answer

"""From a slot to the body of an Anthropic messages request."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import takewhile

from lib.domain.message import Message
from lib.domain.vocabulary import Added, Request, Slot
from lib.providers import building
from lib.providers.capabilities import Profile, capital

PATH = "/v1/messages"
VERSION = "2023-06-01"
"""Of the API, in the header anthropic-version. The next one, 2026-10-21, has no temperature, top_p
and top_k: a request that holds one, even at its default, is refused (platform.claude.com, Versions,
and "Migrating to API version 2026-10-21"). What else it changes is about documents and citations,
which no request of the lab has. One version for all requests, so that none differs by it."""


def build(slot: Slot, profile: Profile) -> Request:
    """The request that a slot means at a server of this kind. Pure.

    What the system says before the first turn stands in `system`. What it says later stays where it
    is: only newer models take it there, and the others refuse it (types of anthropic 2.13, and
    platform.claude.com, "Mid-conversation system messages").

    Raises:
        InputError: with one line for each setting or message that can't be sent here.
    """
    first = [*takewhile(_of_system, slot.messages)]
    conversation: dict[str, object] = {"model": slot.configuration.model}
    if first:
        conversation["system"] = _system(first)
    conversation["messages"] = [
        {"role": profile.roles.get(message.role, message.role), "content": message.content}
        for message in slot.messages[len(first) :]
    ]
    return building.build(
        slot,
        profile,
        path=PATH,
        conversation=conversation,
        altered=tuple(_altered(slot, first)),
        problems=_problems(slot, profile, len(first)),
    )


def _of_system(message: Message) -> bool:
    return message.role in {"system", "developer"}


def _system(messages: Sequence[Message]) -> object:
    """One text, or a block for each of several, which so stay apart."""
    match messages:
        case [only]:
            return only.content
        case _:
            return [{"type": "text", "text": message.content} for message in messages]


def _altered(slot: Slot, first: Sequence[Message]) -> Iterator[Added]:
    why = "the version of the API that takes temperature, top_p and top_k, whatever you set"
    yield Added("anthropic-version header", VERSION, why)
    if first:
        why = "what stands before the first turn goes beside the messages here"
        yield Added("system", _system(first), why)
    for index, message in enumerate(slot.messages):
        if index >= len(first) and _of_system(message):
            why = "sent where it stands, after the first turn: only newer models take it there"
            yield Added(f"messages[{index}].role", "system", why)


def _problems(slot: Slot, profile: Profile, first: int) -> Iterator[str]:
    """What this API is known to refuse, in its own words beside each."""
    says, messages = profile.says, slot.messages
    if first == len(messages):  # "messages: at least one message is required"
        yield f"messages hold no turn, but {says} takes at least one user message."
    for index, message in enumerate(messages):
        last = index == len(messages) - 1
        if not message.content.strip() and not (
            last and message.role == "assistant" and not message.content
        ):  # "text content blocks must be non-empty", and "must contain non-whitespace text"
            yield f"messages[{index}] has no text, which {says} refuses. Write one, or delete it."
        elif last and message.role == "assistant" and message.content[-1:].isspace():
            # "final assistant content cannot end with trailing whitespace"
            yield f"The prefill ends with white space, which {says} refuses. Delete it there."
    for stop in slot.configuration.settings.stop or ():
        if stop.isspace():  # "each stop sequence must contain non-whitespace"
            yield f"stop has {stop!r}, but {says} takes no stop sequence of white space alone."
    yield from _budget_problems(slot, profile)


def _budget_problems(slot: Slot, profile: Profile) -> Iterator[str]:
    """Thinking counts in max_tokens, so its budget must be less (thinking_config_enabled_param)."""
    settings = slot.configuration.settings
    budget = (settings.thinking or {}).get("budget_tokens")
    added = {each.field: each.value for each in profile.added}
    limit = settings.max_tokens or added.get("max_tokens")
    if isinstance(budget, int) and isinstance(limit, int) and budget >= limit:
        whose = "is" if settings.max_tokens else "would be"
        yield (
            f"thinking has budget_tokens {budget:,}, but max_tokens {whose} {limit:,}: "
            f"{capital(profile.says)} counts thinking in it, so set max_tokens above the budget."
        )

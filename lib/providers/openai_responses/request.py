"""From a slot to the body of an OpenAI Responses request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lib.domain.vocabulary import Request, Slot
from lib.providers import building
from lib.providers.capabilities import Profile

PATH = "/responses"
_ALONE = "each call must be asked alone, or a sample would see the answers before it"
_NEVER_EXTRA = {
    "background": "such a call is answered before the model has written anything",
    "conversation": _ALONE,
    "previous_response_id": "write the whole conversation under messages",
}


def build(slot: Slot, profile: Profile) -> Request:
    """The request that a slot means at a server of this kind. Pure.

    Raises:
        InputError: with one line for each setting that can't be sent here.
    """
    conversation = {
        "model": slot.configuration.model,
        # The schema's EasyInputMessage: an assistant's turn may be plain text in it too.
        "input": [
            {"role": profile.roles.get(message.role, message.role), "content": message.content}
            for message in slot.messages
        ],
    }
    problems = _problems(slot.configuration.settings.extra)
    return building.build(slot, profile, path=PATH, conversation=conversation, problems=problems)


def _problems(extra: Mapping[str, object]) -> Iterator[str]:
    for field, why in _NEVER_EXTRA.items():
        if extra.get(field):  # false and null are the API's defaults
            yield f"extra.{field} can't be passed through: {why}."

"""From a slot to the body of an OpenAI chat request: nothing dropped, nothing added in silence."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from lib.domain.configuration import BUNDLED_MODEL
from lib.domain.errors import InputError
from lib.domain.message import Message
from lib.domain.settings import SETTING_NAMES, Settings
from lib.domain.vocabulary import Added, Notes, Request, Slot
from lib.providers.capabilities import Profile, capital

PATH = "/chat/completions"

_NEVER_EXTRA = {
    "messages": "write them under messages",
    "model": "write it under model",
    "n": "one call is one sample; raise repeats instead",
    "stream": "use the setting stream",
    "logprobs": "use the setting logprobs",
}
_SURROGATE = re.compile("[\ud800-\udfff]")
_USAGE = Added("stream_options", {"include_usage": True}, "a stream reports its tokens only so")


def build(slot: Slot, profile: Profile) -> Request:
    """The request that a slot means at a server of this kind. Pure.

    Raises:
        InputError: with one line for each setting that can't be sent here.
    """
    settings = slot.configuration.settings
    if problems := [*_problems(slot, profile), *_extra_problems(settings, profile)]:
        raise InputError("\n".join(problems))
    user_set = {**_fields(settings, profile), **settings.extra}
    added = tuple(_added(slot, profile, user_set))
    beside = tuple(_beside(slot, profile))
    body = {
        "model": slot.configuration.model,
        "messages": [
            {"role": profile.roles.get(message.role, message.role), "content": message.content}
            for message in slot.messages
        ],
        **user_set,
        **{each.field: each.value for each in added},
    }
    sent = body.keys()
    not_sent = tuple(name for name, field in profile.fields.items() if field not in sent)
    return Request(PATH, _encoded(body), Notes(user_set, (*beside, *added), not_sent))


def _fields(settings: Settings, profile: Profile) -> dict[str, object]:
    """What the user set, by the name of the field that carries it."""
    fields: dict[str, object] = {}
    for name, value in settings.given().items():
        match name, value:
            case "extra", _:
                continue
            case "logprobs", _:
                fields |= {"logprobs": True, profile.fields[name]: value}
            case _, tuple():
                fields[profile.fields[name]] = list(value)
            case _, Mapping():
                fields[profile.fields[name]] = dict(value)
            case _:
                fields[profile.fields[name]] = value
    return fields


def _beside(slot: Slot, profile: Profile) -> Iterator[Added]:
    """What the lab does to a request other than adding a field of its body."""
    if slot.configuration.model == BUNDLED_MODEL:
        yield from profile.served
    for index, message in enumerate(slot.messages):
        if role := profile.roles.get(message.role):
            why = f"instead of {message.role}, a role that {profile.says} may not know"
            yield Added(f"messages[{index}].role", role, why)


def _added(slot: Slot, profile: Profile, user_set: Mapping[str, object]) -> Iterator[Added]:
    """What is sent although nobody set it: what the user set goes before it."""
    prefilled = bool(slot.messages) and slot.messages[-1].role == "assistant"
    fields = (*profile.added, *profile.prefill_added) if prefilled else profile.added
    yield from (each for each in fields if each.field not in user_set)
    if profile.slot_seed and slot.seed is not None and "seed" not in user_set:
        yield Added("seed", slot.seed, "this sample's own, so that it can be drawn again")
    if streams(slot, profile) and _USAGE.field not in user_set:
        yield _USAGE


def streams(slot: Slot, profile: Profile) -> bool:
    """Whether the answer is asked for as a stream."""
    asked = slot.configuration.settings.stream
    if asked is not None:
        return asked
    return any(each.field == "stream" and bool(each.value) for each in profile.added)


def streamed(request: Request) -> bool:
    """Whether a request asks for a stream."""
    added = {each.field: each.value for each in request.notes.added}
    return bool({**added, **request.notes.user_set}.get("stream"))


def _problems(slot: Slot, profile: Profile) -> Iterator[str]:
    for name, value in slot.configuration.settings.given().items():
        if name in profile.lacks:
            yield f"{capital(profile.says)} has no {name}. {profile.lacks[name]}"
        elif name in profile.ranges and isinstance(value, int | float):
            low, high = profile.ranges[name]
            if not low <= value <= high:
                yield f"{name} is {value!r}, but {profile.says} takes {low:,} to {high:,}."
    stops = slot.configuration.settings.stop or ()
    if profile.most_stops is not None and len(stops) > profile.most_stops:
        yield f"stop has {len(stops)} sequences, but {profile.says} takes {profile.most_stops}."
    if profile.prefill == "echoed" and [m.role for m in slot.messages[-2:]] == ["assistant"] * 2:
        yield "messages end with two assistant messages, but a prefill is one. Join them."
    for index, message in enumerate(slot.messages):
        yield from _unsendable(f"messages[{index}]", message)


def _unsendable(where: str, message: Message) -> Iterator[str]:
    if _SURROGATE.search(message.content):
        yield f"{where} holds half a character (a lone surrogate), which can't be sent. Delete it."


def _extra_problems(settings: Settings, profile: Profile) -> Iterator[str]:
    settings_of = {field: name for name, field in profile.fields.items()}
    for field, value in settings.extra.items():
        if field in _NEVER_EXTRA:
            yield f"extra.{field} can't be passed through: {_NEVER_EXTRA[field]}."
        elif field in settings_of:
            yield f"extra.{field} is a setting: use {settings_of[field]}."
        elif field in SETTING_NAMES:
            yield f"extra.{field} is a setting: use {field}."
        elif field == "samplers" and profile.samplers:
            yield from _sampler_problems(value, profile)


def _sampler_problems(value: object, profile: Profile) -> Iterator[str]:
    known = ", ".join(profile.samplers)
    if not isinstance(value, list | tuple):
        yield f"extra.samplers must be a list of names: {known}."
        return
    for name in value:
        if name not in profile.samplers:
            yield (
                f"extra.samplers: {profile.says} has no sampler {name!r}, "
                f"and would ignore it in silence. Known ones are {known}."
            )


def _encoded(body: Mapping[str, object]) -> bytes:
    try:
        return json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise InputError(
            "The request can't be written as JSON.",
            "Use only text, numbers, true, false, lists and tables under extra, and no NaN.",
        ) from error

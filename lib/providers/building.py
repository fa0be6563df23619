"""From a slot to a request body, in any dialect: nothing dropped, nothing added in silence.

A dialect says how it writes a conversation; which field carries a setting stands in the data.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from lib.domain.configuration import BUNDLED_MODEL
from lib.domain.errors import InputError
from lib.domain.message import Message
from lib.domain.settings import SETTING_NAMES, Settings
from lib.domain.vocabulary import Added, Notes, Request, Slot
from lib.providers import known_models
from lib.providers.capabilities import Profile, capital

_NEVER_EXTRA = {
    "messages": "write them under messages",
    "model": "write it under model",
    "n": "one call is one sample; raise repeats instead",
    "stream": "use the setting stream",
    "logprobs": "use the setting logprobs",
}
_SURROGATE = re.compile("[\ud800-\udfff]")


def build(
    slot: Slot,
    profile: Profile,
    *,
    path: str,
    conversation: Mapping[str, object],
    added: tuple[Added, ...] = (),
    altered: tuple[Added, ...] = (),
    problems: Iterable[str] = (),
) -> Request:
    """The request that a slot means at an endpoint of this kind. Pure.

    Args:
        slot: what to ask.
        profile: of the endpoint.
        path: below its base URL.
        conversation: model and messages, as this dialect writes them. It stands first in the body.
        added: fields that this dialect sends although nobody set them, besides the profile's.
        altered: what it did to the messages, and why: noted, and in `conversation` already.
        problems: what else can't be sent in this dialect, one line each.

    Raises:
        InputError: with one line for each setting that can't be sent here.
    """
    settings = slot.configuration.settings
    wrong = [
        *problems,
        *_problems(slot, profile),
        *_extra_problems(settings, profile, conversation),
    ]
    if wrong:
        raise InputError("\n".join(wrong))
    fields = _fields(settings, profile)
    taken = {*fields, *_paths(settings.extra)}
    more = tuple(each for each in (*_added(slot, profile), *added) if each.field not in taken)
    body: dict[str, Any] = dict(conversation)
    _put(body, {name: value for name, value in fields.items() if name not in _off_body(profile)})
    _merge(body, settings.extra)
    _put(body, {each.field: each.value for each in more})
    sent = {*taken, *(each.field for each in more)}
    not_sent = tuple(name for name, field in profile.fields.items() if field not in sent)
    noted = (*_beside(slot, profile), *altered, *more)
    user_set = dict(fields)
    _merge(user_set, settings.extra)
    notes = Notes(user_set, noted, not_sent)
    return Request(path, _encoded(body), notes)


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


def _fields(settings: Settings, profile: Profile) -> dict[str, object]:
    """What the user set, by the name of the field that carries it."""
    fields: dict[str, object] = {}
    for name, value in settings.given().items():
        if name == "extra":
            continue
        fields |= profile.beside.get(name, {})
        fields[profile.fields[name]] = _written(name, value, profile)
    return fields


def _written(name: str, value: object, profile: Profile) -> object:
    match value:
        case tuple():
            return list(value)
        case Mapping() if name == "logit_bias" and profile.whole_bias:
            return {token: int(bias) for token, bias in value.items()}
        case Mapping():
            return dict(value)
        case str():
            return profile.values.get(name, {}).get(value, value)
        case _:
            return value


def _off_body(profile: Profile) -> set[str]:
    return {profile.fields[name] for name in profile.in_path}


def _beside(slot: Slot, profile: Profile) -> Iterator[Added]:
    """What the lab does to a request other than adding a field of its body."""
    if slot.configuration.model == BUNDLED_MODEL:
        yield from profile.served
    for index, message in enumerate(slot.messages):
        if role := profile.roles.get(message.role):
            why = f"instead of {message.role}, a role that {profile.says} may not know"
            yield Added(f"messages[{index}].role", role, why)
    if slot.messages and slot.messages[-1].role == "assistant":
        for each in profile.prefill_message:
            yield replace(each, field=f"messages[{len(slot.messages) - 1}].{each.field}")


def _added(slot: Slot, profile: Profile) -> Iterator[Added]:
    """What the data say is sent although nobody set it: what the user set goes before it."""
    yield from profile.added
    if slot.messages and slot.messages[-1].role == "assistant":
        yield from profile.prefill_added
    if profile.slot_seed and slot.seed is not None:
        yield Added("seed", slot.seed, "this sample's own, so that it can be drawn again")


def _put(body: dict[str, Any], fields: Mapping[str, object]) -> None:
    """Each value at the place in the body that its dotted field names."""
    for field, value in fields.items():
        *outer, name = field.split(".")
        inside = body
        for each in outer:
            inside = inside.setdefault(each, {})
        if isinstance(value, dict) and isinstance(inside.get(name), dict):
            _merge(inside[name], value)
        else:
            inside[name] = value


def _merge(body: dict[str, Any], extra: Mapping[str, object]) -> None:
    """Tables and lists of both sides are put together; of other values the user's own holds."""
    for name, value in extra.items():
        if isinstance(value, Mapping) and isinstance(body.get(name), dict):
            _merge(body[name], value)
        elif isinstance(value, list | tuple) and isinstance(body.get(name), list):
            body[name] = [*body[name], *(each for each in value if each not in body[name])]
        else:
            body[name] = dict(value) if isinstance(value, Mapping) else value


def _paths(extra: Mapping[str, object], above: str = "") -> Iterator[str]:
    """Every field that stands in a table, and in the tables in it, by its dotted name."""
    for name, value in extra.items():
        yield f"{above}{name}"
        if isinstance(value, Mapping):
            yield from _paths(value, f"{above}{name}.")


def _problems(slot: Slot, profile: Profile) -> Iterator[str]:
    for name, value in slot.configuration.settings.given().items():
        words = profile.values.get(name, {})
        if name in profile.lacks:
            yield f"{capital(profile.says)} has no {name}. {profile.lacks[name]}"
        elif name in profile.ranges and isinstance(value, int | float):
            low, high = profile.ranges[name]
            if not low <= value <= high:
                yield f"{name} is {value!r}, but {profile.says} takes {low:,} to {high:,}."
        elif words and value not in words:
            yield f"{name} is {value!r}, but {profile.says} takes {', '.join(words)}."
    stops = slot.configuration.settings.stop or ()
    if profile.most_stops is not None and len(stops) > profile.most_stops:
        yield f"stop has {len(stops)} sequences, but {profile.says} takes {profile.most_stops}."
    if profile.whole_bias:
        yield from _split_biases(slot.configuration.settings, profile)
    if profile.prefill == "echoed" and [m.role for m in slot.messages[-2:]] == ["assistant"] * 2:
        yield "messages end with two assistant messages, but a prefill is one. Join them."
    prefilled = bool(slot.messages) and slot.messages[-1].role == "assistant"
    yield from known_models.refused(slot.configuration, prefilled=prefilled)
    for index, message in enumerate(slot.messages):
        yield from _unsendable(f"messages[{index}]", message)


def _split_biases(settings: Settings, profile: Profile) -> Iterator[str]:
    for token, bias in (settings.logit_bias or {}).items():
        if not float(bias).is_integer():
            what = f"logit_bias of token {token!r} is {bias!r}"
            yield f"{what}, but {profile.says} takes whole numbers."


def _unsendable(where: str, message: Message) -> Iterator[str]:
    if _SURROGATE.search(message.content):
        yield f"{where} holds half a character (a lone surrogate), which can't be sent. Delete it."


def _extra_problems(
    settings: Settings, profile: Profile, conversation: Mapping[str, object]
) -> Iterator[str]:
    settings_of = {field: name for name, field in profile.fields.items()}
    tables = {field.partition(".")[0] for field in settings_of if "." in field}
    for field in _paths(settings.extra):
        if field in _NEVER_EXTRA:
            yield f"extra.{field} can't be passed through: {_NEVER_EXTRA[field]}."
        elif field in conversation:
            yield f"extra.{field} can't be passed through: write it under messages."
        elif field in tables and not isinstance(settings.extra[field], Mapping):
            yield f"extra.{field} must be a table: settings stand in it."
        elif field in settings_of and not isinstance(settings.extra.get(field), Mapping):
            yield f"extra.{field} is a setting: use {settings_of[field]}."
        elif field in SETTING_NAMES:
            yield f"extra.{field} is a setting: use {field}."
        elif field == "samplers" and profile.samplers:
            yield from _sampler_problems(settings.extra[field], profile)


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

"""The errors that a refusal can be, each with its sentence: our words, the user's names, a field.

An endpoint's own text is never in one: it may echo a key, or be made to be read by somebody.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lib.domain.errors import CallError, KeyRefused, RateLimited, Refused, Transient
from lib.domain.vocabulary import Reply, Slot
from lib.providers.capabilities import profile_of, setting_of
from lib.providers.error_body import ErrorBody


@dataclass(frozen=True, slots=True)
class Call:
    """What all sentences are made of."""

    slot: Slot
    reply: Reply
    said: ErrorBody
    status: int

    @property
    def endpoint(self) -> str:
        """As the user named it."""
        return self.slot.configuration.endpoint.name

    @property
    def model(self) -> str:
        """As the user named it."""
        return self.slot.configuration.model


def bad_key(call: Call) -> CallError:
    """The key."""
    variable = call.slot.configuration.endpoint.api_key_env
    where = (
        f"Check it under Endpoints, or in {variable}." if variable else "Check it under Endpoints."
    )
    return KeyRefused(f"The key for {call.endpoint} was refused.", where, code="bad_key")


def no_credit(call: Call) -> CallError:
    """The account behind the key."""
    return KeyRefused(
        f"The account at {call.endpoint} has no credit left.", "Top it up.", code="no_credit"
    )


def forbidden(call: Call) -> CallError:
    """This key and this model."""
    return Refused(
        f"{call.endpoint} doesn't let this key use {call.model}.",
        "Ask for access, or choose another model.",
        code="forbidden",
    )


def not_found(call: Call) -> CallError:
    """The model, or the whole API."""
    if call.said.param == "model" or "model" in call.said.message + " ".join(call.said.codes):
        return no_model(call)
    return Refused(
        f"{call.endpoint} has no chat API at its address (status {call.status}).",
        "Check the base URL: most end in /v1.",
        code="not_found",
    )


def no_model(call: Call) -> CallError:
    """The model."""
    return Refused(
        f"{call.endpoint} has no model {call.model}, or not for this key.",
        "Check its name: `models` lists what can be used.",
        code="not_found",
    )


def too_long(call: Call) -> CallError:
    """The size of the request."""
    length = sum(len(message.content) for message in call.slot.messages)
    return Refused(
        f"The request is too long for {call.model}: its messages have {length:,} characters.",
        "Shorten them, or lower max_tokens.",
        code="context_too_long",
    )


def bad_request(call: Call) -> CallError:
    """A field of the request, if it says which."""
    field = call.said.param or _quoted(call)
    match field and field.split(".")[0].split("[")[0]:
        case None | "":
            return other(call)
        case "model":
            return no_model(call)
        case root:
            return _bad_field(call, field or root, root)


def _bad_field(call: Call, field: str, root: str) -> CallError:
    settings = call.slot.configuration.settings
    setting = setting_of(root) or root
    value = {**settings.extra, **settings.given()}.get(setting)
    what = f"{setting} = {value}" if isinstance(value, int | float | str) else field
    match root:
        case "max_tokens" if _sends(call, "max_tokens"):
            fix = 'Set profile = "openai" for this endpoint, which sends max_completion_tokens.'
        case "messages":
            fix = "See its response."
        case _ if "unsupported_value" in call.said.codes:
            fix = f"Change {setting}, or leave it empty."
        case _:
            fix = f"Leave {setting} empty."
    return Refused(
        f"{call.model} at {call.endpoint} doesn't take {what}.",
        fix,
        code="refused_setting",
        setting=field,
    )


def _sends(call: Call, field: str) -> bool:
    return field in profile_of(call.slot.configuration.endpoint).fields.values()


def _quoted(call: Call) -> str | None:
    """The first field in quotes in the message that can be a field of ours."""
    extra = call.slot.configuration.settings.extra
    for name in re.findall(r"""["'`]([a-z_]{1,40})["'`]""", call.said.message):
        if setting_of(name) is not None or name in extra:
            return str(name)
    return None


def redirected(call: Call) -> CallError:
    """The address."""
    target = call.reply.headers.get("location")
    if target is None:
        says, fix = f"{call.endpoint} redirects to another path.", "Check the base URL."
    else:
        says = f"{call.endpoint} redirects to {target}: nothing was sent there."
        fix = "Put that address into the base URL, if you trust it."
    return Refused(says, fix, code="redirected")


def slow_down(call: Call) -> CallError:
    """Too many calls."""
    return RateLimited(f"{call.endpoint} asks to slow down.")


def overloaded(call: Call) -> CallError:
    """Too many calls of everyone."""
    return Transient(f"{call.endpoint} is overloaded (status {call.status}).", code="overloaded")


def server_error(call: Call) -> CallError:
    """A fault of its own."""
    return Transient(
        f"{call.endpoint} failed to answer (status {call.status}).", code="server_error"
    )


def gave_up(call: Call) -> CallError:
    """Its own patience."""
    return Transient(f"{call.endpoint} gave up waiting (status {call.status}).", code="timeout")


def again(call: Call) -> CallError:
    """A state that passes."""
    return Transient(f"{call.endpoint} can't answer now (status {call.status}).")


def other(call: Call) -> CallError:
    """The request, for a reason that is not known here."""
    return Refused(
        f"{call.model} at {call.endpoint} refuses this request (status {call.status}).",
        "See its response.",
    )

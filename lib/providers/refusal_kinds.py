"""The errors that a refusal can be, each with its sentence: our words, the user's names, a field.

An endpoint's own text is never in one: it may echo a key, or be made to be read by somebody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lib.domain.configuration import Dialect
from lib.domain.errors import CallError, KeyRefused, RateLimited, Refused, Transient
from lib.domain.vocabulary import Reply, Slot
from lib.providers.error_body import ErrorBody

_BASE_URL: Mapping[Dialect, str] = {
    "openai": "Check the base URL: most end in /v1.",
    "openai-responses": "Check the base URL: most end in /v1.",
    "anthropic": "Check the base URL: it ends before /v1.",
    "gemini": "Check the base URL: it ends in /v1 or /v1beta.",
}


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

    @property
    def by_status(self) -> str:
        """The status, where it says something."""
        return "" if self.status == 200 else f" (status {self.status})"


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


def closed(call: Call) -> CallError:
    """The account behind the key, closed by the vendor."""
    return KeyRefused(
        f"The account at {call.endpoint} is closed to calls.", "See its response.", code="forbidden"
    )


def spent(call: Call) -> CallError:
    """What a day's calls of a model are."""
    return Refused(
        f"{call.endpoint} answers no more calls of {call.model} today.",
        "Go on tomorrow, or choose another model.",
        code="rate_limited",
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
        _BASE_URL[call.slot.configuration.endpoint.dialect],
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
    return Transient(f"{call.endpoint} is overloaded{call.by_status}.", code="overloaded")


def server_error(call: Call) -> CallError:
    """A fault of its own."""
    return Transient(f"{call.endpoint} failed to answer{call.by_status}.", code="server_error")


def gave_up(call: Call) -> CallError:
    """Its own patience."""
    return Transient(f"{call.endpoint} gave up waiting{call.by_status}.", code="timeout")


def again(call: Call) -> CallError:
    """A state that passes."""
    return Transient(f"{call.endpoint} can't answer now{call.by_status}.")


def other(call: Call) -> CallError:
    """The request, for a reason that is not known here."""
    return Refused(
        f"{call.model} at {call.endpoint} refuses this request (status {call.status}).",
        "See its response.",
    )

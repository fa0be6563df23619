"""How many tokens messages take at whom is asked, and how many the model's window has."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace

import streamlit as st

from lib.conversation.document import Asking
from lib.domain import folders
from lib.domain.configuration import KNOWN_ENDPOINTS, Configuration, Endpoint
from lib.domain.cost import Unknown
from lib.domain.errors import LabError
from lib.domain.message import Message
from lib.engine.costing import today
from lib.providers.context_windows import context_window
from lib.providers.embedded import counting, model
from lib.providers.prices import price_of

CHARACTERS_A_TOKEN = 4
FRAMING_TOKENS = 4
"""About what a chat template takes for each message."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """The tokens of an array of messages."""

    tokens: tuple[int, ...]
    """Of each message, counted alone."""
    framing: int
    """What opens the answer: nothing where a prefill has opened it."""
    exact: bool
    """Whether the model's own tokenizer has counted them."""

    @property
    def total(self) -> int:
        """Of the whole array."""
        return sum(self.tokens) + self.framing


@dataclass(frozen=True, slots=True)
class Limits:
    """What is known of a model's tokens."""

    window: int | None
    window_says: str
    """Where that number is from, in words."""
    sha256: str | None = None
    """Of the embedded model, where it counts message by message."""
    ratio: float = 1.0
    """By how much the reported tokens of an earlier call were more than the estimate."""

    def weigh(self, messages: Sequence[Message]) -> Weighed:
        """The tokens of messages: counted where that can be done now, or was; else about."""
        prefilled = bool(messages) and messages[-1].role == "assistant"
        framing = 0 if prefilled else counting.OPENING
        counted = self._counted(messages)
        if counted is not None:
            return Weighed(counted, framing, exact=True)
        about = (
            round((len(each.content) / CHARACTERS_A_TOKEN + FRAMING_TOKENS) * self.ratio)
            for each in messages
        )
        return Weighed(tuple(about), framing, exact=False)

    def measured(self, messages: Sequence[Message], reported: int | None) -> Limits:
        """The same, with the estimate corrected by what a call of this model reported."""
        about = replace(self, sha256=None, ratio=1.0).weigh(messages).total
        return replace(self, ratio=reported / about) if reported and about else self

    def _counted(self, messages: Sequence[Message]) -> tuple[int, ...] | None:
        if self.sha256 is None:
            return None
        last = len(messages) - 1
        try:
            return tuple(
                _tokens(self.sha256, each.role, each.content, is_open(each, place, last))
                for place, each in enumerate(messages)
            )
        except _NotThere:
            return None


def is_open(message: Message, place: int, last: int) -> bool:
    """Whether a message is a prefill, which the answer goes on from."""
    return place == last and message.role == "assistant"


def endpoint_of(asking: Asking) -> Endpoint:
    """The endpoint that is asked."""
    if asking.server is not None:
        given: dict[str, object] = dict(asking.server)
        return Endpoint(name=asking.endpoint, **given)  # type: ignore[arg-type]  # parse checks it
    return next(
        (each for each in KNOWN_ENDPOINTS if each.name == asking.endpoint), KNOWN_ENDPOINTS[0]
    )


def of(asking: Asking) -> Limits:
    """What is known of the model that is asked."""
    endpoint = endpoint_of(asking)
    if endpoint.embedded:
        return _embedded()
    price = price_of(
        Configuration(name="asked", endpoint=endpoint, model=asking.model),
        day=today(),
        environ=os.environ,
    )
    found = None if isinstance(price, Unknown) or price.seller is None else context_window(price)
    if found is None:
        return Limits(None, "The context window of this model at this endpoint is not known.")
    return Limits(found, "Context window by the price list of genai-prices.")


def _embedded() -> Limits:
    running = counting.running(folders.home())
    if running is not None:
        return Limits(
            running.context,
            "The window of the embedded model as it runs, prompt and answer together.",
            running.sha256 if running.counts else None,
        )
    return Limits(
        counting.ordered_context(),
        "The window that the embedded model is started with, prompt and answer together.",
        _sha256(),
    )


def _sha256() -> str | None:
    """Of the bundled model: what was counted with it earlier is still known."""
    try:
        found = model.find(folders.home())
    except LabError:
        return None
    return found.sha256 if found.bundled else None


class _NotThere(Exception):
    """The engine has ended meanwhile."""


@st.cache_resource(max_entries=20_000, show_spinner=False)
def _tokens(sha256: str, role: str, content: str, begun: bool) -> int:
    """One message's tokens. What can't be counted now is not remembered."""
    del sha256  # part of the key: another model has another tokenizer
    message = Message(role, content)  # type: ignore[arg-type]  # it comes from one
    found = counting.counted(folders.home(), message, begun=begun)
    if found is None:
        raise _NotThere
    return found

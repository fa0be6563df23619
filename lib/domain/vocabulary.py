"""The nouns that all layers share: from a planned sample to what was read from its reply."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from lib.domain.configuration import Configuration
from lib.domain.message import Message

FinishReason = Literal[
    "stop",
    "stop_sequence",
    "length",
    "content_filter",
    "refusal",
    "tool_calls",
    "context_window",
    "pause",
    "error",
    "unknown",
]
"""Why the model stopped, in the lab's words. The provider's own word is kept beside it."""

Outcome = Literal["ok", "empty", "filtered", "refused", "tool_call"]
"""What kind of answer a sample is. A call without an answer has an error code instead."""

OUTCOMES: tuple[Outcome, ...] = ("ok", "empty", "filtered", "refused", "tool_call")
FINISH_REASONS: tuple[FinishReason, ...] = (
    "stop",
    "stop_sequence",
    "length",
    "content_filter",
    "refusal",
    "tool_calls",
    "context_window",
    "pause",
    "error",
    "unknown",
)


@dataclass(frozen=True, slots=True)
class Slot:
    """A planned sample: the place that exactly one accepted answer will take."""

    id: int
    """Unique in its store."""
    configuration: Configuration
    number: int
    """Of the configuration in its experiment, from 1."""
    messages: tuple[Message, ...]
    """The whole conversation as sent, variables filled; a prefill is its last message."""
    repeat: int
    """From 1."""
    seed: int | None = None
    """Drawn when planned, for the embedded model only. A seed set by the user goes before it."""

    @property
    def name(self) -> str:
        """`C.R`, as people write it: configuration number and repeat."""
        return f"{self.number}.{self.repeat}"


@dataclass(frozen=True, slots=True)
class Added:
    """A field of a request that the user did not set, and why the lab sends it."""

    field: str
    value: object
    why: str


@dataclass(frozen=True, slots=True)
class Notes:
    """What a request holds and why: three lists, kept with every attempt."""

    user_set: Mapping[str, object]
    """What the user set, by the name of the field that carries it."""
    added: tuple[Added, ...] = ()
    not_sent: tuple[str, ...] = ()
    """Settings left to the provider's own default."""


@dataclass(frozen=True, slots=True)
class Request:
    """A call as sent, without its key: safe to store, show and export."""

    path: str
    """Below the endpoint's base URL."""
    body: bytes
    """Built once and sent unchanged, so that what is stored is what was sent."""
    notes: Notes


@dataclass(frozen=True, slots=True)
class Reply:
    """A response as received. Nothing is decoded, so nothing is lost."""

    status: int
    headers: Mapping[str, str]
    """Only those that say something about the call; no cookie, no account."""
    body: bytes
    seconds: float
    """From sending to the last byte, by a monotonic clock."""
    redacted: bool = False
    """Whether the endpoint echoed the key, which was then taken out of `body`."""
    first_text_s: float | None = None
    """From sending to the first piece of text, where the answer came as a stream."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as reported. What was not reported, or can't be true, is `None`: never 0."""

    input_tokens: int | None = None
    """All that went in: those read from a cache and those written to one included."""
    output_tokens: int | None = None
    """Reasoning included."""
    cached_tokens: int | None = None
    """Of the input, read from the endpoint's cache: cheaper."""
    reasoning_tokens: int | None = None
    """Of the output."""
    cache_write_tokens: int | None = None
    """Of the input, written to the endpoint's cache: dearer, where it is charged for."""


@dataclass(frozen=True, slots=True)
class TokenProbability:
    """A token and its reported log probability."""

    token: str
    """As decoded: several tokens can decode to the same text, so `key` tells them apart."""
    key: str
    """The token's id if there is one, else its bytes in hexadecimal, else its text."""
    logprob: float
    """Natural logarithm, at most 0."""


@dataclass(frozen=True, slots=True)
class FirstToken:
    """The first position of an answer: what was drawn, and what was reported there."""

    drawn: TokenProbability
    top: tuple[TokenProbability, ...]
    """The likeliest tokens, falling. Describes the distribution before or after sampling
    settings, as the endpoint has it: a capability."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What was read from a reply. It can always be read again from the stored bytes."""

    slot: Slot
    text: str
    """The continuation alone, without a prefill; always encodable (lone surrogates replaced)."""
    outcome: Outcome
    finish_reason: FinishReason
    raw_finish_reason: str | None
    """The provider's own word, kept beside the lab's common one."""
    usage: Usage = Usage()
    model: str | None = None
    """The model that answered, as the endpoint names it."""
    response_id: str | None = None
    """The endpoint's own name of the response. Not unique: endpoints repeat them."""
    service_tier: str | None = None
    """The class of service that answered, in the provider's word: it has a price of its own."""
    fingerprint: str | None = None
    first_token: FirstToken | None = None
    reasoning: str | None = None
    seconds: float = 0.0
    """Latency of the accepted attempt, without waiting and retries."""
    first_text_s: float | None = None
    """Of it, until the first piece of text came. `None` where the answer came whole."""
    flags: tuple[str, ...] = ()
    """What was odd about the reply, one sentence each."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its uncertainty. What can't be known is `None`, and `why` says so."""

    value: float | None
    low: float | None
    high: float | None
    n: int
    method: str
    why: str | None = None

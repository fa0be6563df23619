"""Settings: the sampling parameters of a request, each either sent or left to the provider."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Literal

from lib.domain.errors import InputError

RANGES: Mapping[str, tuple[float, float]] = {
    "temperature": (0, 2),
    "top_p": (0, 1),
    "top_k": (1, 10**6),
    "min_p": (0, 1),
    "max_tokens": (1, 10**6),
    "seed": (0, 2**32 - 2),
    "presence_penalty": (-2, 2),
    "frequency_penalty": (-2, 2),
    "logprobs": (0, 200_000),
}
"""Outside of these no endpoint works. What one endpoint accepts is a capability.

A seed of 2**32 - 1 is not one: llama.cpp reads it as "choose for me"."""

ReasoningEffort = Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"]
Verbosity = Literal["low", "medium", "high"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """A setting that is `None` is not sent: the provider's own default holds.

    Raises:
        InputError: with one line for each setting that is out of range.
    """

    temperature: float | None = None
    """Divides the logits before the softmax. 0 always takes the likeliest token."""

    top_p: float | None = None
    """Draws from the smallest set of tokens whose probabilities reach this sum."""

    top_k: int | None = None
    """Draws from this many of the likeliest tokens."""

    min_p: float | None = None
    """Drops tokens less likely than this share of the likeliest token's probability."""

    max_tokens: int | None = None
    """Ends the answer after this many tokens, with finish reason `length`."""

    stop: tuple[str, ...] | None = None
    """Ends the answer before any of these would appear. They aren't part of the answer."""

    seed: int | None = None
    """Fixes the draw, where the endpoint honours it. One seed for all calls: no variability."""

    presence_penalty: float | None = None
    """Lowers the logit of every token that has appeared, once."""

    frequency_penalty: float | None = None
    """Lowers the logit of a token by this much for each time that it has appeared."""

    logit_bias: Mapping[str, float] | None = None
    """Added to the logits of tokens, by token id, from -100 to 100."""

    logprobs: int | None = None
    """Asks for log probabilities, with this many alternatives at each position."""

    reasoning_effort: ReasoningEffort | None = None
    """How long a reasoning model thinks before it answers."""

    thinking: Mapping[str, object] | None = None
    """Extended thinking, in the provider's own words."""

    verbosity: Verbosity | None = None
    """How long an answer the model aims at."""

    service_tier: str | None = None
    """The provider's class of service: price and speed, not the distribution."""

    stream: bool | None = None
    """Receives the answer piece by piece. Changes how it arrives, not what it is."""

    extra: Mapping[str, object] = field(default_factory=dict)
    """Passed through as it is: tools, a response format, a server's own samplers."""

    def __post_init__(self) -> None:
        if problems := [
            *self._out_of_range(),
            *self._wrong_text(),
            *self._wrong_bias(),
        ]:
            raise InputError("\n".join(problems))

    def _out_of_range(self) -> list[str]:
        return [
            f"{name} is {value!r}, but must be between {low:g} and {high:g}."
            if abs(high) < 10**6
            else f"{name} is {value!r}, but must be between {low} and {high}."
            for name, (low, high) in RANGES.items()
            if (value := getattr(self, name)) is not None
            and not low <= value <= high  # not `value < low or ...`, which lets NaN through
        ]

    def _wrong_text(self) -> list[str]:
        if self.stop is None:
            return []
        if not self.stop:
            return ["stop is an empty list: leave it out, or name a sequence."]
        return ["stop has an empty sequence, which would end every answer."] * ("" in self.stop)

    def _wrong_bias(self) -> list[str]:
        return [
            f"logit_bias of token {token!r} is {bias!r}, but must be between -100 and 100."
            for token, bias in (self.logit_bias or {}).items()
            if not -100 <= bias <= 100
        ]

    def given(self) -> dict[str, object]:
        """The settings that are set, by name, in the order above; `extra` only if it has any."""
        values = ((name, getattr(self, name)) for name in SETTING_NAMES)
        return {name: value for name, value in values if value is not None and value != {}}


SETTING_NAMES: tuple[str, ...] = tuple(f.name for f in fields(Settings))
NOT_SAMPLING = frozenset({"stream", "service_tier"})
"""Settings that change how an answer travels, not what it is."""

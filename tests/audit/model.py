"""A model whose distribution is known: what it draws under any settings, and what it disobeys.

It speaks in words of its own. Its first answer token follows `first`, every later one `later`; what
it is asked hardly matters, but that it can count.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
VOCABULARY = 1500
_WORDS = tuple(f" tale{number}" for number in range(VOCABULARY))
_DECIDING = ("temperature", "top_k", "top_p", "logprobs", "top_logprobs")
"""Settings that change what comes next, whatever came before."""


def zipf(exponent: float, head: float | None = None) -> Array:
    """Probabilities that fall with the rank; with a head, that one comes first."""
    tail = np.arange(1, VOCABULARY + 1, dtype=np.float64) ** -exponent
    if head is not None:
        tail = np.concatenate([[head], (1 - head) * tail[:-1] / tail[:-1].sum()])
    return np.asarray(tail / tail.sum())


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """What an endpoint does with what it is sent. By default it honours everything."""

    ignores: frozenset[str] = frozenset()
    """Fields without an effect."""
    refuses: frozenset[str] = frozenset()
    """Fields that are answered with a status 400 that names them."""
    refuses_silently: frozenset[str] = frozenset()
    """The same, but the 400 doesn't say which field it is."""
    renames: Mapping[str, str] = field(default_factory=dict)
    """Fields that work under another name only, by their own."""
    refuses_values: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    hottest: float | None = None
    """A temperature above this acts like this."""
    shortest: int = 1
    """A smaller limit acts like this one."""
    noise: float = 0.0
    """The share of calls in which it ignores everything but the limit of the answer."""
    noisy: frozenset[str] = frozenset()
    """Only these are ignored in such a call; empty: all."""
    logprobs: str = "before"
    """Whether they are reported before or after temperature; or `none`."""
    keeps_stop: bool = False
    """Whether the stop sequence stays at the end of the answer."""
    default_temperature: float = 1.0
    reports_usage: bool = True


@dataclass(frozen=True, slots=True)
class Token:
    """One drawn token, with what was likely there."""

    text: str
    logprob: float
    top: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Place:
    """What can come at one place of an answer."""

    cumulated: Array
    """Probabilities that are drawn from, added up."""
    reported: Array | None
    """Log probabilities, where they are told."""
    likeliest: tuple[tuple[int, float], ...]
    """Those that are told beside the drawn one's."""


@dataclass(frozen=True, slots=True)
class Said:
    """One choice."""

    text: str
    tokens: tuple[Token, ...]
    finish_reason: str


class Refusal(Exception):
    """A status 400."""

    def __init__(self, param: str | None) -> None:
        super().__init__(param)
        self.param = param


class Model:
    """Answers bodies of the OpenAI chat dialect. A seed in the body fixes the draw."""

    def __init__(
        self,
        behaviour: Behaviour | None = None,
        *,
        seed: int = 0,
        first: Array | None = None,
        later: Array | None = None,
    ) -> None:
        self.behaviour = behaviour or Behaviour()
        self._first = np.log(zipf(1.6, head=0.6) if first is None else first)
        self._later = np.log(zipf(1.1) if later is None else later)
        self._rng = np.random.default_rng(seed)
        self._places: dict[tuple[object, ...], Place] = {}

    def answer(self, body: Mapping[str, Any]) -> list[Said]:
        """All choices that a body is answered with.

        Raises:
            Refusal: where it refuses a field.
        """
        obeyed = self._obeyed(body)
        choices = int(obeyed.get("n", 1))
        rng = np.random.default_rng(obeyed["seed"]) if "seed" in obeyed else self._rng
        return [self._said(obeyed, rng, body) for _ in range(choices)]

    def _obeyed(self, body: Mapping[str, Any]) -> dict[str, Any]:
        how = self.behaviour
        for name, value in body.items():
            if name in how.refuses or value in how.refuses_values.get(name, ()):
                raise Refusal(name)
            if name in how.refuses_silently:
                raise Refusal(None)
        obeyed = {k: v for k, v in body.items() if k not in how.ignores}
        for own, other in how.renames.items():
            obeyed.pop(own, None)
            if other in body:
                obeyed[own] = body[other]
        if self._rng.random() < how.noise:
            kept = {"max_tokens", "messages", "logprobs", "top_logprobs"}
            noisy = how.noisy or frozenset(obeyed) - kept
            obeyed = {k: v for k, v in obeyed.items() if k not in noisy}
        return obeyed

    def _said(
        self, obeyed: Mapping[str, Any], rng: np.random.Generator, body: Mapping[str, Any]
    ) -> Said:
        limit = max(self.behaviour.shortest, int(obeyed.get("max_tokens", 60)))
        limit = int(obeyed.get("max_completion_tokens", limit)) if _is_new(obeyed) else limit
        if counted := _counting(body, obeyed, "prefill" in self.behaviour.ignores):
            tokens = [Token(text, 0.0, ((text, 0.0),)) for text in counted[:limit]]
        else:
            tokens = self._draw(obeyed, rng, limit, listing="list" in _prompt(body))
        text, reason = "".join(token.text for token in tokens), "length"
        for stop in _stops(obeyed):
            if stop in text:
                end = text.index(stop) + (len(stop) if self.behaviour.keeps_stop else 0)
                text, reason = text[:end], "stop"
        return Said(text, tuple(tokens), reason)

    def _draw(
        self, obeyed: Mapping[str, Any], rng: np.random.Generator, limit: int, *, listing: bool
    ) -> list[Token]:
        counts = np.zeros(VOCABULARY)
        drawn: list[Token] = []
        for position in range(limit):
            later = listing or position > 0
            # Every position has words of its own, but a list, where words come back.
            shift = 0 if listing else 11 * position
            place = self._place(obeyed, later, counts, shift)
            chosen = min(VOCABULARY - 1, int(np.searchsorted(place.cumulated, rng.random())))
            counts[chosen] += 1
            logprob = float(place.reported[chosen]) if place.reported is not None else 0.0
            top = tuple((_word(i + shift), share) for i, share in place.likeliest)
            drawn.append(Token(_word(chosen + shift), logprob, top))
        return drawn

    def _place(self, obeyed: Mapping[str, Any], later: bool, counts: Array, shift: int) -> Place:
        """What comes next; computed once where it depends on nothing that came before."""
        if obeyed.keys() & {"frequency_penalty", "presence_penalty", "logit_bias"}:
            raw = self._later if later else self._first
            raw = raw - float(obeyed.get("frequency_penalty", 0)) * counts
            raw = raw - float(obeyed.get("presence_penalty", 0)) * (counts > 0)
            for token, bias in obeyed.get("logit_bias", {}).items():
                raw[(int(token) - shift) % VOCABULARY] += bias
            return self._placed(raw, obeyed)
        key = (later, *(obeyed.get(name) for name in _DECIDING))
        if key not in self._places:
            self._places[key] = self._placed(self._later if later else self._first, obeyed)
        return self._places[key]

    def _placed(self, raw: Array, obeyed: Mapping[str, Any]) -> Place:
        scaled, shares = self._shares(raw, obeyed)
        if not obeyed.get("logprobs") or self.behaviour.logprobs == "none":
            return Place(np.cumsum(shares), None, ())
        reported = _normalised(raw if self.behaviour.logprobs == "before" else scaled)
        likeliest = np.argsort(-reported)[: int(obeyed.get("top_logprobs", 0))]
        top = tuple((int(i), float(reported[i])) for i in likeliest)
        return Place(np.cumsum(shares), reported, top)

    def _shares(self, raw: Array, obeyed: Mapping[str, Any]) -> tuple[Array, Array]:
        """Logits after the temperature, and what is drawn from: top_k, then top_p."""
        temperature = float(obeyed.get("temperature", self.behaviour.default_temperature))
        if self.behaviour.hottest is not None:
            temperature = min(temperature, self.behaviour.hottest)
        scaled = raw / max(temperature, 1e-6)
        shares = np.exp(_normalised(scaled))
        if not obeyed.keys() & {"top_k", "top_p"}:
            return scaled, shares
        order = np.argsort(-shares)
        kept = np.zeros(VOCABULARY, dtype=bool)
        k = int(obeyed.get("top_k", VOCABULARY))
        top_p = float(obeyed.get("top_p", 1.0))
        nucleus = int(np.searchsorted(np.cumsum(shares[order]), top_p)) + 1
        kept[order[: min(k, nucleus)]] = True
        shares = np.where(kept, shares, 0.0)
        return scaled, shares / shares.sum()


def _normalised(logits: Array) -> Array:
    top = logits.max()
    return np.asarray(logits - top - np.log(np.exp(logits - top).sum()))


def _word(number: int) -> str:
    return _WORDS[int(number) % VOCABULARY]


def _is_new(obeyed: Mapping[str, Any]) -> bool:
    return "max_completion_tokens" in obeyed and "max_tokens" not in obeyed


def _stops(obeyed: Mapping[str, Any]) -> list[str]:
    stop = obeyed.get("stop", [])
    return [stop] if isinstance(stop, str) else list(stop)


def _prompt(body: Mapping[str, Any]) -> str:
    return str(next(m["content"] for m in body["messages"] if m["role"] == "user"))


def _counting(
    body: Mapping[str, Any], obeyed: Mapping[str, Any], answers_prefill: bool
) -> list[str]:
    """The numbers that it was asked to count, going on where a prefill breaks off."""
    if not _prompt(body).startswith("Count"):
        return []
    last = body["messages"][-1]
    continues = not answers_prefill or obeyed.get("continue_final_message")
    begun = last["content"] if last["role"] == "assistant" and continues else ""
    counted = len(re.findall(r"\d+", begun))
    return [f" {number}," for number in range(counted + 1, 21)]

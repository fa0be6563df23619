"""What a call costs: the vendors' list prices, which the package genai-prices brings along.

Rule: nothing is guessed. Only an address of the vendor's own has the vendor's prices; a server
that speaks the same dialect elsewhere may ask for anything. A model, a class of service or a tool
without a list price has none here. What is known is an estimate all the same: discounts, taxes and
what an account has agreed on are in no list.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from lib.domain.configuration import Configuration
from lib.domain.cost import ZERO, Unknown
from lib.domain.errors import InputError
from lib.domain.vocabulary import Request, Usage
from lib.providers import billed_apart, service_tiers
from lib.providers.addresses import base_url
from lib.providers.known_models import most_output

if TYPE_CHECKING:
    from genai_prices.types import ModelInfo, ModelPrice, Provider

SELLERS: Mapping[str, str] = {
    "api.openai.com": "openai",
    "api.anthropic.com": "anthropic",
    "generativelanguage.googleapis.com": "google",
    "openrouter.ai": "openrouter",
    "api.mistral.ai": "mistral",
    "api.deepseek.com": "deepseek",
}
"""By host, the name that the price data has for whoever sells there. Not in it are addresses with
other prices, such as those of one region."""

FRAMING_TOKENS = 64
"""What a chat template may add beyond one token for each byte of the body."""
TOOL_TOKENS = 1_000
"""What a vendor's own instructions for the use of tools may add: Anthropic's take some hundreds."""
MOST_TOKENS = 10**9

_LIMITS = ("max_completion_tokens", "max_tokens", "max_output_tokens")
_FROM_ELSEWHERE = frozenset(
    {"previous_response_id", "conversation", "prompt", "cachedContent", "container", "prediction"}
)
"""Fields by which more is read, or billed, than the body and its limit say."""
_CHECKED = re.compile(r"(?:checked|verified)(?: on)? (\d{4}-\d\d-\d\d)")


@dataclass(frozen=True, slots=True)
class Price:
    """What one model costs on one day."""

    seller: str | None
    """`None`: it costs nothing, as it runs on this machine."""
    model: str
    """As the price data calls it."""
    day: date
    """In UTC. Where a price depends on the hour, it is the dearest of this day."""
    context: tuple[tuple[str, str], ...] = ()
    """What else a price depends on, such as the service tier."""
    kept_long: bool = False
    """Whether what is written to the vendor's cache is kept for an hour, which costs more."""

    def of(self, usage: Usage) -> Decimal | None:
        """The cost of a call with this usage, in USD.

        `None` where input or output was not reported, or the numbers can't be true. A cache of
        which nothing is reported was not used.
        """
        return ZERO if self.seller is None else _cost(self, usage)

    def worst(self, request: Request) -> Decimal | Unknown:
        """The most that a call with this request can cost, in USD.

        A token is a byte or more, so the bytes of the body are a bound for what goes in; the limit
        that it sends is one for what comes out, reasoning included. Where it sends none, that is
        the most that the model answers with, if it is known.
        """
        if self.seller is None:
            return ZERO
        body = json.loads(request.body)
        if more := sorted(_FROM_ELSEWHERE & body.keys()):
            return Unknown(f"{more[0]} brings in more than the request holds")
        most_out = most_output_tokens(body, unlimited=most_output(self.seller, self.model))
        if most_out is None:
            return Unknown(
                f"{self.model} is asked without max_tokens, so a call has no highest cost"
            )
        standard = self._in_tier(None)  # where the class that is asked for has no room
        tools = TOOL_TOKENS if body.keys() & {"tools", "functions"} else 0
        most_in = len(request.body) + FRAMING_TOKENS + tools
        written = self.seller != "anthropic" or b'"cache_control"' in request.body
        kept = most_in if written else 0
        used = [Usage(most_in, most_out, 0, 0, each) for each in {0, kept}]
        return max(_dearest(price, each) for price in {self, standard} for each in used)

    def answered_as(self, tier: str | None) -> Price | Unknown:
        """The price in the class of service that an answer says it had: that one is paid."""
        word = service_tiers.told(tier)
        if self.seller is None or word is None:
            return self
        if word in service_tiers.STANDARD:
            return self._in_tier(None)
        found = _find(self.seller, self.model)
        if found is None or not _varies(found, "service_tier", word):
            return Unknown(f"no price is known for {self.model} with service_tier {word}")
        return self._in_tier(word)

    def _in_tier(self, word: str | None) -> Price:
        others = tuple(each for each in self.context if each[0] != "service_tier")
        return replace(self, context=(*others, *([("service_tier", word)] if word else [])))


def price_of(
    configuration: Configuration, *, day: date, environ: Mapping[str, str] = os.environ
) -> Price | Unknown:
    """The price of what a configuration asks, or why there is none.

    Args:
        configuration: its endpoint, model, service tier and tools decide.
        day: on which it is asked, in UTC.
        environ: where a vendor's base URL may have been replaced.
    """
    endpoint, model = configuration.endpoint, configuration.model
    if endpoint.embedded:
        return Price(None, model, day)
    try:
        url = base_url(endpoint, environ)
    except InputError:
        return Unknown(f"no price is known for {model}: its address can't be read")
    seller = SELLERS.get(url.host) if url.scheme == "https" and url.port is None else None
    if seller is None:
        return Unknown(f"no price is known for {model} at {url.host}, which is no vendor's address")
    found = _find(seller, model)
    if found is None:
        return Unknown(f"no price is known for {model} in the {basis()}")
    if (besides := _besides(configuration, seller, found.id)) is not None:
        return Unknown(besides)
    extra = configuration.settings.extra
    context = dict(_context(configuration))
    for name, value in context.items():
        if not _varies(found, name, value):
            return Unknown(f"no price is known for {model} with {name} {value}")
    return Price(
        seller, found.id, day, tuple(context.items()), '"1h"' in json.dumps(extra, default=str)
    )


def basis() -> str:
    """Where prices are from, and of when: belongs beside every amount."""
    return f"list prices of {_checked():%Y-%m-%d}, genai-prices {_version()}"


def most_output_tokens(body: Mapping[str, Any], *, unlimited: int | None = None) -> int | None:
    """How many tokens can come back for a body, in whatever dialect it is; `None`: any number.

    Args:
        body: of the request.
        unlimited: how many an answer has at most where the body sets no limit.
    """
    generation = body.get("generationConfig")
    inner = generation if isinstance(generation, dict) else {}
    limits = [*(body.get(name) for name in _LIMITS), inner.get("maxOutputTokens")]
    known = [limit for limit in limits if isinstance(limit, int) and limit > 0]
    if unlimited is not None and all(limit is None for limit in limits):
        known = [unlimited]
    answers = [each for each in (body.get("n"), inner.get("candidateCount")) if each is not None]
    counts = [count for count in answers if isinstance(count, int)]
    if not known or len(counts) < len(answers):
        return None
    return max(known) * max([1, *counts])


def _context(configuration: Configuration) -> Iterator[tuple[str, str]]:
    settings = configuration.settings
    tier = settings.service_tier or settings.extra.get("service_tier")
    if tier is not None and str(tier).lower() not in service_tiers.STANDARD:
        yield "service_tier", str(tier).lower()
    speed = settings.extra.get("speed")
    if speed not in (None, "standard"):
        yield "speed", str(speed)
    place = settings.extra.get("inference_geo")  # Anthropic: a tenth dearer where it isn't global
    if place not in (None, "global"):
        yield "inference_geo", str(place)


def _besides(configuration: Configuration, seller: str, listed: str) -> str | None:
    """Why the price of its tokens doesn't tell what a configuration costs, or `None`."""
    extra, model = configuration.settings.extra, configuration.model
    if apart := billed_apart.in_request(extra):
        return f"{apart} is billed apart from the tokens of {model}"
    if billed_apart.more_than_text(model) or billed_apart.more_than_text(listed):
        return f"{model} bills for more than the tokens of its text"
    if seller == "openrouter" and (chosen := billed_apart.choosing(extra)):
        return f"{chosen} lets {seller} choose who answers, at another price than that of {model}"
    return None


def _varies(model: ModelInfo, name: str, value: str) -> bool:
    return any(each.when == {name: value} for each in model.price_variants or ())


@lru_cache(maxsize=8192)
def _cost(price: Price, usage: Usage) -> Decimal | None:
    into, out = usage.input_tokens, usage.output_tokens
    inside = (usage.cached_tokens or 0) + (usage.cache_write_tokens or 0)
    if into is None or out is None or inside > into or (usage.reasoning_tokens or 0) > out:
        return None
    counts = (into, out, usage.cached_tokens, usage.cache_write_tokens, usage.reasoning_tokens)
    if not all(0 <= count <= MOST_TOKENS for count in counts if count is not None):
        return None
    return _dearest(price, usage)


def _dearest(price: Price, usage: Usage) -> Decimal:
    """By the package's own calculation: what is cached or written is inside of what went in."""
    import genai_prices

    written = "cache_write_1h_tokens" if price.kept_long else "cache_write_tokens"
    counts: dict[str, int | None] = {
        "input_tokens": usage.input_tokens,
        "cache_read_tokens": usage.cached_tokens,
        "cache_write_tokens": usage.cache_write_tokens,
        written: usage.cache_write_tokens,
        "output_tokens": usage.output_tokens,
        "output_reasoning_tokens": usage.reasoning_tokens,
    }
    counted = genai_prices.Usage(**counts)
    return max(each.calc_price(counted)["total_price"] for each in _rates(price))


@lru_cache(maxsize=256)
def _rates(price: Price) -> tuple[ModelPrice, ...]:
    """All that hold at some hour of the day."""
    found = _find(price.seller or "", price.model)
    if found is None:
        raise LookupError(price.model)
    context = dict(price.context)
    half_hours = (time(hour, minute) for hour in range(24) for minute in (0, 30))
    moments = (datetime.combine(price.day, at, UTC) for at in half_hours)
    rates: list[ModelPrice] = []
    for moment in moments:
        rate = found.get_prices(moment, context)
        if rate not in rates:
            rates.append(rate)
    return tuple(rates)


@cache
def _find(seller: str, model: str) -> ModelInfo | None:
    """The model of this very seller, if the data has a price for each token of it."""
    provider = next(each for each in _providers() if each.id == seller)
    found = provider.find_model(model.removeprefix("models/"))
    if found is None or not (_has_token_prices(found) or found.id.endswith(":free")):
        return None
    return found


def _has_token_prices(model: ModelInfo) -> bool:
    prices = model.prices
    rates = [each.prices for each in prices] if isinstance(prices, list) else [prices]
    return all(rate.input_mtok is not None and rate.output_mtok is not None for rate in rates)


def _providers() -> list[Provider]:
    from genai_prices.data_snapshot import get_snapshot  # late: a quarter of a second

    return get_snapshot().providers


@cache
def _checked() -> date:
    """The last day of which the data says that a price in it was looked up."""
    comments = (
        text
        for seller in _providers()
        for text in (seller.price_comments, *(model.price_comments for model in seller.models))
        if text
    )
    found = (day for text in comments for day in _CHECKED.findall(text))
    return max(date.fromisoformat(day) for day in found)


def _version() -> str:
    import genai_prices

    return genai_prices.__version__

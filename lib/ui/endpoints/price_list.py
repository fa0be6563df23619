"""What a million tokens of a model cost, as rows of a table. Pure.

The amounts are those by which the lab counts a run's cost: they come from the same calculation.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from lib.domain.vocabulary import Usage
from lib.providers.prices import Price

HEADINGS = ("tokens", "USD for a million")

_SHORT, _LONG = 1_000, 400_000
"""Tokens of a prompt below and above all limits at which vendors begin to ask for more."""
_MILLION = 1_000_000

_KINDS: Mapping[str, Usage] = {
    "input": Usage(_SHORT, 0),
    "input that was read from the cache": Usage(_SHORT, 0, _SHORT),
    "input that was written to the cache": Usage(_SHORT, 0, 0, 0, _SHORT),
    "output, reasoning included": Usage(0, _SHORT),
}


def rows(price: Price) -> list[list[str]]:
    """A row for each kind of token, under `HEADINGS`: for prompts that are not very long."""
    return [[kind, _for_a_million(price, usage, _SHORT)] for kind, usage in _KINDS.items()]


def long_prompts(price: Price) -> str:
    """A sentence, if a very long prompt costs more for each of its tokens; else nothing."""
    short, long = (_each(price, Usage(size, 0), size) for size in (_SHORT, _LONG))
    if short is None or long is None or long <= short:
        return ""
    dearer = _written(long)
    return f"A very long prompt costs more: with {_LONG:,} tokens, {dearer} for a million of them."


def _for_a_million(price: Price, usage: Usage, tokens: int) -> str:
    each = _each(price, usage, tokens)
    return "not known" if each is None else _written(each)


def _written(each: Decimal) -> str:
    """As it is in the list, in whole cents at least: nothing is rounded."""
    amount = each * _MILLION
    places = max(2, -int(amount.normalize().as_tuple().exponent))
    return f"${amount:,.{places}f}"


def _each(price: Price, usage: Usage, tokens: int) -> Decimal | None:
    cost = price.of(usage)
    return None if cost is None else cost / tokens

"""How many tokens fit into a call of a model, as the package genai-prices has it."""

from __future__ import annotations

from lib.providers.prices import Price


def context_window(price: Price) -> int | None:
    """The tokens that fit in, or `None`: the data of this very seller has no number.

    Args:
        price: whose model is meant, as the price data calls it.
    """
    from genai_prices.data_snapshot import get_snapshot  # late: a quarter of a second

    seller = next((each for each in get_snapshot().providers if each.id == price.seller), None)
    found = seller.find_model(price.model) if seller is not None else None
    return found.context_window if found is not None else None

"""Context windows: of the vendor's own model, or not known."""

from __future__ import annotations

from datetime import date

import pytest

from lib.domain.configuration import GEMINI, LOCAL, OPENAI, Configuration, Endpoint
from lib.providers.context_windows import context_window
from lib.providers.prices import Price, price_of


@pytest.mark.parametrize(
    ("endpoint", "model", "tokens"),
    [
        (OPENAI, "gpt-4.1-2025-04-14", 1_000_000),
        (GEMINI, "gemini-2.5-pro", None),  # the data has a price, and no window
        (LOCAL, "any", None),
    ],
)
def test_a_window_is_that_of_the_price_data(
    endpoint: Endpoint, model: str, tokens: int | None
) -> None:
    asked = Configuration(name="x", endpoint=endpoint, model=model)
    price = price_of(asked, day=date(2026, 11, 25))
    assert isinstance(price, Price)

    assert context_window(price) == tokens

"""Cells that a spreadsheet must not run, and the way back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.results.spreadsheet import inert, original


@pytest.mark.parametrize(
    "text",
    [
        '=HYPERLINK("http://x","y")',
        "+1",
        "-1+cmd|' /C calc'!A0",
        "@SUM(A1)",
        "\tx",
        "\rx",
        "  =1",
        "\n=1",
        "\u00a0=1",
        "\ufeff=1",
        "\uff1d1",
        "\uff0b1",
        "\uff0d1",
        "\uff201",
    ],
)
def test_what_would_be_a_formula_gets_an_apostrophe(text: str) -> None:
    assert inert(text) == f"'{text}"


@pytest.mark.parametrize("value", ["Apple", "a=1", "'quoted'", "", " ", 5, -1, 0.5, None, True])
def test_all_else_stays_as_it_is(value: object) -> None:
    assert inert(value) is value


@given(st.text("='+-@\t\r\n \ufeff\u00a0\uff1dab", max_size=6))
def test_a_text_comes_back_as_it_was(text: str) -> None:
    cell = str(inert(text))

    assert original(cell) == text
    assert not cell.lstrip(" \n\u00a0\ufeff\v\f\u200b\u3000").startswith(
        ("=", "+", "-", "@", "\t", "\r", "\uff1d")
    )

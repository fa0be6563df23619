"""Showing text that nobody vouches for: it is seen, and does nothing."""

from __future__ import annotations

import re

import streamlit as st

# Direction marks turn what follows around; control characters are invisible; a lone surrogate can't
# be sent to a browser at all. All are written out.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def visible(text: str) -> str:
    """The text with control characters, direction marks and lone surrogates written out."""
    return _HIDDEN.sub(lambda match: f"\\u{ord(match.group()):04x}", text)


def shortened(text: str, most: int) -> str:
    """The text, cut with an ellipsis if it is longer than this many characters."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def text(content: str, *, most: int | None = None) -> None:
    """Show a text as it is: `st.text` reads neither Markdown nor HTML."""
    shown = visible(content)
    st.text(shown if most is None else shortened(shown, most))


def block(content: str, *, language: str | None = None, height: int | None = None) -> None:
    """Show a longer text with a copy button. `st.code` reads neither Markdown nor HTML."""
    st.code(visible(content), language=language, wrap_lines=True, height=height or "content")

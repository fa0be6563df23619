"""When two outputs count as the same."""

from __future__ import annotations

import unicodedata


def normalised(text: str) -> str:
    """The text in NFC, stripped, each run of white space made one space.

    Outputs are compared in this form. An empty output stays one: it is an answer like any other.
    """
    return " ".join(unicodedata.normalize("NFC", text).split())

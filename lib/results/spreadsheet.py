"""Cells that a spreadsheet won't run: what would be a formula gets an apostrophe before it.

Reading takes it away again, so a text comes back as it was, also one that began like that itself.
"""

from __future__ import annotations

_BEGINNINGS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""Of a formula; the last four are the full-width twins, which some spreadsheets take for it."""
_SKIPPED = " \n\v\f\u00a0\u200b\u3000\ufeff"
"""What a spreadsheet may leave out before it looks. A tab or a return is dangerous by itself."""
_MARK = "'"


def inert(value: object) -> object:
    """The cell to write for a value. Numbers stay numbers."""
    if isinstance(value, str) and _acts(value.lstrip(_MARK)):
        return f"{_MARK}{value}"
    return value


def original(cell: str) -> str:
    """The text for which `inert` wrote this cell."""
    return cell[1:] if cell.startswith(_MARK) and _acts(cell.lstrip(_MARK)) else cell


def _acts(text: str) -> bool:
    return text.startswith(("\t", "\r")) or text.lstrip(_SKIPPED).startswith(
        (*_BEGINNINGS, "\t", "\r")
    )

"""Patterns from users, none of which may hang the lab."""

from __future__ import annotations

import regex

from lib.domain.patterns import MOST_REPEATED, repeated

PATTERN_S = 0.25
"""How long a pattern may take over one answer."""


class Undecided(Exception):
    """A check that can't be applied; `why` is the reason as a clause."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def found(pattern: str, text: str) -> bool:
    """Whether a pattern is found somewhere in a text.

    Raises:
        Undecided: if that can't be said, such as for a pattern that takes too long.
    """
    return _search(pattern, text) is not None


def first_group(pattern: str, text: str) -> str | None:
    """The first group of the first match, or all of it where the pattern has no groups.

    Raises:
        Undecided: if that can't be said, such as for a pattern that takes too long.
    """
    match = _search(pattern, text)
    if match is None:
        return None
    groups = match.groups()
    return groups[0] if groups else match.group()


def _search(pattern: str, text: str) -> regex.Match[str] | None:
    if repeated(pattern) > MOST_REPEATED:
        raise Undecided(f"the pattern repeats a part more than {MOST_REPEATED:,} times")
    try:
        return regex.search(pattern, text, timeout=PATTERN_S)
    except TimeoutError as error:
        raise Undecided(f"the pattern took more than {PATTERN_S:g} s over one answer") from error
    except (regex.error, RecursionError, MemoryError, ArithmeticError, ValueError) as error:
        raise Undecided("the pattern can't be applied") from error

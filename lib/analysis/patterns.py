"""Patterns from users, none of which may hang the lab."""

from __future__ import annotations

from math import prod

import regex

PATTERN_S = 0.25
"""How long a pattern may take over one answer."""
MOST_REPEATED = 10_000
"""`regex` writes x{1000} out 1,000 times before its time-out begins, and nested ones multiply."""

_REPEATS = regex.compile(r"\{((?:[0-9\s]|#.*\n)+)")  # (?x) takes spaces and comments in between


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
    if _repeated(pattern) > MOST_REPEATED:
        raise Undecided(f"the pattern repeats a part more than {MOST_REPEATED:,} times")
    try:
        return regex.search(pattern, text, timeout=PATTERN_S) is not None
    except TimeoutError as error:
        raise Undecided(f"the pattern took more than {PATTERN_S:g} s over one answer") from error
    except (regex.error, RecursionError, MemoryError, ArithmeticError, ValueError) as error:
        raise Undecided("the pattern can't be applied") from error


def _repeated(pattern: str) -> int:
    """How often a part may be written out, at most: each group may be within the one before."""
    digits = ("".join(filter(str.isdecimal, count)) for count in _REPEATS.findall(pattern))
    counts = sorted((int(count.lstrip("0")[:9] or 0) for count in digits), reverse=True)
    return prod(filter(None, counts[: 1 + pattern.count("(")]))

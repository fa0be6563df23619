"""How large a pattern becomes: `regex` writes repeats out before any time-out begins."""

from __future__ import annotations

from math import prod

import regex

MOST_REPEATED = 10_000
"""`x{1000}` is written out 1,000 times, and nested ones multiply."""

_REPEATS = regex.compile(r"\{((?:[0-9\s]|#.*\n)+)")  # (?x) takes spaces and comments in between


def repeated(pattern: str) -> int:
    """How often a part may be written out, at most: each group may be within the one before."""
    digits = ("".join(filter(str.isdecimal, count)) for count in _REPEATS.findall(pattern))
    counts = sorted((int(count.lstrip("0")[:9] or 0) for count in digits), reverse=True)
    return prod(filter(None, counts[: 1 + pattern.count("(")]))


def problem(pattern: str) -> str:
    """What is wrong with a pattern, to stand behind its name; empty: nothing."""
    if repeated(pattern) > MOST_REPEATED:
        return f"repeats a part more than {MOST_REPEATED:,} times"
    try:
        regex.compile(pattern)
    except regex.error as error:
        return f"is not a regular expression: {error}"
    except RecursionError:
        return "is nested too deeply"
    return ""

"""How many calls does it take? Before a run, from what is declared alone.

Two kinds of numbers are planned for: a share of the answers (such as those that pass a check), and
agreement, the probability that two calls give the same output. `power` has the enumerations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import ceil, log
from typing import Literal

from scipy.special import ndtri

from lib.analysis.power import (
    MOST_EXACT,
    agreement_calls,
    agreement_power,
    share_calls,
    share_power,
    widest,
)
from lib.analysis.proportions import wilson
from lib.analysis.u_statistic import all_different, all_equal, smallest_n
from lib.domain.errors import InputError

Of = Literal["share", "agreement"]
CALLS = (5, 10, 20, 30, 50, 100, 200, 300, 500)
"""The rows of a table to choose from."""
_HALVINGS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """The answer to "how many calls?"."""

    calls: int | None
    """Of each configuration; `None` where no number of calls that a run takes would do."""
    method: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """What a number of calls of each configuration can tell."""

    calls: int
    share_half_width: float
    """Of the Wilson interval, for a share of one half: the widest."""
    never_seen_below: float
    """What never happened in so many calls has at most this probability."""
    share_difference: float | None
    """From one half up, found with the power asked for; `None`: no difference is."""
    agreement_half_width: float
    """Where two calls agree half of the time, at worst."""
    agreement_difference: float | None
    """From one half down, as above."""
    all_equal_above: float
    """Where all calls gave one output, two calls agree at least this often."""
    all_different_below: float
    """Where all calls differed, two calls agree at most this often."""


def for_half_width(
    half_width: float, *, of: Of = "share", at: float = 0.5, alpha: float = 0.05
) -> Planned:
    """Calls of one configuration for an interval of +- half_width.

    Args:
        half_width: above 0, below 1.
        of: a share of the answers, or how often two calls agree.
        at: the value expected; for a share 0.5 is the worst case.
        alpha: how often the interval may miss.

    Raises:
        InputError: if a number is out of range.
    """
    _check(half_width=half_width, at=at, alpha=alpha)
    percent = f"{100 * (1 - alpha):g}%"
    if of == "share":
        z = float(ndtri(1 - alpha / 2))
        plain = ceil(z**2 * at * (1 - at) / half_width**2)

        def narrow(n: int) -> bool:
            low, high = wilson(at * n, n, alpha=alpha)
            return (high - low) / 2 <= half_width

        calls = max(plain, smallest_n(narrow, start=1) or plain)
        safe = ceil(log(2 / alpha) / (2 * half_width**2))
        return Planned(
            calls=calls,
            method=(
                f"z^2 p (1 - p) / w^2, and the {percent} Wilson interval as narrow; whatever the "
                f"share: {safe} (Hoeffding)"
            ),
            says=f"{calls:,} calls give a share of {at:g} to ±{half_width:g} ({percent} interval).",
        )
    spread = widest(at)

    def enough(n: int) -> bool:
        ends = spread.interval(alpha, n=n)
        return ends is not None and (ends[1] - ends[0]) / 2 <= half_width

    found = smallest_n(enough, start=3)
    told = "No number of calls gives" if found is None else f"{found:,} calls at most give"
    return Planned(
        calls=found,
        method=f"widened logit-t {percent} interval under the largest first-order variance",
        says=(
            f"{told} agreement to ±{half_width:g} where two calls agree {at:g} of the time "
            f"({percent} interval)."
        ),
    )


def for_difference(
    a: float, b: float, *, of: Of = "share", power: float = 0.8, alpha: float = 0.05
) -> Planned:
    """Calls of each of two configurations that find a difference of this size.

    Args:
        a: the true value under one configuration.
        b: under the other.
        of: a share of the answers, or how often two calls agree.
        power: how often the difference is to be found, such as 0.8.
        alpha: the level of the test.

    Raises:
        InputError: if a number is out of range, or the two are equal.
    """
    _check(power=power, alpha=alpha, **{"from": a, "to": b})
    if a == b:
        raise InputError("A difference of 0 can't be found.", "Say how large it is.")
    if of == "share":
        calls = share_calls(a, b, power=power, alpha=alpha)
        exact = calls is not None and calls <= MOST_EXACT
        method = "Fisher's exact test, " + ("all tables" if exact else "normal approximation")
    else:
        calls = agreement_calls(a, b, power=power, alpha=alpha)
        method = "MOVER, all outcomes under the largest first-order variance"
    what = "a share" if of == "share" else "agreement"
    told = "Too many calls for one run" if calls is None else f"{calls:,} calls of each"
    return Planned(
        calls=calls,
        method=method,
        says=(
            f"{told} find {what} of {a:g} against {b:g} in {100 * power:g}% of runs "
            f"(level {alpha:g}, one pair)."
        ),
    )


def to_see(rate: float, *, alpha: float = 0.05) -> Planned:
    """Calls that show an event of this probability at least once, all but alpha of the time.

    Raises:
        InputError: if a number is out of range.
    """
    _check(rate=rate, alpha=alpha)
    calls = ceil(log(alpha) / log(1 - rate))
    return Planned(
        calls=calls,
        method="ln(alpha) / ln(1 - rate)",
        says=f"{calls:,} calls show what happens in {rate:g} of them, {100 * (1 - alpha):g}% sure.",
    )


def resolution(calls: int, *, power: float = 0.8, alpha: float = 0.05) -> Resolution:
    """What so many calls of each configuration can tell.

    Args:
        calls: 3 or more; differences are enumerated up to `MOST_EXACT`.
        power: how often a difference is to be found.
        alpha: of tests and intervals.

    Raises:
        InputError: if a number is out of range.
    """
    _check(power=power, alpha=alpha)
    if not 3 <= calls <= MOST_EXACT:
        raise InputError(f"{calls} calls can't be looked up: 3 to {MOST_EXACT} can.")
    low, high = wilson(calls / 2, calls, alpha=alpha)
    ends = widest(0.5).interval(alpha, n=calls) or (0.0, 1.0)
    return Resolution(
        calls=calls,
        share_half_width=(high - low) / 2,
        never_seen_below=1 - alpha ** (1 / calls),
        share_difference=_smallest(
            lambda d: share_power(0.5, 0.5 + d, calls, alpha=alpha) >= power
        ),
        agreement_half_width=(ends[1] - ends[0]) / 2,
        agreement_difference=_smallest(
            lambda d: agreement_power(0.5, 0.5 - d, calls, alpha=alpha) >= power
        ),
        all_equal_above=all_equal(calls, alpha),
        all_different_below=all_different(calls, alpha),
    )


def resolutions(
    calls: Iterable[int] = CALLS, *, power: float = 0.8, alpha: float = 0.05
) -> tuple[Resolution, ...]:
    """The same for several numbers of calls: a table to choose from."""
    return tuple(resolution(n, power=power, alpha=alpha) for n in calls)


def _smallest(found: Callable[[float], bool]) -> float | None:
    """The smallest difference up to one half that is found; larger ones are found more often."""
    low, high = 0.0, 0.5
    if not found(high):
        return None
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if found(middle) else (middle, high)
    return high


def _check(**numbers: float) -> None:
    ends = {"at", "from", "to"}
    if wrong := [
        f"{name.replace('_', ' ')} is {value:g}, but must be between 0 and 1."
        for name, value in numbers.items()
        if not (0 <= value <= 1 if name in ends else 0 < value < 1)
    ]:
        raise InputError("\n".join(wrong))

"""What may be said of a difference, and in which words. Never more than its test allows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, assert_never

Verdict = Literal["different", "equivalent", "inconclusive", "different_but_small", "describe_only"]
"""`inconclusive`: too few calls to tell; `describe_only`: not tested at all."""

FEWEST_CALLS = 5
"""Below this a verdict would rest on next to nothing: described, not tested."""
N_CHANGED = "N was changed after results were seen, which this p-value does not allow for."


@dataclass(frozen=True, slots=True)
class Interval:
    """A difference with its ends."""

    difference: float
    low: float
    high: float

    def within(self, margin: float) -> bool:
        """Whether all of it is closer to 0 than the margin."""
        return -margin < self.low and self.high < margin

    @property
    def half_width(self) -> float:
        """Half of its length."""
        return (self.high - self.low) / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a comparison found, before the number of comparisons is known."""

    finding: str
    """The difference as a clause with its values, to stand before "adjusted p"."""
    described: str = ""
    """The same without a claim, where the finding makes one."""
    about: str
    """What would be equal: ends "No difference larger than 0.10 in ..."."""
    calls: str
    """`N=50 each`, or both."""
    p: float | None
    """Unadjusted. `None`: not tested."""
    wide: Interval | None = None
    """At 1 - alpha."""
    narrow: Interval | None = None
    """At 1 - 2 alpha: inside the margin, it is evidence of equivalence (TOST)."""
    margin: float
    calls_needed: int | None = None
    """Of each configuration, for `target`."""
    target: float
    """Half-width of the interval with that many calls."""
    caution: str = ""
    """A sentence that must stand beside any verdict; empty: none."""
    untested: str = ""
    """Why there is no test, as a sentence."""


def verdict(evidence: Evidence, p_adjusted: float | None, *, alpha: float) -> Verdict:
    """Three ways by interval and adjusted p, a fourth where both hold, a fifth without a test."""
    if p_adjusted is None:
        return "describe_only"
    small = evidence.narrow is not None and evidence.narrow.within(evidence.margin)
    # Both must say so: a p-value by permutation and an interval by formula can part at the edge.
    apart = evidence.wide is None or not evidence.wide.low <= 0 <= evidence.wide.high
    if p_adjusted <= alpha and apart:
        return "different_but_small" if small else "different"
    return "equivalent" if small else "inconclusive"


def says(
    evidence: Evidence, p_adjusted: float | None, *, alpha: float, n_changed: bool = False
) -> str:
    """The verdict as one or more sentences."""
    found = verdict(evidence, p_adjusted, alpha=alpha)
    sentences = [_sentence(evidence, found, p_adjusted, alpha), evidence.caution]
    if n_changed and found != "describe_only":
        sentences.append(N_CHANGED)
    return " ".join(filter(None, sentences))


def _sentence(evidence: Evidence, found: Verdict, p_adjusted: float | None, alpha: float) -> str:
    match found:
        case "different":
            return _difference(evidence, p_adjusted)
        case "different_but_small":
            return f"A real but small difference: {_difference(evidence, p_adjusted)}"
        case "equivalent":
            assert evidence.narrow is not None  # noqa: S101  what makes it equivalent
            ends = ends_words(evidence.narrow, 2 * alpha)
            margin = _exactly(evidence.margin)
            return f"No difference larger than {margin} in {evidence.about} ({ends})."
        case "inconclusive":
            return _inconclusive(evidence, p_adjusted)
        case "describe_only":
            told = evidence.described or evidence.finding
            if not told:
                return evidence.untested
            return f"{evidence.untested} Described only: {told}, {evidence.calls}."
    assert_never(found)


def _difference(evidence: Evidence, p_adjusted: float | None) -> str:
    return f"{evidence.finding}, adjusted {p_words(p_adjusted)}, {evidence.calls}."


def _inconclusive(evidence: Evidence, p_adjusted: float | None) -> str:
    if evidence.wide is None:
        told = f"adjusted {p_words(p_adjusted)}, {evidence.calls}"
        return f"Not enough calls to tell of a difference in {evidence.about}: {told}."
    low, high = number(evidence.wide.low), number(evidence.wide.high)
    told = (
        f"Not enough calls to tell: the difference in {evidence.about} could be anywhere "
        f"from {low} to {high} ({evidence.calls})."
    )
    if evidence.calls_needed is None:
        return told
    target = f"{evidence.target:.3f}".rstrip("0")
    return f"{told} About N={evidence.calls_needed:,} per configuration would give ±{target}."


def calls_words(n_a: int, n_b: int) -> str:
    """`N=50 each`, or `N=50 and 48`."""
    return f"N={n_a} each" if n_a == n_b else f"N={n_a} and {n_b}"


def p_words(p: float | None) -> str:
    """A p-value as written in a sentence: never 0."""
    if p is None:
        return "p unknown"
    if p <= 1e-4:
        return "p<=1e-4"
    return f"p={p:.1g}" if p < 0.001 else f"p={p:.3f}"


def interval_words(interval: Interval, alpha: float) -> str:
    """`difference -0.27 (95% CI -0.41 to -0.11)`."""
    return f"difference {number(interval.difference)} ({ends_words(interval, alpha)})"


def ends_words(interval: Interval, alpha: float) -> str:
    """`95% CI -0.41 to -0.11`."""
    percent = f"{100 * (1 - alpha):g}%"
    return f"{percent} CI {number(interval.low)} to {number(interval.high)}"


def _exactly(margin: float) -> str:
    """A margin that was declared, with two digits or as many as it has."""
    return f"{margin:.2f}" if round(margin, 2) == margin else f"{margin:g}"


def way(difference: float, *, less: str, more: str, equal: str) -> str:
    """The words for the sign of a difference."""
    return less if difference < 0 else more if difference > 0 else equal


def number(value: float) -> str:
    """Two digits after the point, or as many as it takes to see on which side of 0 it is."""
    digits = next((d for d in (2, 3, 4) if round(value, d)), 2)
    return f"{round(value, digits) + 0.0:.{digits}f}"

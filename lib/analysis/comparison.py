"""Comparing configurations: which pairs, which tests, adjusted how.

Two different questions, of which none answers the other. Is A more variable than B? That is the
primary family: collision probability over all pairs, by intervals (MOVER), adjusted by Holm. Are
the distributions the same? That and all else is exploratory, adjusted by Benjamini and Hochberg.
There is no omnibus test before the pairs: Holm needs none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TypeVar

from lib.analysis import content, longer, shares, variability
from lib.analysis.finding import Family, Finding, Rules, not_independent
from lib.analysis.multiplicity import benjamini_hochberg, holm
from lib.analysis.sides import Side
from lib.analysis.verdict import Verdict, says, verdict

T = TypeVar("T")
MOST_ALL_PAIRS = 12
"""Beyond this many configurations each is compared with the first alone."""

STOPPED = (
    "The run could end as soon as its main question was answered, which this p-value does not "
    "allow for."
)

_ADJUSTMENTS: tuple[tuple[Family, str, Callable[[Sequence[float]], list[float]]], ...] = (
    ("primary", "Holm", holm),
    ("exploratory", "Benjamini-Hochberg", benjamini_hochberg),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two configurations and one metric. What can't be known is `None`, and `says` tells why."""

    a: str
    b: str
    metric: str
    family: Family
    difference: float | None
    """A less B."""
    low: float | None
    """Of the difference, unadjusted."""
    high: float | None
    p: float | None
    p_adjusted: float | None
    effect: float | None
    method: str
    verdict: Verdict
    says: str
    calls_needed: int | None
    """Calls of each configuration, about: half of all runs need more."""


def compare(
    sides: Sequence[Side],
    *,
    rules: Rules,
    n_changed_after_results: bool = False,
    on_pair: Callable[[], None] = lambda: None,
    among: Sequence[tuple[Side, Side]] | None = None,
    primary: Callable[[str], bool] | None = None,
) -> tuple[Comparison, ...]:
    """All comparisons of the configurations, adjusted, each with its verdict.

    Args:
        sides: of `sides.prepared`.
        rules: alpha, margin and permutations.
        n_changed_after_results: whether calls were added after results were seen; it is told
            beside every verdict, as no p-value here allows for it.
        on_pair: called after each of the `pairs`.
        among: the pairs that are compared, in place of all.
        primary: which metrics are in the primary family, where the question is another one.
    """
    found: list[Finding] = []
    for a, b in pairs(sides) if among is None else among:
        found += (_cautioned(each, rules) for each in _findings(a, b, rules))
        on_pair()
    if primary is not None:
        found = [
            replace(each, family="primary" if primary(each.metric) else "exploratory")
            for each in found
        ]
    return tuple(
        _comparison(finding, p, how, rules, n_changed_after_results)
        for finding, (p, how) in zip(found, _adjusted(found), strict=True)
    )


def pairs(sides: Sequence[T]) -> list[tuple[T, T]]:
    """All pairs, or each with the first where there are many."""
    if len(sides) <= MOST_ALL_PAIRS:
        return list(combinations(sides, 2))
    return [(sides[0], side) for side in sides[1:]]


_METRICS: Mapping[str, Callable[[Side, Side, Rules], Finding]] = {
    "collision_probability": variability.collision,
    "distribution": content.distribution,
    "mean_similarity": variability.mean_similarity,
    "finish_reasons": shares.finish_reasons,
    "length_tokens": longer.length,
}


def _findings(a: Side, b: Side, rules: Rules) -> Iterator[Finding]:
    for metric, compared in _METRICS.items():
        yield not_independent(a, b, metric, rules) or compared(a, b, rules)
    times = longer.latency(a, b, rules)
    if times is not None:
        yield not_independent(a, b, "latency", rules) or times
    for name in a.passed:
        metric = f"check: {name}"
        yield not_independent(a, b, metric, rules) or shares.check(name, a, b, rules)


def _cautioned(finding: Finding, rules: Rules) -> Finding:
    """With a word on the stop, where the test doesn't allow for it."""
    e = finding.evidence
    if rules.stop is None or finding.family == "primary" or e.p is None:
        return finding
    return replace(finding, evidence=replace(e, caution=f"{e.caution} {STOPPED}".strip()))


def _adjusted(found: Sequence[Finding]) -> list[tuple[float | None, str]]:
    """For each finding its adjusted p, and how it was adjusted."""
    adjusted: list[tuple[float | None, str]] = [(None, "not tested")] * len(found)
    for family, name, adjust in _ADJUSTMENTS:
        tested = {
            i: f.evidence.p
            for i, f in enumerate(found)
            if f.family == family and f.evidence.p is not None
        }
        for i, p in zip(tested, adjust(list(tested.values())), strict=True):
            adjusted[i] = (
                p,
                f"p adjusted by {name} over {len(tested)} {family} test{'s' * (len(tested) > 1)}",
            )
    return adjusted


def _comparison(
    finding: Finding, p_adjusted: float | None, how: str, rules: Rules, n_changed: bool
) -> Comparison:
    e = finding.evidence
    decided = verdict(e, p_adjusted, alpha=rules.alpha)
    method = [finding.method, how]
    if e.wide is not None:
        method.insert(1, f"unadjusted {100 * (1 - rules.alpha):g}% interval")
    return Comparison(
        a=finding.a,
        b=finding.b,
        metric=finding.metric,
        family=finding.family,
        difference=e.wide.difference if e.wide else None,
        low=e.wide.low if e.wide else None,
        high=e.wide.high if e.wide else None,
        p=e.p,
        p_adjusted=p_adjusted,
        effect=finding.effect,
        method="; ".join(method),
        verdict=decided,
        says=says(e, p_adjusted, alpha=rules.alpha, n_changed=n_changed),
        calls_needed=e.calls_needed if decided == "inconclusive" else None,
    )

"""What configurations can be compared by: the metrics, and the checks of the run. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lib.analysis.summary import Analysis
from lib.charts.inert import plain_label, shortened
from lib.domain.checks import Check
from lib.domain.vocabulary import Estimate


@dataclass(frozen=True, slots=True)
class Metric:
    """What the second chart shows."""

    label: str
    """In its list."""
    axis: str
    unit: bool = False
    """Whether it ends at 1."""
    reads: str = ""
    """What its ends mean."""
    check: Check | None = None
    """If it is the share of answers that pass one."""


METRICS = {
    "collision_probability": Metric(
        "Agreement",
        "Probability that two calls agree",
        unit=True,
        reads="1: always the same answer. 0: never the same twice.",
    ),
    "effective_outputs": Metric(
        "Effective outputs",
        "Effective number of outputs",
        reads="1: always the same answer. 5: as varied as five equally likely answers.",
    ),
    "mean_similarity": Metric(
        "Similarity",
        "Mean similarity of two outputs",
        unit=True,
        reads="1: always the same words in the same order. 0: no word in common.",
    ),
    "unseen_mass": Metric(
        "New next time",
        "Probability that the next output is new",
        unit=True,
        reads="1: the next call would bring an answer not seen yet. 0: all have been seen.",
    ),
    "length_tokens": Metric("Length", "Median length of an answer, in tokens"),
    "median": Metric("Latency", "Median latency of a call, in seconds"),
}
"""What the second chart can show, besides the checks of a run."""
_CHECK = "check: "


def metrics(checks: Sequence[Check]) -> Mapping[str, Metric]:
    """What can be compared: the metrics, and the share of answers that pass each check."""
    own = {f"{_CHECK}{check.name}": _passing(check) for check in checks}
    return {**METRICS, **own}


def _passing(check: Check) -> Metric:
    name = plain_label(check.name)
    return Metric(
        f"Check: {shortened(name, 60)}",
        f"Share of answers that pass “{shortened(name, 40)}”",
        unit=True,
        reads="1: every answer passes. 0: none does. A point leads to the answers that fail.",
        check=check,
    )


def estimates(found: Analysis, metric: str) -> dict[str, Estimate]:
    """One metric of each configuration, or the share that passes a check."""
    return {
        each.name: {
            **each.metrics,
            **each.latency_s,
            **{f"{_CHECK}{name}": e for name, e in each.checks.items()},
        }[metric]
        for each in found.configurations
    }

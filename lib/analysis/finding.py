"""One comparison of two configurations, before it is adjusted for the number of comparisons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from lib.analysis.sides import Side
from lib.analysis.verdict import FEWEST_CALLS, Evidence, Interval
from lib.domain.declared import Declared, Stop

Family = Literal["primary", "exploratory"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How comparisons are made: declared before results are seen."""

    alpha: float = 0.05
    margin: float = 0.10
    """Of a difference of probabilities or similarities: what is smaller doesn't matter."""
    permutations: int = 9999
    """p = (1 + k) / (B + 1) is valid at any B and here at least 1e-4, so among more than 500 tests
    a lone difference can be missed at alpha 0.05, but none is made up."""
    seed: int = 1
    stop: Stop | None = None
    """A run that looks after every batch; `None`: one look, at the end."""

    @classmethod
    def of(cls, declared: Declared, *, permutations: int = 9999, seed: int = 1) -> Rules:
        """The rules that were declared with an experiment."""
        return cls(
            alpha=declared.alpha,
            margin=declared.margin,
            permutations=permutations,
            seed=seed,
            stop=declared.stop,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One comparison before it is adjusted."""

    a: str
    b: str
    metric: str
    family: Family
    effect: float | None
    method: str
    evidence: Evidence


def untested(n_a: int, n_b: int) -> str:
    """Why two sides aren't tested, as a sentence; empty where they are."""
    if min(n_a, n_b) < FEWEST_CALLS:
        return f"A test needs {FEWEST_CALLS} answers of each, and these are {n_a} and {n_b}."
    return ""


def not_independent(a: Side, b: Side, metric: str, rules: Rules) -> Finding | None:
    """What is said instead of a comparison where a side's calls are one draw asked for often."""
    seeded = [side.name for side in (a, b) if side.group.one_seed]
    if not seeded:
        return None
    evidence = Evidence(
        finding="",
        about="",
        calls="",
        p=None,
        margin=rules.margin,
        target=rules.margin / 2,
        untested=f"All calls of {' and of '.join(seeded)} used one seed: no independent draws.",
    )
    return Finding(
        a=a.name,
        b=b.name,
        metric=metric,
        family="primary" if metric == "collision_probability" else "exploratory",
        effect=None,
        method="none",
        evidence=evidence,
    )


def target(wide: Interval, margin: float) -> float:
    """The half-width to aim at: half the margin, and less where that is reached already."""
    aim = margin / 2
    while 0 < wide.half_width <= aim:
        aim /= 2
    return aim

"""The same experiment at two times: does it still answer alike?

Each configuration is compared with itself. The question is declared here, so it can't be chosen
after the results: whether what comes back has changed in any of `DECIDES`, over all configurations
together. That is the primary family, adjusted by Holm: a false alarm in alpha of all checks,
however many configurations there are. Time and similarity are shown beside it and decide nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from lib.analysis.comparison import Comparison, compare
from lib.analysis.groups import Group
from lib.analysis.phrases import quoted
from lib.analysis.summary import Analysis, described
from lib.domain.checks import Check
from lib.domain.declared import Declared

DECIDES = ("distribution", "collision_probability", "finish_reasons", "length_tokens")
"""Beside every check that the experiment declares."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """What was found."""

    analysis: Analysis
    """Of the configurations then and now, under names with their time, and their comparisons."""
    called: tuple[str, str]
    """What the two times are called."""
    pairs: Mapping[str, tuple[str, str]]
    """By configuration: its names in the analysis, then and now."""
    differs: bool
    """Whether any comparison that decides says `different`."""
    says: str
    alone: tuple[str, ...]
    """Configurations that only one of the two has."""

    @property
    def deciding(self) -> tuple[Comparison, ...]:
        """The comparisons that decide."""
        return tuple(c for c in self.analysis.comparisons if c.family == "primary")


def drift(
    then: Sequence[Group],
    now: Sequence[Group],
    *,
    called: tuple[str, str] = ("then", "now"),
    checks: Sequence[Check] = (),
    declared: Declared | None = None,
    permutations: int = 9999,
) -> Drift:
    """Compare each configuration with the one of the same name at another time.

    Args:
        then: of the earlier run, in order.
        now: of the later one.
        called: what the two times are called beside the names.
        checks: what a good answer is; applied to both.
        declared: alpha, margin, and what counts as an answer. A rule for ending early is left out:
            the two runs may have looked at different times.
        permutations: of each permutation test.
    """
    declared = replace(declared or Declared(), stop=None)
    names = [group.name for group in then]
    both = [group.name for group in now if group.name in names]
    alone = [g.name for g in (*then, *now) if g.name not in both]
    pairs = {name: (f"{name} ({called[0]})", f"{name} ({called[1]})") for name in both}
    of_then = {group.name: group for group in then}
    of_now = {group.name: group for group in now}
    groups = [
        replace(of[name], name=label)
        for name, labels in pairs.items()
        for of, label in zip((of_then, of_now), labels, strict=True)
    ]
    found, sides = described(groups, checks=checks, declared=declared, permutations=permutations)
    by_name = {side.name: side for side in sides}
    compared = compare(
        sides,
        rules=found.rules,
        among=[(by_name[a], by_name[b]) for a, b in pairs.values()],
        primary=_decides,
    )
    analysis = replace(found, comparisons=compared)
    deciding = [c for c in compared if c.family == "primary"]
    return Drift(
        analysis=analysis,
        called=called,
        pairs=pairs,
        differs=any(c.verdict == "different" for c in deciding),
        says=_says(deciding, both, alone, found.rules.margin),
        alone=tuple(alone),
    )


def _decides(metric: str) -> bool:
    return metric in DECIDES or metric.startswith("check: ")


def _says(
    deciding: Sequence[Comparison], both: Sequence[str], alone: Sequence[str], margin: float
) -> str:
    if not both:
        return "Nothing is compared: the two runs have no configuration of one name."
    sentences = [_verdict(deciding, margin)]
    if alone:
        sentences.append(f"Only in one of the two: {', '.join(map(quoted, alone))}.")
    return " ".join(sentences)


def _verdict(deciding: Sequence[Comparison], margin: float) -> str:
    tested = [c for c in deciding if c.p is not None]
    different = [c for c in tested if c.verdict == "different"]
    if different:
        clearest = min(different, key=lambda c: (c.p_adjusted or 0.0, -abs(c.effect or 0.0)))
        return f"Different: {len(different)} of {len(tested)} tests. {clearest.says}"
    if not tested:
        return f"Nothing could be tested. {deciding[0].says}" if deciding else "Nothing compared."
    small = sum(c.verdict == "different_but_small" for c in tested)
    told = (
        f"{small} of {len(tested)} tests show a difference, within the margin of {margin:g}."
        if small
        else f"No difference was found in {len(tested)} tests."
    )
    equal = sum(c.verdict in {"equivalent", "different_but_small"} for c in tested)
    if equal == len(tested):
        return f"{told} Each is known to be within its margin."
    few = len(tested) - equal
    which = "none" if few == len(tested) else f"{equal} of them"
    return f"{told} That is no proof that there is none: {which} had enough calls to rule one out."

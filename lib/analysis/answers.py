"""What counts as the answer of each call: its whole text, a value in it, or its cluster."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lib.analysis.clusters import Clusters, clustered
from lib.analysis.extraction import Values, extracted
from lib.analysis.groups import Group
from lib.analysis.normalise import normalised
from lib.domain.declared import Declared


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What text metrics and comparisons are over."""

    outputs: tuple[tuple[str, ...], ...]
    """For each configuration, one a call with text, in the order of the plan."""
    values: tuple[Values, ...] = ()
    """What a declared rule found, for each configuration; empty: there is no rule."""
    clusters: Clusters | None = None


def answers(groups: Sequence[Group], declared: Declared) -> Answers:
    """The answers of all configurations, as it was declared what an answer is."""
    values: tuple[Values, ...] = ()
    if declared.answer is not None:
        values = tuple(extracted(declared.answer, groups))
        outputs = tuple(each.values for each in values)
    else:
        outputs = tuple(tuple(normalised(s.text) for s in group.texts) for group in groups)
    if declared.similar is None:
        return Answers(outputs=outputs, values=values)
    clusters = clustered(outputs, similar=declared.similar)
    return Answers(outputs=clusters.outputs, values=values, clusters=clusters)

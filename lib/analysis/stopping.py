"""Whether a run that looks after every batch has its question answered, and may end."""

from __future__ import annotations

from collections.abc import Sequence

from lib.analysis.answers import answers
from lib.analysis.comparison import pairs
from lib.analysis.groups import Group
from lib.analysis.multiplicity import holm
from lib.analysis.sequential import Column, Looked, looked
from lib.analysis.verdict import Evidence, Verdict, verdict
from lib.domain.declared import Declared


def answered(groups: Sequence[Group], declared: Declared) -> bool:
    """Whether every pair of configurations has a verdict: different, or equivalent.

    The question is which configuration's answers repeat more often: the primary family, adjusted
    by Holm over its pairs. The verdicts are those that the analysis of the run will give.

    Args:
        groups: all that the run has brought, after a whole batch.
        declared: with a `stop`; without one nothing is ever answered before the end.
    """
    decided = verdicts(groups, declared)
    return bool(decided) and all(each != "inconclusive" for each in decided)


def verdicts(groups: Sequence[Group], declared: Declared) -> list[Verdict]:
    """The verdict on each pair that can be tested, by all looks so far."""
    stop = declared.stop
    if stop is None:
        return []
    columns = [
        Column(
            outputs=outputs,
            repeats=[s.slot.repeat for s in group.texts],
            planned=group.planned,
        )
        for group, outputs in zip(groups, answers(groups, declared).outputs, strict=True)
        if not group.one_seed
    ]
    found = [looked(a, b, stop, alpha=declared.alpha) for a, b in pairs(columns)]
    tested = [each for each in found if each is not None]
    adjusted = holm([each.p for each in tested])
    untested: list[Verdict] = ["inconclusive"] * (len(found) - len(tested))
    return untested + [
        verdict(_evidence(each, declared.margin), p, alpha=declared.alpha)
        for each, p in zip(tested, adjusted, strict=True)
    ]


def _evidence(found: Looked, margin: float) -> Evidence:
    return Evidence(
        finding="",
        about="",
        calls="",
        p=found.p,
        wide=found.wide,
        narrow=found.narrow,
        margin=margin,
        target=margin / 2,
    )

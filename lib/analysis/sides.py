"""Configurations, prepared for being compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lib.analysis.answers import Answers, answers
from lib.analysis.checks import passed
from lib.analysis.groups import Group
from lib.analysis.sequential import Column
from lib.analysis.similarity import Spelled, paired, similarities, spelled
from lib.analysis.u_statistic import PairMean, agreement, pair_mean
from lib.domain.checks import Check
from lib.domain.declared import Declared

NEARLY_ONE_OUTPUT = 0.9
"""From this share of the most frequent output on, content can hardly be told apart."""

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One configuration, prepared for being compared."""

    group: Group
    outputs: tuple[str, ...]
    """One a call: its text normalised, or what was declared to count as its answer."""
    spelled: Spelled
    """All of them, in tokens."""
    paired: Spelled
    """Those whose pairs are compared."""
    kernel: Array
    """Similarities of `paired`."""
    passed: Mapping[str, int | str]
    """How many answers pass each check, by the check's name; or why that can't be said."""

    @property
    def name(self) -> str:
        """As the user named it."""
        return self.group.name

    @property
    def agreement(self) -> PairMean | None:
        """How often two calls agree; `None` for fewer than two."""
        counts = np.array(list(Counter(self.outputs).values()), dtype=np.float64)
        return agreement(counts) if len(self.outputs) > 1 else None

    @property
    def column(self) -> Column:
        """The answers with their rounds, for looks in between."""
        return Column(
            outputs=self.outputs,
            repeats=[sample.slot.repeat for sample in self.group.texts],
            planned=self.group.planned,
        )

    @property
    def similar(self) -> PairMean | None:
        """How alike two calls are; `None` for fewer than two."""
        return pair_mean(self.kernel, self.paired.counts) if self.paired.n > 1 else None

    @property
    def nearly_one_output(self) -> bool:
        """Whether nearly all calls gave the same output."""
        most = max(Counter(self.outputs).values(), default=0)
        return most >= NEARLY_ONE_OUTPUT * len(self.outputs)


def prepared(
    groups: Sequence[Group], checks: Sequence[Check] = (), found: Answers | None = None
) -> list[Side]:
    """The configurations, with what all their comparisons share computed once.

    Args:
        groups: one for each configuration.
        checks: what a good answer is; applied to whole texts.
        found: what counts as the answer of each call; its text if not given.
    """
    judged = {check.name: passed(check, groups) for check in checks}
    texts = (answers(groups, Declared()) if found is None else found).outputs
    sides = []
    for i, (group, outputs, own) in enumerate(zip(groups, texts, spelled(texts), strict=True)):
        part = paired(own)
        sides.append(
            Side(
                group=group,
                outputs=outputs,
                spelled=own,
                paired=part,
                kernel=similarities(part, part),
                passed={name: n if isinstance(n, str) else n[i] for name, n in judged.items()},
            )
        )
    return sides

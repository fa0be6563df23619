"""One configuration of a run as the Tokens page compares it: its answers, step by step."""

from __future__ import annotations

from dataclasses import dataclass

from lib.analysis.branching import Tree
from lib.analysis.groups import Group
from lib.domain.vocabulary import Sample
from lib.engine.progress import Snapshot
from lib.ui.tokens import tree
from lib.ui.tokens.tree import Steps


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One configuration."""

    number: int
    name: str
    samples: tuple[Sample, ...]
    steps: Steps
    tree: Tree

    @property
    def by_tokens(self) -> bool:
        """Whether its tokens are known."""
        return self.steps.unit == "token"


def column(snapshot: Snapshot, group: Group) -> Column:
    """Of a configuration with answers."""
    number = group.texts[0].slot.number
    steps = tree.steps_of(snapshot, group.texts)
    return Column(
        number=number,
        name=group.name,
        samples=group.texts,
        steps=steps,
        tree=tree.made(snapshot, number, steps),
    )

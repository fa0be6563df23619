"""The analysis of a run at rest: its numbers at once, its comparisons when they are done.

Numbers of each configuration take a moment. Comparisons are permutation tests over all pairs, and
take many seconds for ten thousand samples: they are made in a thread, while the rest can be read.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace

from lib.analysis.comparison import compare, pairs
from lib.analysis.groups import Group
from lib.analysis.sides import Side
from lib.analysis.summary import Analysis, described
from lib.analysis.trend import trend
from lib.domain.checks import Check
from lib.domain.declared import Declared


class Analysing:
    """An analysis that goes on. Read from any thread."""

    def __init__(
        self,
        groups: Sequence[Group],
        *,
        checks: Sequence[Check] = (),
        declared: Declared | None = None,
        n_changed_after_results: bool = False,
    ) -> None:
        self.described, sides = described(
            groups,
            checks=checks,
            declared=declared,
            n_changed_after_results=n_changed_after_results,
        )
        """All but the comparisons, of which it has none."""
        self.pairs = len(pairs(sides))
        """How many pairs of configurations are compared."""
        self.done = 0
        """How many of them have been compared."""
        self._whole: Analysis | None = None
        self._fault: BaseException | None = None
        # A daemon: whoever closes the lab needn't wait for it.
        self._thread = threading.Thread(
            target=self._compare, args=(sides,), daemon=True, name="comparing"
        )
        self._thread.start()

    def whole(self, *, within_s: float = 0.0) -> Analysis | None:
        """The analysis with its comparisons; `None` if they aren't done within this time."""
        self._thread.join(within_s)
        if self._fault is not None:
            raise self._fault
        return self._whole

    def _compare(self, sides: Sequence[Side]) -> None:
        try:
            found = compare(
                sides,
                rules=self.described.rules,
                n_changed_after_results=self.described.n_changed_after_results,
                on_pair=self._count,
            )
            along = trend(
                sides,
                self.described.rules,
                n_changed=self.described.n_changed_after_results,
            )
            self._whole = replace(self.described, comparisons=found, trend=along)
        except BaseException as fault:  # raised again where the result is asked for
            self._fault = fault

    def _count(self) -> None:
        self.done += 1

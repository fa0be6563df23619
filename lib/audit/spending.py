"""What an audit may spend: one budget over all of its runs, and what they have cost.

Rule: each run reserves a call's worst case before it is sent, as any run does, out of what the runs
before it have left. So the budget can't be passed, whatever the calls turn out to cost.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from lib.audit.asking import Ask
from lib.audit.planning import AuditPlan, experiment, requests
from lib.domain.cost import NOTHING, ZERO, Cost, in_dollars
from lib.domain.errors import InputError
from lib.engine.costing import Costing, CostingMaker, in_words
from lib.engine.costing import check_budget as keepable
from lib.providers.capabilities import capital


@dataclass(slots=True)
class Spending:
    """The money of one audit."""

    most: Decimal | None = None
    """The budget in USD; `None`: there is none."""
    cost: Cost = NOTHING
    """Of all calls so far, failed ones included."""

    @property
    def left(self) -> Decimal | None:
        """What the next run may cost: what may have been billed before counts as spent."""
        if self.most is None:
            return None
        return ZERO if self.cost.at_most is None else max(ZERO, self.most - self.cost.at_most)

    def add(self, cost: Cost) -> None:
        """A run is over, and has cost this."""
        self.cost += cost

    def why_it_ended(self) -> str:
        """A clause, for an audit that its budget ended."""
        return (
            f"The audit was ended by its budget: of {in_dollars(self.most or ZERO)} too little is "
            f"left for another call (spent: {in_words(self.cost)})"
        )


def check_budget(
    planned: AuditPlan, max_cost_usd: Decimal | None, *, costing: CostingMaker = Costing
) -> None:
    """Refuse a budget that couldn't be kept, before anything is sent.

    Raises:
        InputError: if it is no amount, or if a call of the plan has no known worst case.
    """
    if max_cost_usd is None:
        return
    if not max_cost_usd.is_finite() or max_cost_usd < 0:
        raise InputError(f"A budget of {max_cost_usd} USD can't be.", "Allow 0 or more.")
    steps = {"opening": planned.opening, **planned.settings}
    for what, ask in _sendable(planned, {name: each.first for name, each in steps.items()}).items():
        try:
            keepable(experiment(planned, what, ask), max_cost_usd, costing=costing)
        except InputError as error:
            _, _, why = error.says.splitlines()[0].partition(": ")  # behind the column's name
            raise InputError(capital(why), "Start the audit without a budget in USD.") from None


def _sendable(planned: AuditPlan, asks: Mapping[str, Ask]) -> dict[str, Ask]:
    """What can be sent at all: what can't costs nothing."""
    found: dict[str, Ask] = {}
    for what, ask in asks.items():
        refused = {name for name, _, why_not in requests(planned, what, ask) if why_not}
        columns = tuple(each for each in ask.columns if each.name not in refused)
        if columns:
            found[what] = replace(ask, columns=columns)
    return found

"""How an audit is to be carried out, how far it is, and why one ended early."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from lib.audit.report import AuditReport
from lib.domain.cost import NOTHING, Cost
from lib.domain.errors import LabError
from lib.engine.carrying import AT_ONCE
from lib.engine.costing import Costing, CostingMaker
from lib.engine.runner import DEADLINE_S


@dataclass(frozen=True, slots=True)
class AuditProgress:
    """How far an audit is."""

    what: str
    """The setting that is being tried, or `opening`."""
    done: int
    """Calls that are over."""
    total: int
    """Calls in all, as far as is known now: it grows where something has to be tried again."""
    cost: Cost = NOTHING
    """Of the steps that are over."""


class Stopped(LabError):
    """An audit that ended early: it was stopped, its budget was spent, or it has to wait too long.

    What was answered is in the store. If it had looked at a setting by then, it has a report, which
    is not complete.
    """

    def __init__(
        self,
        says: str,
        fix: str = "",
        *,
        by_budget: bool = False,
        report: AuditReport | None = None,
    ) -> None:
        super().__init__(says, fix)
        self.by_budget, self.report = by_budget, report


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """How an audit is to be carried out. Keys travel here, in memory, and nowhere else."""

    home: Path
    key: str | None = field(default=None, repr=False)
    at_once: int = AT_ONCE
    deadline_s: float = DEADLINE_S
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    """Set it, in the loop of the audit, to end it in good order."""
    on_progress: Callable[[AuditProgress], None] | None = None
    """Called in the loop of the audit after each call. It must not block, nor raise."""
    max_cost_usd: Decimal | None = None
    """What the audit may cost in all."""
    costing: CostingMaker = Costing
    """Makes the prices of a run. A test gives it others than the vendors' lists."""

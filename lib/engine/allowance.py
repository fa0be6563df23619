"""What a run may still do, over all its endpoints: calls in all, money in all, calls at once.

Rule: a call's worst case is reserved before it is sent, and what is left over comes back when it
is over. So the budget can't be passed, however many calls are under way.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from lib.domain.cost import ZERO


@dataclass(slots=True)
class Allowance:
    """Shared by all gates of a run. Taken before a call is sent, so it can't be overdrawn."""

    at_once: int
    left: int | None = None
    """Calls that may still be made, retries included. `None`: whatever the plan needs."""
    left_usd: Decimal | None = None
    """What may still be spent, less what is reserved for calls under way. `None`: no limit."""
    spent: bool = False
    """Whether a call was kept back because too little was left."""

    _under_way: int = 0
    _reserved: Decimal = ZERO
    _watchers: list[Callable[[], None]] = field(default_factory=list)

    @property
    def full(self) -> bool:
        """Whether as many calls are under way as may be."""
        return self._under_way >= self.at_once

    def must_wait(self, worst_usd: Decimal) -> bool:
        """Whether there is too little for a call now, but calls under way may turn out cheaper."""
        left = self.left_usd
        return left is not None and left < worst_usd <= left + self._reserved

    def take(self, worst_usd: Decimal = ZERO) -> bool:
        """Reserve one call and the most that it can cost, if both are left."""
        no_call = self.left is not None and self.left <= 0
        no_money = self.left_usd is not None and self.left_usd < worst_usd
        if no_call or no_money:
            self.spent = True
            self._tell()
            return False
        if self.left is not None:
            self.left -= 1
        if self.left_usd is not None:
            self.left_usd -= worst_usd
            self._reserved += worst_usd
        self._under_way += 1
        return True

    def give_back(self, worst_usd: Decimal = ZERO, cost_usd: Decimal = ZERO) -> None:
        """A call is over, so another one may be under way. That it was made still counts.

        Args:
            worst_usd: what was reserved for it.
            cost_usd: what counts in its place.
        """
        self._under_way -= 1
        if self.left_usd is not None:
            self._reserved -= worst_usd
            self.left_usd += worst_usd - cost_usd
        self._tell()

    def on_change(self, tell: Callable[[], None]) -> None:
        """Call this whenever something that was refused may now be allowed, or never will be."""
        self._watchers.append(tell)

    def _tell(self) -> None:
        for tell in self._watchers:
            tell()

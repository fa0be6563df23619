"""What a run may still do, whichever endpoint it asks: so many calls in all, so many at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Allowance:
    """Shared by all gates of a run. Taken before a call is sent, so it can't be overdrawn."""

    at_once: int
    left: int | None = None
    """Calls that may still be made, retries included. `None`: whatever the plan needs."""
    spent: bool = False
    """Whether a call was kept back because none was left."""

    _under_way: int = 0
    _watchers: list[Callable[[], None]] = field(default_factory=list)

    @property
    def full(self) -> bool:
        """Whether as many calls are under way as may be."""
        return self._under_way >= self.at_once

    def take(self) -> bool:
        """Reserve one call, if there is one left."""
        if self.left is not None and self.left <= 0:
            self.spent = True
            self._tell()
            return False
        if self.left is not None:
            self.left -= 1
        self._under_way += 1
        return True

    def give_back(self) -> None:
        """A call is over, so another one may be under way. That it was made still counts."""
        self._under_way -= 1
        self._tell()

    def on_change(self, tell: Callable[[], None]) -> None:
        """Call this whenever something that was refused may now be allowed, or never will be."""
        self._watchers.append(tell)

    def _tell(self) -> None:
        for tell in self._watchers:
            tell()

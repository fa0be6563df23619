"""What a button asked for, done once every widget of the page has been read.

A text that was typed just before the button was pressed arrives with the press itself: done at
once, the action would put something in place that doesn't have it yet.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Pending:
    """One action that waits. What is edited on a page inherits it."""

    pending: Callable[[], None] | None = field(default=None, kw_only=True)

    def later(self, action: Callable[[], None]) -> None:
        """Do this once all widgets have been read."""
        self.pending = action

    def redraw(self) -> None:
        """Draw once more, as something above says what was; what a button asked for goes first."""
        if self.pending is None:
            self.pending = _nothing

    def settle(self) -> bool:
        """Do what was asked for. Whether there was something: then the page is redrawn."""
        action, self.pending = self.pending, None
        if action is not None:
            action()
        return action is not None


def _nothing() -> None:
    """Only the redraw is wanted."""

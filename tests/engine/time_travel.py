"""An event loop whose time passes only when all tasks wait, and then at once.

So a test of a pause of 15 minutes takes no time, and what it measures is exact. Not for input and
output: whatever comes from outside of the loop would come too late.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class _Jump(selectors.DefaultSelector):
    """Waits for nothing: it says that the time to wait has passed."""

    passed = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise RuntimeError("All tasks wait, and nothing will ever wake them.")
        self.passed += max(0.0, timeout)
        return super().select(0)


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._jump = _Jump()
        super().__init__(self._jump)
        self._clock_resolution = 1e-6  # sums of waits are not exact

    def time(self) -> float:
        return self._jump.passed


def play(work: Coroutine[Any, Any, T]) -> tuple[T, float]:
    """The result of a coroutine, and how many seconds it would have taken."""
    with asyncio.Runner(loop_factory=_Loop) as runner:
        result = runner.run(work)
        return result, runner.get_loop().time()


def now() -> float:
    """Seconds since this play began."""
    return asyncio.get_running_loop().time()

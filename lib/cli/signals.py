"""Signals while a run is carried out: the first ends it in good order, a second one at once."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
"""As far as the system has them: SIGBREAK is what Windows has for SIGTERM."""
_SHOW_CURSOR = "\x1b[?25h"


@contextmanager
def caught(stop: Callable[[], None]) -> Iterator[list[int]]:
    """Within the running event loop: call `stop` in it at a signal. Yields the signals that came.

    A signal that this process was started to ignore, as by `nohup`, stays ignored.
    """
    received: list[int] = []
    loop = asyncio.get_running_loop()

    def on_signal(number: int, _frame: FrameType | None) -> None:
        if received:
            if sys.stderr.isatty():
                sys.stderr.write(_SHOW_CURSOR)  # the progress bar hides it
            os._exit(128 + number)
        received.append(number)
        loop.call_soon_threadsafe(stop)

    if threading.current_thread() is not threading.main_thread():
        yield received
        return
    known = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]
    heard = [number for number in known if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, on_signal) for number in heard}
    try:
        yield received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

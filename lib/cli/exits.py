"""Exit statuses, and the one place where an error becomes a sentence and a status."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

from lib.cli.terminal import safe
from lib.domain.errors import InputError, LabError
from lib.engine.carrying import Ending
from lib.engine.progress import Snapshot


class Exit(IntEnum):
    """What the shell is told. 130 and 143 say which signal interrupted a run."""

    COMPLETE = 0
    INCOMPLETE = 1
    WRONG_INPUT = 2
    BUDGET = 3
    REFUSED = 4
    DIFFERS = 5
    INTERRUPTED = 130
    TERMINATED = 143


def status(ending: Ending, snapshot: Snapshot, *, signal: int | None) -> Exit:
    """The exit status of a run that has come to its end."""
    if ending.state == "finished":
        return Exit.COMPLETE
    if signal is not None:
        return Exit.INTERRUPTED if signal == 2 else Exit.TERMINATED
    if ending.budget_spent:
        return Exit.BUDGET
    if not snapshot.samples and (snapshot.failures or snapshot.ended):
        return Exit.REFUSED
    return Exit.INCOMPLETE


@contextmanager
def sentences() -> Iterator[None]:
    """Turn the lab's errors into their sentence on stderr, and an exit status."""
    try:
        yield
    except InputError as error:
        _leave(error, Exit.WRONG_INPUT)
    except LabError as error:
        _leave(error, Exit.INCOMPLETE)


def _leave(error: LabError, code: Exit) -> None:
    sys.stderr.write(safe(str(error)) + "\n")
    raise SystemExit(int(code)) from error

"""Exit statuses, and the one place where an error becomes a sentence and a status."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import IntEnum
from pathlib import Path

from lib.cli.terminal import safe
from lib.domain.errors import InputError, LabError


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


def interrupted_by(number: int) -> Exit:
    """The status of a run that a signal ended."""
    return Exit.INTERRUPTED if number == signal.SIGINT else Exit.TERMINATED


@contextmanager
def sentences() -> Iterator[None]:
    """Turn errors into their sentence on stderr, and an exit status."""
    try:
        yield
    except InputError as error:
        _leave(str(error), Exit.WRONG_INPUT)
    except LabError as error:
        _leave(str(error), Exit.INCOMPLETE)
    except KeyboardInterrupt:
        _leave("Interrupted.", Exit.INTERRUPTED)
    except BrokenPipeError:  # whoever read our output has had enough
        with suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(int(Exit.INCOMPLETE)) from None
    except Exception as error:
        _leave(
            f"The lab broke off because of a fault of its own ({_where(error)}). What was stored "
            "is kept. Please report this.",
            Exit.INCOMPLETE,
        )


def _leave(sentence: str, code: Exit) -> None:
    sys.stderr.write(safe(sentence) + "\n")
    raise SystemExit(int(code)) from None


def _where(error: BaseException) -> str:
    """Kind and place of a fault. Not its text, which may hold anything."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"

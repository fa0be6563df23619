"""An operation of the writer: what is done, and who is told of its outcome."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar

from sqlalchemy import Connection

from lib.domain.errors import LabError
from lib.domain.vocabulary import Reply

Result = TypeVar("Result")


@dataclass(slots=True)
class Operation(Generic[Result]):
    """Something to be written, and who is told."""

    act: Callable[[Connection], Result]
    """Done again from the start if another of its group fails: it changes nothing but the store."""
    manner: Literal["grouped", "alone", "outside"] = "grouped"
    """With others in one transaction, in one of its own, or outside of any (as VACUUM must be)."""
    future: Future[Result] | asyncio.Future[Result] | None = None
    loop: asyncio.AbstractEventLoop | None = None
    """Where `future` and `tell` belong, if not to any thread."""
    tell: Callable[[Result], None] | None = None
    """Called before `future` is set."""
    reply: tuple[dict[str, object], Reply] | None = None
    """What would be lost with this operation: said on stderr, as the last resort."""
    result: Result | None = field(default=None, init=False)
    error: LabError | None = field(default=None, init=False)


def settle(group: Sequence[Operation[object]]) -> None:
    """Tell everyone, each event loop once: waking one is a system call."""
    loops = defaultdict(list)
    rescue(operation for operation in group if operation.error)
    for operation in group:
        if operation.loop:
            loops[operation.loop].append(operation)
        elif operation.future:
            _tell([operation])
    for loop, operations in loops.items():
        with suppress(RuntimeError):  # the loop has been closed: nobody waits any more
            loop.call_soon_threadsafe(_tell, operations)


def _tell(operations: Iterable[Operation[object]]) -> None:
    for operation in operations:
        future = operation.future
        if operation.error is None and operation.tell:
            try:
                operation.tell(operation.result)
            except Exception as error:  # a listener's fault is not the store's
                logging.getLogger(__name__).exception("A listener failed.", exc_info=error)
        if future is None or future.done():  # a cancelled one is done
            continue
        if operation.error is None:
            future.set_result(operation.result)
        else:
            future.set_exception(operation.error)


def rescue(operations: Iterable[Operation[Any]]) -> None:
    """Say replies that could not be kept on stderr, one line of JSON each: they were paid for."""
    for operation in operations:
        if operation.reply is None:
            continue
        told, reply = operation.reply
        line = {
            "not_stored": told,
            "status": reply.status,
            "headers": dict(reply.headers),
            "seconds": reply.seconds,
            "body_base64": base64.b64encode(reply.body).decode(),
        }
        with suppress(Exception):  # there may be no stderr; then nothing more can be done
            sys.stderr.write(json.dumps(line, default=str) + "\n")
            sys.stderr.flush()

"""Looking on while a reply arrives: what is shown of an answer before it is whole.

The pieces go to whoever listens in the task that makes the call. Nothing is read or kept by them:
a reply counts only when all of it is there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_LISTENER: ContextVar[Callable[[bytes], None] | None] = ContextVar("arriving", default=None)


@contextmanager
def listened(listener: Callable[[bytes], None]) -> Iterator[None]:
    """Within this, the calls of this task tell the listener what has arrived.

    Args:
        listener: given each piece, unpacked, in order. It must not block, nor raise.
    """
    token = _LISTENER.set(listener)
    try:
        yield
    finally:
        _LISTENER.reset(token)


def tell(piece: bytes) -> None:
    """A piece of a reply has come."""
    listener = _LISTENER.get()
    if listener is not None:
        listener(piece)

"""What the database's errors mean: how far they reach, and a sentence for the user."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from lib.domain.errors import StoreError
from lib.store.sqlite import WAIT_S

_FREE = "Free some space, then start the same run again: it goes on where it stopped."
_PERMISSIONS = "Check its permissions, and its folder's."
_SENTENCES = {
    sqlite3.SQLITE_FULL: ("The disk is full", _FREE),
    # A file that may not grow any more (a quota, a limit) is told as an I/O error too.
    sqlite3.SQLITE_IOERR: ("The disk is full, or failing", _FREE),
    sqlite3.SQLITE_BUSY: (
        f"Another program has locked the store for {WAIT_S} seconds",
        "Close that program, then start the same run again: it goes on where it stopped.",
    ),
    sqlite3.SQLITE_READONLY: ("The store can't be written to", _PERMISSIONS),
    sqlite3.SQLITE_CANTOPEN: ("The store can't be opened", _PERMISSIONS),
    sqlite3.SQLITE_PERM: ("The store can't be opened", _PERMISSIONS),
    sqlite3.SQLITE_CORRUPT: ("The store is damaged", "Restore it from a backup."),
    sqlite3.SQLITE_NOTADB: ("This is not a store", "Name another file."),
    sqlite3.SQLITE_NOMEM: ("There is not enough memory", "Close other programs."),
    sqlite3.SQLITE_PROTOCOL: (
        "The store's file system can't lock files",
        "Put it on a disk of this machine rather than on the network.",
    ),
}
_SENTENCES[sqlite3.SQLITE_LOCKED] = _SENTENCES[sqlite3.SQLITE_BUSY]


def store_fault(error: BaseException, where: object) -> StoreError | None:
    """What an error says about the store as a whole; `None` if it is about one operation only."""
    if isinstance(error, DBAPIError) and error.orig is not None:
        error = error.orig
    if not isinstance(error, sqlite3.Error):
        return None
    # Only the lowest byte: the others tell variants apart, such as which kind of I/O failed.
    known = _SENTENCES.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
    return known and StoreError(f"{known[0]}: {where}.", known[1])


@contextmanager
def told(where: object) -> Iterator[None]:
    """Turn what the database or the file system raises in here into a `StoreError`."""
    try:
        yield
    except OSError as error:
        says = f"The store can't be used: {error.strerror or error}: {where}."
        raise StoreError(says, _PERMISSIONS) from error
    except (DBAPIError, sqlite3.Error) as error:
        raise store_fault(error, where) or _unreadable(where) from error
    except (ValueError, TypeError) as error:  # what was read is nothing that was ever written
        raise _unreadable(where) from error


def _unreadable(where: object) -> StoreError:
    # Without the error's own text, which may quote what is kept.
    return StoreError(f"What is kept can't be read: {where}.", "Restore it from a backup.")

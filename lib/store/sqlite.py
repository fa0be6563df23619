"""What only SQLite has: its pragmas, and two kinds of connection, to write and to read."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event

from lib.domain.errors import StoreError

WAIT_S = 60
"""How long a write waits for another program that has locked the file."""

_BOTH = """
PRAGMA foreign_keys = ON;
PRAGMA trusted_schema = OFF;
PRAGMA cell_size_check = ON;
"""
_WRITING = f"""
PRAGMA busy_timeout = {WAIT_S * 1000};
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA fullfsync = ON;
PRAGMA checkpoint_fullfsync = ON;
PRAGMA secure_delete = ON;
PRAGMA journal_size_limit = {2**26};
"""
# synchronous: a commit is on the disk when it returns, also if the power fails then.
# fullfsync: on macOS fsync alone leaves the bytes in the drive's cache. No effect elsewhere.
# secure_delete: what is deleted is overwritten.
_READING = f"""
PRAGMA busy_timeout = {WAIT_S * 1000};
PRAGMA query_only = ON;
"""


def writing(path: Path) -> Engine:
    """For the one writer. Its transactions lock the file when they begin, not halfway."""
    engine = create_engine(_url(path), poolclass=NullPool)
    _set_up(engine, _WRITING, "BEGIN IMMEDIATE")
    return engine


def reading(path: Path) -> Engine:
    """For everyone else: each transaction sees one moment, and never waits for the writer."""
    engine = create_engine(_url(path), pool_size=4, max_overflow=-1)
    _set_up(engine, _READING, "BEGIN")
    return engine


def _url(path: Path) -> URL:
    # rw: never make a new, empty file where the store has gone
    return URL.create("sqlite", database=path.as_uri(), query={"mode": "rw", "uri": "true"})


def _set_up(engine: Engine, pragmas: str, begin: str) -> None:
    @event.listens_for(engine, "connect")
    def connected(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = None  # else the driver begins transactions as it sees fit
        for pragma in (_BOTH + pragmas).strip().split("\n"):
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        connection.connection.cursor().execute(begin)


def settle_on_disk(path: Path) -> None:
    """Make durable what was recovered: after a kill its last rows are visible, not yet synced.

    If another process is at work, nothing was recovered, and this leaves it alone. It raises what
    the first write would raise.
    """
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for pragma in (_BOTH + _WRITING).strip().split("\n"):
            connection.execute(pragma)
        connection.execute("PRAGMA busy_timeout = 1000")
        connection.execute("PRAGMA wal_checkpoint(FULL)").fetchall()
        try:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise


def forget(connection: Connection) -> None:
    """Leave nothing of what was deleted in the file, nor in the log.

    Raises:
        StoreError: if another program still reads from the log.
    """
    cursor = connection.connection.cursor()  # the driver's: VACUUM can't be within a transaction
    cursor.execute("VACUUM")
    cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    (busy, _, _) = cursor.fetchone() or (0, 0, 0)
    if busy:
        raise StoreError(
            "The run is deleted, but another program is reading: its text may still be in the log.",
            "Close that program, and Sampling Lab.",
        )

"""From a name to a file that may be written to: made, checked, or refused with a sentence.

Nothing in here writes to a file before it is known to be a sound store of this version.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import URL, NullPool, create_engine, make_url
from sqlalchemy.exc import ArgumentError

from lib.domain.errors import StoreError
from lib.store import files, schema, upgrade
from lib.store.faults import told
from lib.store.sqlite import settle_on_disk

ALWAYS_CHECKED = 2**28
"""Bytes up to which a store is checked at every opening, at about a second for a gigabyte."""

_LEFT = "It was left as it is: name another file for the store."


def path_of(url: str | Path) -> Path:
    """The file that a path or a `sqlite:///` URL names.

    Raises:
        StoreError: if it names none.
    """
    text = str(url)
    if "://" in text:
        try:
            parsed = make_url(text)
        except (ArgumentError, ValueError) as error:
            raise StoreError("The store's URL can't be read.", "Write sqlite:///PATH.") from error
        if parsed.get_backend_name() != "sqlite":
            raise StoreError(
                f"A store can't be in {parsed.get_backend_name()} yet.", "Write sqlite:///PATH."
            )
        text = parsed.database or ""
    if text in ("", ":memory:") or "\0" in text:
        raise StoreError("A store needs a file.", "Give a path, or sqlite:///PATH.")
    text = os.path.expanduser(text)  # Path's raises where there is no such user
    return Path(text).resolve()  # so that it has the same locks by whatever name it is opened


def locks_of(path: Path) -> Path:
    """The folder beside a store with the locks of its runs."""
    return path.with_name(f"{path.name}-locks")


def prepare(path: Path) -> None:
    """Make the store if it isn't there, check it if it is, and bring it to this version.

    Raises:
        StoreError: if it can't be used, or shouldn't.
    """
    with told(path):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _refuse_what_is_none(path)
        locks_of(path).mkdir(mode=0o700, exist_ok=True)
        with _alone(path):
            if not path.exists():
                _make(path)
            version = _checked_version(path)
            if version < schema.VERSION:
                upgrade.in_place(path, version)
            settle_on_disk(path)


def _refuse_what_is_none(path: Path) -> None:
    """Look at it from outside, before SQLite does."""
    if path.exists() and not path.is_file():
        what = "a folder" if path.is_dir() else "none"
        raise StoreError(f"The store should be a file, but this is {what}: {path}.")
    if not _writable(path.parent):
        raise StoreError(f"The store's folder can't be written to: {path.parent}.")
    if not path.exists():
        if path.with_name(f"{path.name}-wal").exists():
            raise StoreError(
                f"The store is gone, but what was last written to it is there: {path}-wal.",
                "Put the store back beside it, or move that file away.",
            )
        return
    with path.open("rb") as file:
        beginning = file.read(16)
    if not beginning:
        # Never a new one: `_make` puts a whole file in place. So something has emptied it.
        raise StoreError(f"The store is empty, 0 bytes: {path}.", "Restore it, or delete it.")
    if beginning != b"SQLite format 3\0":
        raise StoreError(f"This is not a store, nor a database at all: {path}.", _LEFT)
    if not _writable(path):
        raise StoreError(f"The store is read-only: {path}.", "Make it writable, or copy it.")


def _writable(path: Path) -> bool:
    # Not `access` alone: it says yes to root, whatever the owner meant by taking the bit away.
    return os.access(path, os.W_OK) and bool(path.stat().st_mode & 0o222)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Nobody else makes, checks or upgrades this store meanwhile. Running runs are not stopped."""
    lock = FileLock(locks_of(path) / "opening.lock", mode=0o600, timeout=60)
    try:
        lock.acquire()
    except Timeout as error:
        raise StoreError(f"Another process has been opening the store for a minute: {path}.") from (
            error
        )
    try:
        yield
    finally:
        lock.release()


def _make(path: Path) -> None:
    """Make an empty store under another name, then give it its own: whole, or not there."""
    new = path.with_name(f".{path.name}.new")
    files.create_private(new)
    engine = create_engine(URL.create("sqlite", database=str(new)), poolclass=NullPool)
    with engine.begin() as connection:
        schema.metadata.create_all(connection)
        connection.execute(schema.lab.insert().values(version=schema.VERSION))
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA journal_mode = WAL")
    files.take_the_place(new, path)


def _checked_version(path: Path) -> int:
    """Read it whole without writing: neither to a damaged store, nor to another program's."""
    log = path.with_name(f"{path.name}-wal")
    # Without a log, which is only there while it is used or if it wasn't closed, SQLite may look
    # at the file alone, and makes no file beside it.
    unused = not log.exists()
    how = "mode=ro&immutable=1" if unused else "mode=ro"
    try:
        with closing(_connect(f"{path.as_uri()}?{how}")) as connection:
            if unused:
                _refuse_part_of_a_page(connection, path)
            if not unused or path.stat().st_size <= ALWAYS_CHECKED:
                _quick_check(connection, path)
            return _version(connection, path)
    except StoreError:
        if unused and log.exists():  # somebody began to write just then
            return _checked_version(path)
        raise


def _connect(uri: str) -> sqlite3.Connection:
    connection = sqlite3.connect(uri, uri=True, timeout=60)
    connection.execute("PRAGMA cell_size_check = ON")
    connection.execute("PRAGMA trusted_schema = OFF")
    return connection


def _refuse_part_of_a_page(connection: sqlite3.Connection, path: Path) -> None:
    # SQLite reads a last page that was cut off as if it ended in zeros.
    (page,) = connection.execute("PRAGMA page_size").fetchone()
    if path.stat().st_size % page:
        raise _damaged("its end is missing", path)


def _quick_check(connection: sqlite3.Connection, path: Path) -> None:
    try:
        found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise
        found = str(error)
    if found != "ok":
        raise _damaged(found, path)


def _damaged(how: str, path: Path) -> StoreError:
    says = f"The store is damaged ({how}): {path}."
    return StoreError(says, "It was left as it is. Restore it from a backup.")


def _version(connection: sqlite3.Connection, path: Path) -> int:
    try:
        rows = connection.execute("SELECT version FROM sampling_lab").fetchall()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_ERROR:
            raise
        rows = []  # no such table
    match rows:
        case [(int(version),)] if version <= schema.VERSION:
            return version
        case [(int(version),)]:
            raise StoreError(
                f"This store was made by a newer version of Sampling Lab: {path}.",
                f"Update Sampling Lab: it knows version {schema.VERSION} of a store, "
                f"and this one has {version}.",
            )
        case _:
            raise StoreError(f"This is another program's database: {path}.", _LEFT)

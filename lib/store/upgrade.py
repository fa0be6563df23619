"""From an older version of the tables to this one: on a copy, which then takes the old one's place.

Whenever it is killed, there is the old store or the new one, and never something between. The old
one stays beside it, with its version in its name.
"""

from __future__ import annotations

import glob
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

from lib.domain.errors import StoreError
from lib.store import files, schema

Step = Callable[[sqlite3.Connection], None]


def _to_version_2(target: sqlite3.Connection) -> None:
    target.execute("ALTER TABLE sample ADD COLUMN cache_write_tokens BIGINT")
    target.execute("ALTER TABLE sample ADD COLUMN first_text_s FLOAT")
    target.execute("ALTER TABLE sample ADD COLUMN service_tier TEXT")
    target.execute("ALTER TABLE reply ADD COLUMN first_text_s FLOAT")
    target.execute(
        "CREATE INDEX attempt_by_error_code ON attempt (error_code) WHERE error_code IS NOT NULL"
    )
    target.execute(
        "CREATE TABLE saved_server (name TEXT NOT NULL, dialect TEXT NOT NULL, "
        "base_url TEXT NOT NULL, profile TEXT, api_key_env TEXT, saved_at VARCHAR(32) NOT NULL, "
        "PRIMARY KEY (name))"
    )
    target.execute(
        "CREATE TABLE audit (number INTEGER NOT NULL, endpoint TEXT NOT NULL, base_url TEXT, "
        "model TEXT NOT NULL, made_at VARCHAR(32) NOT NULL, document TEXT NOT NULL, "
        "PRIMARY KEY (number))"
    )


def _to_version_3(target: sqlite3.Connection) -> None:
    target.execute("ALTER TABLE run ADD COLUMN imported_at VARCHAR(32)")
    target.execute(
        "CREATE TABLE note_on_run (run INTEGER NOT NULL, text TEXT NOT NULL, "
        "tags TEXT NOT NULL, changed_at VARCHAR(32) NOT NULL, PRIMARY KEY (run), "
        "FOREIGN KEY(run) REFERENCES run (number))"
    )


STEPS: Mapping[int, Step] = {1: _to_version_2, 2: _to_version_3}
"""By the version that each starts from; it leaves the next one."""


def in_place(path: Path, version: int) -> None:
    """Bring a sound store to this version. The caller sees to it that nobody opens it meanwhile.

    Raises:
        StoreError: if another process uses it, or the result isn't sound. The old one is left.
    """
    copy = path.with_name(f".{path.name}.upgrade")
    files.create_private(copy)
    try:
        with closing(sqlite3.connect(path, isolation_level=None, timeout=5)) as source:
            _take_log_in(source, path)
            _upgrade_into(copy, source, version)
        files.take_the_place(copy, path, old=_old_name(path, str(version)))
    finally:
        copy.unlink(missing_ok=True)


def forget_old_versions(path: Path) -> None:
    """Delete what upgrades have left beside a store."""
    for old in path.parent.glob(_old_name(Path(glob.escape(str(path))), "*").name):
        old.unlink(missing_ok=True)


def _old_name(path: Path, version: str) -> Path:
    return path.with_name(f"{path.name}.version-{version}")


def _take_log_in(source: sqlite3.Connection, path: Path) -> None:
    """Leave no log of the old file behind: SQLite would take it for the new one's."""
    in_use = StoreError(
        f"The store has to be upgraded, but another process uses it: {path}.",
        "Close that one first.",
    )
    try:
        (mode,) = source.execute("PRAGMA journal_mode = DELETE").fetchone()
    except sqlite3.OperationalError as error:
        raise in_use from error
    if mode != "delete":
        raise in_use


def _upgrade_into(copy: Path, source: sqlite3.Connection, version: int) -> None:
    with closing(sqlite3.connect(copy, isolation_level=None)) as target:
        source.backup(target)
        target.execute("PRAGMA journal_mode = MEMORY")  # a copy that fails is thrown away
        for start in range(version, schema.VERSION):
            STEPS[start](target)
            target.execute("UPDATE sampling_lab SET version = ?", (start + 1,))
        found = target.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise StoreError(f"The store can't be upgraded: {found}.", "It was left as it is.")

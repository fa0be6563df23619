"""Opening a store: made private and whole, or refused with a sentence and left as it was."""

from __future__ import annotations

import hashlib
import os
import random
import sqlite3
import stat
import sys
from contextlib import closing, suppress
from pathlib import Path

import pytest
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from lib.domain.errors import LabError, StoreError
from lib.store import Store, opening, schema, upgrade
from lib.store.entries import Entries
from tests.store import children
from tests.store.making import answer_all, begin, slots

posix = pytest.mark.skipif(sys.platform == "win32", reason="permissions of POSIX")


def refused(path: Path | str) -> str:
    """The sentence with which it is refused; what is there is not touched."""
    before = fingerprint(Path(path))
    with pytest.raises(StoreError) as error:
        Store.open(path)
    assert fingerprint(Path(path)) == before
    return str(error.value)


def fingerprint(path: Path) -> dict[str, str]:
    """Of the store, and of all that is beside it, but for locks."""
    return {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(path.parent.glob("*"))
        if file.is_file() and path.parent.exists()
    }


@pytest.fixture
def filled(path: Path) -> Path:
    """A store with a run of 60 answers, closed."""
    store = Store.open(path)
    with begin(store, repeats=30) as held:
        answer_all(store, held.run_id, text="apple pie " * 300)
    store.close()
    return path


@posix
def test_file_and_folder_are_private(path: Path) -> None:
    old = os.umask(0)
    try:
        store = Store.open(path)
        begin(store)
    finally:
        os.umask(old)

    def mode(of: Path) -> int:
        return stat.S_IMODE(of.stat().st_mode)

    files = [file for file in path.parent.rglob("*") if file.is_file()]
    assert {file.suffix for file in files} >= {".sqlite", ".sqlite-wal", ".lock", ".pid"}
    assert {mode(file) for file in files} == {0o600}
    assert {mode(path.parent), mode(opening.locks_of(path))} == {0o700}
    store.close()


def test_a_folder_that_was_there_keeps_its_permissions(tmp_path: Path) -> None:
    before = tmp_path.stat().st_mode

    Store.open(tmp_path / "lab.sqlite").close()

    assert tmp_path.stat().st_mode == before


def test_a_clean_close_leaves_one_file_and_an_empty_folder_of_locks(filled: Path) -> None:
    assert {file.name for file in filled.parent.iterdir()} == {"lab.sqlite", "lab.sqlite-locks"}
    assert [file.name for file in opening.locks_of(filled).iterdir()] == ["opening.lock"]


def test_a_store_is_named_by_a_path_or_a_url(tmp_path: Path, path: Path) -> None:
    store = Store.open(str(path))
    run = begin(store).run_id
    assert store.url == f"sqlite:///{path}"
    store.close()
    (tmp_path / "link").symlink_to(path.parent)

    for name in (path, f"sqlite:///{path}", tmp_path / "link" / "lab.sqlite"):
        store = Store.open(name)
        assert store.find("latest").id == run
        store.close()


@pytest.mark.parametrize("name", ["a b#c?d%20.sqlite", "Ä\U0001f34e.db", "-x", "lab"])
def test_a_store_may_have_any_name(tmp_path: Path, name: str) -> None:
    for _ in range(2):
        Store.open(tmp_path / name).close()

    assert (tmp_path / name).is_file()


@pytest.mark.parametrize("url", ["", ":memory:", "sqlite://", "sqlite:///:memory:", "a\0b"])
def test_a_store_needs_a_file(url: str) -> None:
    with pytest.raises(StoreError, match="A store needs a file"):
        Store.open(url)


def test_other_databases_are_refused_by_name() -> None:
    with pytest.raises(StoreError, match="A store can't be in postgresql yet"):
        Store.open("postgresql://u:secret@host/db")
    with pytest.raises(StoreError, match="URL can't be read") as error:
        Store.open("://secret")
    assert "secret" not in str(error.value)


def test_a_folder_is_refused(tmp_path: Path) -> None:
    assert "this is a folder" in refused(tmp_path)


@posix
def test_a_pipe_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    assert "The store should be a file, but this is none" in refused(tmp_path / "pipe")


def test_a_name_that_is_too_long_is_refused(tmp_path: Path) -> None:
    assert "The store can't be used: " in refused(tmp_path / ("x" * 300))


def test_a_folder_that_cant_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    assert "The store can't be used: " in refused(tmp_path / "file" / "lab.sqlite")


@posix
def test_a_read_only_store_is_refused(filled: Path) -> None:
    filled.chmod(0o400)  # also to root, who could write to it all the same

    assert "The store is read-only" in refused(filled)


@posix
def test_a_read_only_folder_is_refused(filled: Path) -> None:
    filled.parent.chmod(0o500)
    try:
        assert "The store's folder can't be written to" in refused(filled)
    finally:
        filled.parent.chmod(0o700)


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n" + bytes(5000), b"SQLite", b"name = 1\n"])
def test_what_is_no_database_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "picture.sqlite"
    path.write_bytes(content)

    assert "This is not a store, nor a database at all" in refused(path)


def test_an_emptied_store_is_refused(tmp_path: Path) -> None:
    (tmp_path / "lab.sqlite").touch()

    assert "The store is empty, 0 bytes" in refused(tmp_path / "lab.sqlite")


def test_a_log_without_its_store_is_refused(filled: Path) -> None:
    filled.with_name("lab.sqlite-wal").write_bytes(b"the last answers")
    filled.unlink()

    assert "The store is gone, but what was last written to it is there" in refused(filled)
    assert not filled.exists()


def test_another_programs_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "places.sqlite"
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA journal_mode = WAL")
        other.execute("CREATE TABLE bookmark (url TEXT)")

    assert "This is another program's database" in refused(path)


def test_a_newer_store_is_refused(filled: Path) -> None:
    with closing(sqlite3.connect(filled)) as other:
        other.execute("UPDATE sampling_lab SET version = ?", (schema.VERSION + 1,))
        other.commit()

    assert "made by a newer version of Sampling Lab" in refused(filled)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_a_truncated_store_is_refused(filled: Path, share: float) -> None:
    os.truncate(filled, int(filled.stat().st_size * share))

    assert "The store is damaged" in refused(filled)


def test_flipped_bytes_in_its_structure_are_noticed(filled: Path) -> None:
    whole = filled.read_bytes()
    root = 4096  # of the first table; what is before it describes the file
    for byte in range(root, root + 8):
        damaged = bytearray(whole)
        damaged[byte] ^= 0xFF
        filled.write_bytes(damaged)

        assert "The store is damaged" in refused(filled)


@pytest.mark.parametrize("seed", range(12))
def test_a_hundred_flipped_bytes_are_told_and_never_a_traceback(filled: Path, seed: int) -> None:
    """Where they hit structure, at opening, and nothing is written; else when they are read."""
    draw = random.Random(seed)
    damaged = bytearray(filled.read_bytes())
    for _ in range(100):
        damaged[draw.randrange(100, len(damaged))] ^= 1 << draw.randrange(8)
    filled.write_bytes(damaged)

    try:
        store = Store.open(filled)
    except StoreError:
        assert filled.read_bytes() == damaged
        return
    with suppress(LabError):
        run = store.find("latest").id
        store.answers(run, {slot.id: slot for slot in slots(store, run)})
        for slot in store.states(run):
            store.attempts(slot)
    store.close()


def test_a_damaged_store_that_was_not_closed_is_left_as_it_is(filled: Path) -> None:
    damaged = bytearray(filled.read_bytes())
    damaged[4096:8192] = bytes(4096)
    filled.write_bytes(damaged)
    log = filled.with_name("lab.sqlite-wal")
    log.touch()

    with pytest.raises(StoreError, match="The store is damaged"):
        Store.open(filled)
    assert filled.read_bytes() == damaged
    assert log.exists()


# These tests make the present version an old one.

BEFORE = schema.VERSION - 1
OLD_NAME = f"lab.sqlite.version-{BEFORE}"


@pytest.fixture
def old(filled: Path) -> Path:
    """A store of the version before, which is like this one."""
    with closing(sqlite3.connect(filled)) as other:
        other.execute("UPDATE sampling_lab SET version = ?", (BEFORE,))
        other.commit()
    return filled


def test_an_older_store_is_upgraded_and_the_old_one_kept(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = sqlite3.connect(old)
    monkeypatch.setattr(
        upgrade, "STEPS", {BEFORE: lambda target: target.execute("CREATE TABLE added (id INTEGER)")}
    )
    before.close()

    store = Store.open(old)

    assert store.find("latest").samples == 60
    store.close()
    assert tables(old) == {*tables(old.with_name(OLD_NAME)), "added"}
    if sys.platform != "win32":
        assert stat.S_IMODE(old.stat().st_mode) == 0o600


def test_an_upgrade_that_fails_leaves_the_old_store(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = old.read_bytes()

    def step(target: sqlite3.Connection) -> None:
        target.execute("DROP TABLE sample")
        raise sqlite3.OperationalError("no")

    monkeypatch.setattr(upgrade, "STEPS", {BEFORE: step})

    with pytest.raises(StoreError):
        Store.open(old)
    assert tables(old) >= {"sample"}
    assert len(old.read_bytes()) == len(before)


def test_a_store_that_another_process_uses_is_not_upgraded(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upgrade, "STEPS", {BEFORE: lambda _: None})
    with closing(sqlite3.connect(old, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode = WAL")
        other.execute("BEGIN")
        other.execute("SELECT * FROM run").fetchall()

        with pytest.raises(StoreError, match="another process uses it"):
            Store.open(old)


def test_deleting_a_run_deletes_old_versions_too(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upgrade, "STEPS", {BEFORE: lambda _: None})
    store = Store.open(old)
    assert old.with_name(OLD_NAME).exists()

    store.delete_run(store.find("latest").id)

    store.close()
    assert {file.name for file in old.parent.iterdir()} == {"lab.sqlite", "lab.sqlite-locks"}


@pytest.mark.skipif(sys.platform == "win32", reason="has no SIGKILL")
@pytest.mark.parametrize("statements", [0, 7, 19])
def test_a_killed_upgrade_leaves_the_old_store(old: Path, statements: int) -> None:
    process, connection = children.start(children.die_in_an_upgrade, old, statements)
    process.join()
    assert process.exitcode == -9

    assert not any(name.startswith("added") for name in tables(old))
    process, connection = children.start(children.die_in_an_upgrade, old, 10**6)
    assert children.said(connection) == "upgraded"
    assert sum(name.startswith("added") for name in tables(old)) == 20


def test_a_store_of_version_1_is_brought_to_this_one(filled: Path) -> None:
    columns, indexes = columns_of(filled), tables(filled)
    with closing(sqlite3.connect(filled)) as other:
        later = ("cache_write_tokens", "first_text_s", "service_tier")
        for column in (*(f"sample.{name}" for name in later), "reply.first_text_s"):
            table, _, name = column.partition(".")
            other.execute(f"ALTER TABLE {table} DROP COLUMN {name}")
        other.execute("DROP INDEX attempt_by_error_code")
        other.execute("DROP TABLE saved_server")
        other.execute("DROP TABLE audit")
        other.execute("ALTER TABLE run DROP COLUMN imported_at")
        other.execute("DROP TABLE note_on_run")
        other.execute("UPDATE sampling_lab SET version = 1")
        other.commit()

    store = Store.open(filled)

    run = store.find("latest")
    assert (run.samples, columns_of(filled), tables(filled)) == (60, columns, indexes)
    before = store.answers(run.id, {each.id: each for each in slots(store, run.id)})
    assert {sample.usage.cache_write_tokens for sample in before} == {None}
    store.close()


def columns_of(path: Path) -> dict[str, set[str]]:
    """The columns of every table."""
    with closing(sqlite3.connect(path)) as other:
        return {
            name: {column for _, column, *_ in other.execute(f"PRAGMA table_info({name})")}
            for name in tables(path)
        }


def tables(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as other:
        return {name for (name,) in other.execute("SELECT name FROM sqlite_master")}


def test_nothing_in_it_is_sqlites_own() -> None:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]

    Entries(dialect)
    tables = [
        str(CreateTable(table).compile(dialect=dialect))
        for table in schema.metadata.tables.values()
    ]

    assert any("BYTEA" in table and "BIGSERIAL" in table for table in tables)


def test_all_tables_are_those_of_this_version(filled: Path) -> None:
    """A change of the tables needs a new version, and a step that leads to it."""
    with closing(sqlite3.connect(filled)) as other:
        written = [sql for (sql,) in other.execute("SELECT sql FROM sqlite_master ORDER BY name")]
    text = " ".join(" ".join(filter(None, written)).split())

    assert (schema.VERSION, hashlib.sha256(text.encode()).hexdigest()[:16]) == (
        3,
        "60b069f748a4253f",
    )

"""Faults of the disk and of other programs: told in a sentence; nothing acknowledged is lost."""

from __future__ import annotations

import asyncio
import base64
import json
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from lib.domain.errors import StoreError
from lib.store import Store, sqlite
from tests.store import children
from tests.store.making import REQUEST, answer, answer_all, begin, read, reply, slots


@pytest.mark.skipif(sys.platform == "win32", reason="has no limit of a file's size")
def test_a_full_disk_ends_the_run_with_a_sentence_and_loses_nothing(path: Path) -> None:
    process, connection = children.start(children.run_out_of_disk, path, 1_500_000)
    run, begun, stored, raised, lost, state_before = children.said(connection)
    process.join()

    assert len(stored) > 20
    assert (
        raised
        == [
            f"The disk is full, or failing: {path}. "
            "Free some space, then start the same run again: it goes on where it stopped."
        ]
        * 4
    )
    assert state_before == "interrupted"

    store = Store.open(path)  # which checks it
    assert store.find(run).state == "stopped"  # as was written once there was room again
    states = store.states(run)
    kept = {each.id for slot in states for each in store.attempts(slot) if each.reply is not None}
    assert stored == {slot for slot, state in states.items() if state.accepted}
    said = {line["not_stored"]["attempt"]: line for line in map(json.loads, lost.splitlines())}
    assert begun - kept == said.keys() - {4711}  # each is here or there
    assert base64.b64decode(said[4711]["body_base64"]) == b"a call that was under way"
    assert (said[4711]["status"], said[4711]["not_stored"]["run"]) == (200, run)

    with store.hold(run):
        answer_all(store, run, only=0)
    store.close()


def test_while_another_program_locks_the_store_answers_wait(store: Store, path: Path) -> None:
    run = begin(store, repeats=20).run_id
    other = sqlite3.connect(path, isolation_level=None)

    async def main() -> None:
        ledger = store.ledger(run, asyncio.get_running_loop())
        first, *rest = slots(store, run)
        attempt = await ledger.begin(first, REQUEST)
        other.execute("BEGIN EXCLUSIVE")
        ledger.keep(attempt, reply())
        accepting = asyncio.create_task(ledger.accept(attempt, read(first)))
        answering = [asyncio.create_task(answer(ledger, slot)) for slot in rest]
        _, waiting = await asyncio.wait([accepting, *answering], timeout=0.3)
        assert len(waiting) == 40
        assert store.find(run).samples == 0  # reading goes on meanwhile
        other.execute("COMMIT")
        await asyncio.gather(accepting, *answering)

    asyncio.run(main())
    other.close()

    assert store.find(run).samples == 40


def test_a_lock_that_stays_ends_the_wait_with_a_sentence(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sqlite, "_WRITING", sqlite._WRITING.replace("60000", "100"))
    store = Store.open(path)
    run = begin(store).run_id
    other = sqlite3.connect(path, isolation_level=None)

    async def main() -> None:
        ledger = store.ledger(run, asyncio.get_running_loop())
        slot = slots(store, run)[0]
        attempt = await ledger.begin(slot, REQUEST)
        other.execute("BEGIN IMMEDIATE")
        ledger.keep(attempt, reply(b"paid for"))
        with pytest.raises(StoreError, match="Another program has locked the store"):
            await ledger.accept(attempt, read(slot))
        other.execute("ROLLBACK")
        with pytest.raises(StoreError, match="Another program has locked the store"):
            await ledger.begin(slot, REQUEST)  # in this carrying-out nothing more is written

    asyncio.run(main())
    other.close()
    store.close()

    (line,) = capsys.readouterr().err.splitlines()
    assert base64.b64decode(json.loads(line)["body_base64"]) == b"paid for"


def test_an_error_of_the_disk_is_no_error_of_a_neighbour(store: Store) -> None:
    """A kept reply that the store refuses, alone, is said on stderr; the others are kept."""
    run = begin(store).run_id

    async def main() -> None:
        ledger = store.ledger(run, asyncio.get_running_loop())
        first, second, *_ = slots(store, run)
        attempt = await ledger.begin(first, REQUEST)
        ledger.keep(attempt, reply(b"once"))
        ledger.keep(attempt, reply(b"twice"))
        await ledger.accept(attempt, read(first))
        await answer(ledger, second)

    asyncio.run(main())

    (attempt,) = store.attempts(slots(store, run)[0].id)
    assert attempt.reply is not None
    assert attempt.reply.body == b"once"
    assert store.find(run).samples == 2


def test_a_store_that_has_gone_is_not_replaced_by_an_empty_one(path: Path) -> None:
    store = Store.open(path)
    path.rename(path.with_name("elsewhere"))

    with pytest.raises(StoreError, match="The store can't be opened"):
        store.runs()
    assert not path.exists()
    store.close()


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        ("UPDATE reply SET body = CAST(body || x'00' AS BLOB)", "A kept body is damaged"),
        ("UPDATE reply SET body = zeroblob(40)", "A kept body is damaged"),
        ("UPDATE reply SET headers = '{' || char(34)", "What is kept can't be read"),
        ("UPDATE reply SET headers = CAST(x'ff' AS TEXT)", "What is kept can't be read"),
        ("UPDATE attempt SET begun_at = 'noon'", "What is kept can't be read"),
    ],
)
def test_what_is_damaged_is_told_and_the_rest_can_be_read(
    store: Store, path: Path, damage: str, says: str
) -> None:
    run = begin(store).run_id
    answer_all(store, run)
    with closing(sqlite3.connect(path)) as other:
        other.execute(damage)
        other.commit()

    with pytest.raises(StoreError, match=says) as error:
        store.attempts(slots(store, run)[0].id)
    assert "apple" not in str(error.value)
    assert len(store.answers(run, {slot.id: slot for slot in slots(store, run)})) == 4

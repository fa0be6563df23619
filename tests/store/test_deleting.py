"""Deleting a run: really gone, and nothing else is."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from lib.domain.errors import InputError, RunHeld
from lib.store import Store, opening
from lib.store.bodies import Packer
from tests.store.making import REQUEST, answer, answer_all, begin, read, slots

CANARY = "kiwi-4f6c2d9e8b7a"


def files(path: Path) -> bytes:
    return b"".join(each.read_bytes() for each in path.parent.rglob("*") if each.is_file())


def test_a_deleted_run_leaves_no_trace(store: Store, path: Path) -> None:
    with begin(store, experiment="kept") as kept:
        answer_all(store, kept.run_id, text="apple")
    secret = store.begin_run(
        experiment_id=CANARY,
        name=CANARY,
        document=f'{{"name": "{CANARY}"}}',
        shuffle_seed=1,
        planned=[each for _, each in store.planned(kept.run_id)] * 1,
        repeats=2,
        owner=CANARY,
    )

    async def work() -> None:
        ledger = store.ledger(secret.run_id, asyncio.get_running_loop())
        for number, slot in enumerate(slots(store, secret.run_id)):
            # Noise that can't be compressed, so that the canary itself would be found.
            noise = "".join(chr(33 + (number * 7919 + i * i) % 90) for i in range(50))
            request = replace(REQUEST, body=(noise + CANARY).encode())
            attempt = await ledger.begin(slot, request)
            await answer(ledger, slot, CANARY * (1 + number * 2000))
            del attempt

    asyncio.run(work())
    frames = [Packer().packed((CANARY * (1 + number * 2000)).encode()) for number in range(4)]
    assert CANARY.encode() in files(path)
    assert all(frame in files(path) for frame in frames[:1])

    secret.release()
    store.delete_run(secret.run_id)

    assert CANARY.encode() not in files(path)
    assert not any(frame in files(path) for frame in frames)
    assert [each.id for each in store.runs()] == [kept.run_id]
    with pytest.raises(InputError):
        store.delete_run(secret.run_id)
    assert not list(opening.locks_of(path).glob(f"{secret.run_id}*"))


def test_other_runs_keep_what_they_share(store: Store, path: Path) -> None:
    runs = []
    for _ in range(2):
        with begin(store, new=True) as held:
            answer_all(store, held.run_id)
        runs.append(held.run_id)

    store.delete_run(runs[0])

    for slot in slots(store, runs[1]):
        (attempt,) = store.attempts(slot.id)
        assert attempt.request == REQUEST
    by_id = {slot.id: slot for slot in slots(store, runs[1])}
    assert store.answers(runs[1], by_id) == [read(slot) for slot in by_id.values()]
    store.delete_run(runs[1])
    store.close()
    with closing(sqlite3.connect(path)) as other:
        for table in ("run", "planned_sample", "attempt", "reply", "sample", "content"):
            assert other.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)  # noqa: S608


def test_ids_of_deleted_planned_samples_never_come_back(store: Store) -> None:
    with begin(store) as held:
        before = {slot.id for slot in slots(store, held.run_id)}
    store.delete_run(held.run_id)

    after = {slot.id for slot in slots(store, begin(store).run_id)}

    assert min(after) > max(before)


def test_a_run_that_is_carried_out_is_not_deleted(store: Store) -> None:
    with begin(store) as held:
        with pytest.raises(RunHeld):
            store.delete_run(held.run_id)

        assert len(store.planned(held.run_id)) == 4

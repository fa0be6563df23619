"""Deleting a run: really gone, and nothing else is."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from lib.domain.errors import InputError, RunHeld
from lib.domain.vocabulary import Request
from lib.store import Store, opening
from lib.store.bodies import Packer
from lib.store.run_notes import RunNote
from tests.store.making import REQUEST, answer, answer_all, begin, planned, read, slots

CANARY = "kiwi-4f6c2d9e8b7a"


TEXTS = [CANARY, CANARY * 5000]
"""The first is kept as it is by all codecs, as it can't be made smaller; the other overflows."""


def traces(path: Path) -> list[bytes]:
    """What of the canary is in the store's files, as it is or packed."""
    held = b"".join(each.read_bytes() for each in path.parent.rglob("*") if each.is_file())
    return [
        trace
        for trace in (CANARY.encode(), *(Packer().packed(text.encode()) for text in TEXTS))
        if trace in held
    ]


def test_a_deleted_run_leaves_no_trace(store: Store, path: Path) -> None:
    with begin(store, experiment="kept") as kept:
        answer_all(store, kept.run_id)
    secret = store.begin_run(
        experiment_id=CANARY,
        name=CANARY,
        document=CANARY,
        shuffle_seed=1,
        planned=planned(),
        repeats=2,
        owner=CANARY,
    )

    async def work() -> None:
        ledger = store.ledger(secret.run_id, asyncio.get_running_loop())
        notes = replace(REQUEST.notes, not_sent=(CANARY,))
        for slot, text in zip(slots(store, secret.run_id), TEXTS, strict=False):
            await ledger.begin(slot, Request(CANARY, text.encode(), notes))
            await answer(ledger, slot, text)

    asyncio.run(work())
    store.write_run_note(secret.run_id, RunNote(CANARY, (CANARY[:40],)))
    assert len(traces(path)) == 3

    secret.release()
    store.delete_run(secret.run_id)

    assert traces(path) == []
    assert [each.id for each in store.runs()] == [kept.run_id]
    assert not list(opening.locks_of(path).glob(f"{secret.run_id}*"))
    with pytest.raises(InputError, match="There is no run"):
        store.delete_run(secret.run_id)


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

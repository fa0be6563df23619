"""The ledger: intent first, raw bytes next, meaning last; and what was awaited is there."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from lib.domain.errors import CallError, RateLimited, StoreError, Unreadable
from lib.domain.vocabulary import (
    FirstToken,
    Notes,
    Reply,
    Request,
    Sample,
    Slot,
    TokenProbability,
    Usage,
)
from lib.store import Store, StoreLedger
from lib.store.bodies import unpacked
from tests.store.making import REQUEST, answer, begin, read, reply, slots


def carried_out(store: Store, work: Callable[[StoreLedger, list[Slot]], Awaitable[None]]) -> str:
    """Do something with the ledger of a new run of four slots; returns the run's id."""
    run = begin(store).run_id

    async def main() -> None:
        await work(store.ledger(run, asyncio.get_running_loop()), slots(store, run))

    asyncio.run(main())
    return run


def test_what_was_sent_and_received_comes_back_byte_for_byte(store: Store) -> None:
    request = Request("/chat/completions", b'{"n": 1, "x": "\xff\x00"}', REQUEST.notes)
    body = bytes(range(256)) * 3
    kept = Reply(418, {"date": "today"}, body, 1.5, redacted=True)

    async def work(ledger: StoreLedger, slots: list[Slot]) -> None:
        attempt = await ledger.begin(slots[0], request)
        ledger.keep(attempt, kept)
        await ledger.accept(attempt, read(slots[0]))

    run = carried_out(store, work)

    (attempt,) = store.attempts(slots(store, run)[0].id)
    assert attempt.request == request
    assert attempt.reply == kept
    assert (attempt.n, attempt.accepted, attempt.failure) == (1, True, None)


def test_all_that_was_read_comes_back(store: Store) -> None:
    token = TokenProbability(" app\ud800", "17", -0.25)

    def whole(slot: Slot) -> Sample:
        return Sample(
            slot,
            "Äpfel \U0001f34e",
            "filtered",
            "content_filter",
            "SAFETY",
            Usage(1, 2**40, None, 0, 3),
            model="m-2026",
            response_id="r",
            fingerprint="f",
            first_token=FirstToken(token, (token, TokenProbability("b", "18", -2.0))),
            reasoning="Hm.",
            seconds=0.125,
            flags=("odd", "very odd"),
        )

    async def work(ledger: StoreLedger, slots: list[Slot]) -> None:
        attempt = await ledger.begin(slots[0], REQUEST)
        ledger.keep(attempt, reply())
        await ledger.accept(attempt, whole(slots[0]))

    run = carried_out(store, work)

    by_id = {slot.id: slot for slot in slots(store, run)}
    assert store.answers(run, by_id) == [whole(next(iter(by_id.values())))]


def test_a_planned_sample_has_one_answer(store: Store) -> None:
    async def work(ledger: StoreLedger, slots: list[Slot]) -> None:
        first, second = [await ledger.begin(slots[0], REQUEST) for _ in range(2)]
        ledger.keep(first, reply())
        ledger.keep(second, reply())
        await ledger.accept(first, read(slots[0], "apple"))
        with pytest.raises(StoreError, match="refused one entry"):
            await ledger.accept(second, read(slots[0], "pear"))
        with pytest.raises(StoreError, match=r"1\.1 has its answer already"):
            await ledger.begin(slots[0], REQUEST)

    run = carried_out(store, work)

    by_id = {slot.id: slot for slot in slots(store, run)}
    assert [sample.text for sample in store.answers(run, by_id)] == ["apple"]


def test_an_answer_without_its_bytes_is_refused(store: Store) -> None:
    async def work(ledger: StoreLedger, slots: list[Slot]) -> None:
        attempt = await ledger.begin(slots[0], REQUEST)
        with pytest.raises(StoreError, match="its reply was not kept"):
            await ledger.accept(attempt, read(slots[0]))

    carried_out(store, work)


def test_another_runs_slot_is_refused(store: Store) -> None:
    other = begin(store, experiment="other").run_id

    async def work(ledger: StoreLedger, _: list[Slot]) -> None:
        with pytest.raises(StoreError, match="another run's"):
            await ledger.begin(slots(store, other)[0], REQUEST)

    carried_out(store, work)


def test_only_a_run_that_is_held_is_written_to(store: Store) -> None:
    held = begin(store)
    held.release()

    async def main() -> None:
        with pytest.raises(StoreError, match="has to be held"):
            store.ledger(held.run_id, asyncio.get_running_loop())

    asyncio.run(main())


def test_a_kept_reply_that_nobody_read_is_found_again(store: Store) -> None:
    async def work(ledger: StoreLedger, slots: list[Slot]) -> None:
        ledger.keep(await ledger.begin(slots[0], REQUEST), reply(b"paid for"))
        await answer(ledger, slots[1])
        failed = await ledger.begin(slots[2], REQUEST)
        ledger.keep(failed, reply(b"not JSON"))
        await ledger.fail(failed, Unreadable("The answer isn't JSON."))

    run = carried_out(store, work)

    first = slots(store, run)[0]
    ((slot, attempt, kept),) = store.unread(run)
    assert (slot, kept.body) == (first.id, b"paid for")
    assert store.states(run)[slot].unread == attempt


def test_each_attempt_stays_with_its_reason(store: Store) -> None:
    async def work(ledger: StoreLedger, slots: list[Slot]) -> None:
        for error in (RateLimited("Slow down."), Unreadable("Not JSON.", "Look at it.")):
            await ledger.fail(await ledger.begin(slots[0], REQUEST), error)
        await answer(ledger, slots[0])

    run = carried_out(store, work)

    first = slots(store, run)[0].id
    attempts = store.attempts(first)
    assert [each.n for each in attempts] == [1, 2, 3]
    assert [each.accepted for each in attempts] == [False, False, True]
    failures = [(f.code, f.kind, f.says, f.fix) for a in attempts if (f := a.failure)]
    assert failures == [
        ("rate_limited", "RateLimited", "Slow down.", ""),
        ("malformed", "Unreadable", "Not JSON.", "Look at it."),
    ]
    state = store.states(run)[first]
    assert (state.accepted, state.attempts, state.failure) == (True, 3, None)
    assert state.maybe_billed == 1  # the unreadable one


def test_an_attempt_fails_once(store: Store) -> None:
    async def work(ledger: StoreLedger, slots: list[Slot]) -> None:
        attempt = await ledger.begin(slots[0], REQUEST)
        await ledger.fail(attempt, CallError("No."))
        with pytest.raises(StoreError, match="has its outcome already"):
            await ledger.fail(attempt, CallError("No, no."))

    carried_out(store, work)


def test_begun_without_a_result_may_have_been_billed(store: Store) -> None:
    async def work(ledger: StoreLedger, slots: list[Slot]) -> None:
        await ledger.begin(slots[0], REQUEST)

    run = carried_out(store, work)

    state = store.states(run)[slots(store, run)[0].id]
    assert (state.attempts, state.maybe_billed, state.failure) == (1, 1, None)


def test_listeners_hear_of_it_after_the_commit(store: Store) -> None:
    run = begin(store).run_id
    heard = []

    def listener(kind: str, slot: int, what: object) -> None:
        heard.append((kind, slot, what, store.states(run)[slot].attempts, seen()))

    def seen() -> int:
        return len(store.answers(run, {each.id: each for each in slots(store, run)}))

    async def main() -> tuple[Slot, CallError]:
        ledger = store.ledger(run, asyncio.get_running_loop(), listener)
        first, second, *_ = slots(store, run)
        await answer(ledger, first)
        error = CallError("No.")
        await ledger.fail(await ledger.begin(second, REQUEST), error)
        return first, error

    first, error = asyncio.run(main())

    assert heard == [
        ("begun", first.id, None, 1, 0),
        ("stored", first.id, read(first), 1, 1),
        ("begun", first.id + 1, None, 1, 1),
        ("failed", first.id + 1, error, 1, 1),
    ]


def test_a_cancelled_caller_loses_nothing(store: Store) -> None:
    async def work(ledger: StoreLedger, slots: list[Slot]) -> None:
        attempt = await ledger.begin(slots[0], REQUEST)
        ledger.keep(attempt, reply())
        accepting = asyncio.create_task(ledger.accept(attempt, read(slots[0])))
        await asyncio.sleep(0)  # it has queued its answer, and waits
        accepting.cancel()
        await answer(ledger, slots[1])  # behind it in the queue

    run = carried_out(store, work)

    assert store.find(run).samples == 2


def test_a_flood_shares_its_commits(store: Store) -> None:
    run = begin(store, repeats=500).run_id
    commits = []

    async def main() -> None:
        ledger = store.ledger(run, asyncio.get_running_loop())
        async with asyncio.TaskGroup() as calls:
            for slot in slots(store, run):
                calls.create_task(answer(ledger, slot))

    def committed(_: object) -> None:
        commits.append(1)

    event.listen(Engine, "commit", committed)
    try:
        asyncio.run(main())
    finally:
        event.remove(Engine, "commit", committed)

    assert store.find(run).samples == 1000  # 3,000 operations
    assert len(commits) < 300


@pytest.mark.parametrize(
    "text",
    ["", "nul \0 within", "a" * 5_000_000, "\U0001f34e\u202e'; DROP TABLE run; --", "\r\n\x1b[31m"],
    ids=["empty", "NUL", "5 MB", "right to left, SQL", "control characters"],
)
def test_hostile_text_comes_back_as_it_was(store: Store, text: str) -> None:
    async def work(ledger: StoreLedger, slots: list[Slot]) -> None:
        await answer(ledger, slots[0], text)

    run = carried_out(store, work)

    by_id = {slot.id: slot for slot in slots(store, run)}
    assert [sample.text for sample in store.answers(run, by_id)] == [text]


def test_an_answer_that_cant_be_stored_fails_alone_and_its_bytes_stay(store: Store) -> None:
    outcomes: list[int | BaseException] = []

    async def work(ledger: StoreLedger, slots: list[Slot]) -> None:
        texts = ["apple", "\ud800", "pear", "plum"]  # at once, so that they share their commits
        calls = (answer(ledger, slot, text) for slot, text in zip(slots, texts, strict=True))
        outcomes.extend(await asyncio.gather(*calls, return_exceptions=True))

    run = carried_out(store, work)

    hostile = slots(store, run)[1].id
    assert [type(outcome) for outcome in outcomes] == [int, StoreError, int, int]
    assert "surrogates not allowed" in str(outcomes[1])
    assert store.find(run).samples == 3
    assert [slot for slot, _, _ in store.unread(run)] == [hostile]


def test_what_a_refused_entry_had_begun_is_undone(store: Store, path: Path) -> None:
    bodies = [b"first", b"second", b"third"]
    lock = sqlite3.connect(path, isolation_level=None)

    async def work(ledger: StoreLedger, slots: list[Slot]) -> None:
        await answer(ledger, slots[1])
        lock.execute("BEGIN IMMEDIATE")  # so that the writer waits, and these share a commit
        begun = [
            asyncio.create_task(ledger.begin(slot, replace(REQUEST, body=body)))
            for slot, body in zip(slots, bodies, strict=False)
        ]
        await asyncio.sleep(0)
        lock.execute("ROLLBACK")
        outcomes = await asyncio.gather(*begun, return_exceptions=True)
        assert [type(outcome) for outcome in outcomes] == [int, StoreError, int]

    run = carried_out(store, work)

    sent = [[each.request.body for each in store.attempts(s.id)] for s in slots(store, run)]
    assert sent == [[b"first"], [REQUEST.body], [b"third"], []]
    kept = lock.execute("SELECT body FROM content").fetchall()
    assert {unpacked(body) for (body,) in kept} & set(bodies) == {b"first", b"third"}
    lock.close()


def test_a_number_beyond_64_bits_fails_alone(store: Store) -> None:
    async def work(ledger: StoreLedger, slots: list[Slot]) -> None:
        attempt = await ledger.begin(slots[0], REQUEST)
        ledger.keep(attempt, reply())
        with pytest.raises(StoreError, match="refused one entry"):
            await ledger.accept(attempt, replace(read(slots[0]), usage=Usage(2**70)))
        await answer(ledger, slots[1])

    assert store.find(carried_out(store, work)).samples == 1


def test_notes_of_any_kind_are_kept(store: Store) -> None:
    odd = Notes({"stop": ("a",), "extra": {"deep": {"x": [None, float("inf")]}}, "obj": object})

    async def work(ledger: StoreLedger, slots: list[Slot]) -> None:
        await ledger.begin(slots[0], replace(REQUEST, notes=odd))

    run = carried_out(store, work)

    (attempt,) = store.attempts(slots(store, run)[0].id)
    assert attempt.request.notes.user_set == {
        "stop": ["a"],
        "extra": {"deep": {"x": [None, float("inf")]}},
        "obj": str(object),
    }


def test_what_all_calls_share_is_kept_once(store: Store) -> None:
    async def size_after(ledger: StoreLedger, slots: list[Slot]) -> None:
        long = replace(REQUEST, body=bytes(range(256)) * 4000)
        for slot in slots:
            await ledger.begin(slot, long)

    carried_out(store, size_after)
    store.close()

    assert store.path.stat().st_size < 1_200_000  # once 1 MB, not four times


def test_a_closed_store_says_so(store: Store) -> None:
    async def work(ledger: StoreLedger, slots: list[Slot]) -> None:
        store.close()
        with pytest.raises(StoreError, match=r"The store is closed\."):
            await ledger.begin(slots[0], REQUEST)
        with pytest.raises(StoreError, match=r"The store is closed\."):
            store.runs()

    carried_out(store, work)

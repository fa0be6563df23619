"""Runs: planned once, carried on by the same command, extended, ended, listed."""

from __future__ import annotations

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from lib.domain.errors import CallError, InputError, RunHeld
from lib.domain.plan import SEED_LIMIT, Planned
from lib.store import Store, opening
from tests.store.making import REQUEST, answer, answer_all, begin, planned, slots


def test_a_plan_is_kept_in_its_order(store: Store) -> None:
    plan = [Planned(2, 1, 11), Planned(1, 1, None), Planned(1, 2, None), Planned(2, 2, 2**32 - 2)]

    run = begin(store, plan=plan).run_id

    assert [each for _, each in store.planned(run)] == plan
    assert store.document(run) == '{"name": "A fruit"}'


def test_an_unfinished_run_is_carried_on_by_the_same_command(store: Store) -> None:
    with begin(store) as first:
        answer_all(store, first.run_id, only=1)

    with begin(store) as second:
        assert (second.run_id, second.carried_on, first.carried_on) == (first.run_id, True, False)
        assert len(store.planned(second.run_id)) == 4


@pytest.mark.parametrize("how", ["ended", "stopped", "new", "other", "owner"])
def test_a_new_run_is_made_when(store: Store, how: str) -> None:
    with begin(store) as first:
        if how == "ended":
            store.end(first.run_id)
        if how == "stopped":
            store.mark_stopped(first.run_id)

    second = begin(
        store,
        new=how == "new",
        experiment="other" if how == "other" else "fruit",
        owner="someone" if how == "owner" else None,
    )

    assert second.run_id != first.run_id
    assert not second.carried_on


def test_each_owner_carries_on_their_own(store: Store) -> None:
    runs = {owner: begin(store, owner=owner) for owner in ("a", "b", None)}
    for held in runs.values():
        held.release()

    for owner, held in runs.items():
        with begin(store, owner=owner) as again:
            assert again.run_id == held.run_id
    assert [each.owner for each in store.runs()] == [None, "b", "a"]
    assert [each.owner for each in store.runs(owner="b")] == ["b"]
    with pytest.raises(InputError, match="No run's id begins with"):
        store.find(runs["a"].run_id, owner="b")


def test_a_run_that_is_held_is_refused_with_its_process(store: Store, path: Path) -> None:
    held = begin(store)
    other = Store.open(path)

    with pytest.raises(RunHeld, match=rf"Process {os.getpid()} is carrying this run out") as error:
        begin(other)
    assert error.value.pid == os.getpid()
    with pytest.raises(RunHeld):
        other.hold(held.run_id)
    assert (other.find("latest").state, other.find("latest").held_by) == ("running", os.getpid())

    held.release()
    with other.hold(held.run_id) as again:
        assert again.carried_on
    other.close()


def test_a_process_that_got_an_old_ones_id_holds_nothing(store: Store, path: Path) -> None:
    begin(store).release()
    run = store.find("latest").id
    (opening.locks_of(path) / f"{run}.lock").touch()
    (opening.locks_of(path) / f"{run}.pid").write_text(str(os.getppid()))

    assert (store.find(run).state, store.find(run).held_by) == ("interrupted", None)


def test_any_thread_reads_while_it_is_written_to(store: Store) -> None:
    held = begin(store, repeats=100)

    def look(_: int) -> int:
        return sum(state.accepted for state in store.states(held.run_id).values())

    with ThreadPoolExecutor(8) as threads:
        seen = threads.map(look, range(100))
        answer_all(store, held.run_id)

    assert set(seen) <= set(range(201))
    assert look(0) == 200


def test_closing_lets_go_of_what_was_held(store: Store, path: Path) -> None:
    held = begin(store)
    store.close()

    other = Store.open(path)
    with other.hold(held.run_id):
        pass
    other.close()


def test_more_repeats_are_added_to_an_unfinished_run(store: Store) -> None:
    with begin(store, repeats=2) as held:
        answer_all(store, held.run_id)

    with begin(store, repeats=3) as again:
        assert again.run_id == held.run_id
        assert [each for _, each in store.planned(held.run_id)] == planned(3)
        summary = store.find(held.run_id)
        assert (summary.repeats, summary.planned, summary.samples) == (3, 6, 4)
        assert summary.extended_after_results


def test_fewer_repeats_carry_on_what_was_planned(store: Store) -> None:
    with begin(store, repeats=3) as held:
        pass

    with begin(store, repeats=2) as again:
        assert again.run_id == held.run_id
        assert store.find(held.run_id).repeats == 3


def test_extending_before_any_answer_is_no_confession(store: Store) -> None:
    with begin(store) as held:
        store.extend(held, planned=planned(3, after=2), repeats=3)

        summary = store.find(held.run_id)
    assert (summary.repeats, summary.extended_after_results) == (3, False)


def test_an_ended_run_that_is_extended_is_unfinished(store: Store) -> None:
    with begin(store) as held:
        answer_all(store, held.run_id)
        store.end(held.run_id)
        store.extend(held, planned=planned(3, after=2), repeats=3)

    assert store.find(held.run_id).state == "interrupted"


def test_seeds_of_added_rounds_differ_from_all_others(store: Store) -> None:
    held = begin(store, repeats=2, plan=[Planned(1, 1, 5), Planned(1, 2, 6)])

    store.extend(held, planned=[Planned(1, 3, 5), Planned(1, 4, 7)], repeats=4)

    seeds = [each.seed for _, each in store.planned(held.run_id)]
    assert len(set(seeds)) == 4
    assert (seeds[:2], seeds[3]) == ([5, 6], 7)
    assert all(seed is not None and 0 <= seed < SEED_LIMIT for seed in seeds)


def test_states_of_a_run(store: Store) -> None:
    def state() -> str:
        return store.find("latest").state

    held = begin(store)
    assert state() == "running"
    held.release()
    assert state() == "interrupted"
    store.mark_stopped(held.run_id)
    assert state() == "stopped"

    held = store.hold(held.run_id)
    store.end(held.run_id)
    held.release()
    assert state() == "incomplete"

    with store.hold(held.run_id):
        answer_all(store, held.run_id)
        store.end(held.run_id)
    assert state() == "finished"


def test_holding_a_run_makes_it_unfinished(store: Store) -> None:
    with begin(store) as held:
        store.end(held.run_id)
        store.mark_stopped(held.run_id)

    store.hold(held.run_id).release()

    assert store.find(held.run_id).state == "interrupted"


def test_what_used_up_its_tries_stays_so_until_it_is_given_back(store: Store) -> None:
    held = begin(store)

    async def work() -> None:
        ledger = store.ledger(held.run_id, asyncio.get_running_loop())
        first, second, third, _ = slots(store, held.run_id)
        await ledger.fail(await ledger.begin(first, REQUEST), CallError("No."), final=True)
        await ledger.fail(await ledger.begin(second, REQUEST), CallError("No."))
        await answer(ledger, third)

    asyncio.run(work())
    first, second, _, fourth = (slot.id for slot in slots(store, held.run_id))
    assert [state.ended for state in store.states(held.run_id).values()] == [
        "other",
        None,
        None,
        None,
    ]

    store.end(held.run_id)  # what was tried in vain has failed now; what was not sent hasn't
    assert [state.ended for state in store.states(held.run_id).values()] == [
        "other",
        "other",
        None,
        None,
    ]
    assert store.find(held.run_id).failed == 2

    store.give_back(held.run_id, [first, second, fourth])
    states = store.states(held.run_id)
    assert [state.ended for state in states.values()] == [None] * 4
    assert states[first].attempts == 1  # the row stays
    assert (store.find(held.run_id).failed, store.find(held.run_id).state) == (0, "running")


def test_runs_are_found_by_the_beginning_of_their_id(store: Store) -> None:
    first, second = begin(store, new=True).run_id, begin(store, new=True).run_id

    assert store.find("latest").id == second
    assert store.find(first).id == first
    assert store.find(f" {first[:-1].lower()} ").id == first
    with pytest.raises(InputError, match="More than one run's id begins with '01'"):
        store.find("01")
    for reference in ("zz", "", "%", "_1"):
        with pytest.raises(InputError, match="No run's id begins with"):
            store.find(reference)
    assert [each.id for each in store.runs(limit=1)] == [second]


def test_an_empty_store_has_no_latest(store: Store) -> None:
    with pytest.raises(InputError, match="There is no run in this store yet"):
        store.find("latest")
    with pytest.raises(InputError, match="There is no run 'X'"):
        store.planned("X")


def test_answers_come_in_the_order_accepted_and_from_where_one_left_off(store: Store) -> None:
    held = begin(store)
    by_id = {slot.id: slot for slot in slots(store, held.run_id)}

    async def work() -> None:
        ledger = store.ledger(held.run_id, asyncio.get_running_loop())
        for slot, text in zip(reversed(by_id.values()), "abcd", strict=True):
            await answer(ledger, slot, text)

    asyncio.run(work())

    assert [sample.text for sample in store.answers(held.run_id, by_id)] == list("abcd")
    assert [sample.text for sample in store.answers(held.run_id, by_id, after=3)] == ["d"]


def test_a_name_can_be_anything(store: Store) -> None:
    name = "../../etc/passwd\0'; DROP TABLE run; --\u202e" + "x" * 300

    held = store.begin_run(
        experiment_id="e", name=name, document=name, shuffle_seed=1, planned=planned(), repeats=2
    )

    assert store.find(held.run_id).name == name
    assert store.document(held.run_id) == name

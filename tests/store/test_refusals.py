"""Refusals that are kept: found by the model that was asked, however much came after them."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from contextlib import closing
from pathlib import Path

from lib.domain.errors import Refused
from lib.store import Store
from tests.store.making import REQUEST, planned, reply, slots


def refuse(store: Store, model: str, *, experiment: str = "fruit", says: str = "No.") -> str:
    """A run of one configuration whose only call is refused because of a setting."""
    held = store.begin_run(
        experiment_id=experiment,
        name="A fruit",
        document=json.dumps({"configurations": [{"model": model}]}, ensure_ascii=False),
        shuffle_seed=7,
        planned=planned(1, 1),
        repeats=1,
        new=True,
        owner=None,
    )

    async def work() -> None:
        ledger = store.ledger(held.run_id, asyncio.get_running_loop())
        (slot,) = slots(store, held.run_id)
        attempt = await ledger.begin(slot, REQUEST)
        ledger.keep(attempt, reply())
        await ledger.fail(attempt, Refused(says, code="refused_setting"))

    with held:
        asyncio.run(work())
    return held.run_id


def test_those_of_one_model_are_found_behind_any_number_of_others(store: Store) -> None:
    first = refuse(store, 'a "model" of Zoë\'s, 100%')
    for number in range(5):
        refuse(store, "another", experiment=f"e{number}")

    (found,) = store.refusals(model='a "model" of Zoë\'s, 100%', limit=1)

    assert (found.run, found.number, found.says) == (first, 1, "No.")
    assert json.loads(found.document)["configurations"]
    assert store.refusals(model="model", limit=9) == []
    assert len(store.refusals(model="another", limit=3)) == 3


def test_the_same_refusal_in_many_runs_of_an_experiment_counts_once(store: Store) -> None:
    refuse(store, "m", says="Not top_p.")
    for _ in range(4):
        newest = refuse(store, "m")

    found = store.refusals(model="m", limit=2)

    assert [each.says for each in found] == ["No.", "Not top_p."]
    assert found[0].run == newest


def test_they_are_found_without_looking_through_all_attempts(path: Path, store: Store) -> None:
    refuse(store, "m")

    with closing(sqlite3.connect(path)) as other:
        asked = "SELECT id FROM attempt WHERE error_code = 'refused_setting'"
        ways = [row[-1] for row in other.execute(f"EXPLAIN QUERY PLAN {asked}")]

    assert any("attempt_by_error_code" in each for each in ways)

"""Carrying a run out against a server that plays faults."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from lib.domain.configuration import BUNDLED_MODEL, Configuration
from lib.domain.errors import CallError, InputError, Refused, StoreError
from lib.domain.experiment import Experiment
from lib.domain.vocabulary import Sample, Slot
from lib.engine import starting
from lib.engine.carrying import MOST_AT_ONCE, Order, carry
from lib.engine.loading import load
from lib.engine.progress import Snapshot
from lib.providers import registry
from lib.results.grouping import groups
from lib.store import Held, Store
from tests.engine.carried import HOME, KEY, asked, attempts, carry_out, fill, go_on, order
from tests.engine.making import FRUIT
from tests.faulty import FaultyServer, faults
from tests.faulty.server import refused_url


class Heard:
    """A listener that writes down, and may act."""

    def __init__(self, *, after: int = 0, stop: Order | None = None) -> None:
        self.stored_: list[str] = []
        self.failed_: list[tuple[str, str]] = []
        self.paused_: list[float] = []
        self._after, self._stop = after, stop

    def stored(self, slot: Slot, sample: Sample) -> None:
        self.stored_.append(slot.name)
        if self._stop is not None and len(self.stored_) == self._after:
            self._stop.stop.set()

    def failed(self, slot: Slot, error: CallError) -> None:
        self.failed_.append((slot.name, error.code))

    def paused(self, seconds: float) -> None:
        self.paused_.append(seconds)


def outcomes_add_up(snapshot: Snapshot) -> None:
    """In every group, and over all."""
    for group in groups(snapshot):
        ended = len(group.samples) + sum(group.errors.values()) + group.not_sent + group.set_aside
        assert ended == group.planned == snapshot.experiment.repeats
        assert group.not_sent >= 0
    assert all(count >= 0 for count in snapshot.in_flight.values())


def test_a_run_without_faults_has_all_samples_and_no_more_calls(
    server: FaultyServer, store: Store
) -> None:
    ending, snapshot = carry_out(store, asked(server.url(), server.url(), repeats=10))

    assert ending.state == snapshot.state == "finished"
    assert len(server.requests) == 20
    assert server.keys == {f"Bearer {KEY}"}
    assert Counter(each.slot.number for each in snapshot.samples.values()) == {1: 10, 2: 10}
    assert store.find(snapshot.run).state == "finished"
    outcomes_add_up(snapshot)


def test_what_is_stored_is_what_was_sent_and_received(server: FaultyServer, store: Store) -> None:
    server.answer = lambda asked, number: f"Apple {number}"
    _, snapshot = carry_out(store, asked(server.url(), repeats=6, temperature=0.5))

    stored = [store.attempts(slot.id)[0] for slot in snapshot.slots]
    assert sorted(json.loads(each.request.body)["temperature"] for each in stored) == [0.5] * 6
    assert {each.request.body for each in stored} == {each.body for each in server.requests}
    received = {json.loads(each.reply.body)["id"] for each in stored if each.reply}
    assert received == {f"chatcmpl-{number}" for number in range(1, 7)}
    assert {sample.text for sample in snapshot.samples.values()} == {
        f"Apple {number}" for number in range(1, 7)
    }


def test_calls_at_once_are_the_runs_over_all_endpoints(server: FaultyServer, store: Store) -> None:
    server.latency_s = 0.05
    carry_out(store, asked(*[server.url()] * 4, repeats=6), at_once=3)

    assert server.max_in_flight == 3
    assert len(server.requests) == 24


def test_of_calls_that_fail_at_random_none_is_lost_and_every_attempt_is_kept(
    server: FaultyServer, store: Store
) -> None:
    heard = Heard()
    ending, snapshot = carry_out(
        store, asked(server.url("chaos:0.3"), repeats=150), at_once=16, listener=heard
    )

    assert ending.state == "finished"
    assert snapshot.done == 150 == len(heard.stored_)
    assert attempts(store, snapshot.slots) == len(server.requests)
    assert len(server.requests) == 150 + len(heard.failed_)
    assert snapshot.retries == {1: len(heard.failed_)}
    assert load(store, snapshot.run).snapshot().retries == snapshot.retries
    outcomes_add_up(snapshot)


LIMITS = ("429_seconds", "429_date", "429_ms", "429_none", "429_garbage", "429_negative")
PASSING = ("503_retry", *LIMITS, "sse_limit", "error_200_limit")
"""Played once only: for ever, they are a matter of minutes."""
HANGING = ("hang", "slow_headers", "slow_body")
HEAVY = ("huge", "gzip_bomb")
EVERY = sorted({*faults.names()} - {*PASSING, *HANGING, *HEAVY})


def test_every_fault_gives_a_row_a_class_and_a_sentence_and_hides_nothing_else(
    server: FaultyServer, store: Store
) -> None:
    """One configuration each, all in one run, so that none can break what another one gets."""
    urls = [
        *(server.url(fault) for fault in EVERY),
        *(server.url(f"first:1:{fault}:1") for fault in PASSING),
        *(server.url(f"{fault}:20") for fault in HEAVY),
        refused_url(),
        server.url("ok"),
    ]
    ending, snapshot = carry_out(store, asked(*urls, repeats=2), at_once=40)

    assert ending.state in {"incomplete", "interrupted"}
    outcomes_add_up(snapshot)
    for number, url in enumerate(urls, start=1):
        mine = [slot for slot in snapshot.slots if slot.number == number]
        tried = [attempt for slot in mine for attempt in store.attempts(slot.id)]
        assert tried, url
        for attempt in tried:
            assert attempt.accepted != (attempt.failure is not None), url
            if attempt.failure is not None:
                assert attempt.failure.says.endswith("."), url
                assert KEY not in attempt.failure.says + attempt.failure.fix
        if not any(slot.id in snapshot.samples for slot in mine):
            assert any(slot.id in snapshot.failures for slot in mine), url
    assert sum(each.slot.number == len(urls) for each in snapshot.samples.values()) == 2
    assert server.evil_hits == []


@pytest.mark.parametrize("fault", HANGING)
def test_no_attempt_takes_longer_than_its_deadline(
    fault: str, server: FaultyServer, store: Store
) -> None:
    began = time.monotonic()
    _, snapshot = carry_out(store, asked(server.url(fault), repeats=5), deadline_s=0.3)

    assert time.monotonic() - began < 3 * (0.3 + 1) + 5  # on a busy machine
    assert len(server.requests) == 3  # in a row, and nobody there
    assert {error.code for error in snapshot.failures.values()} == {"timeout"}
    assert snapshot.ended[1].says == "No whole answer came within 0.3 s."


@pytest.mark.parametrize(
    ("fault", "most", "code"),
    [
        ("400_param", 1, "refused_setting"),
        ("400_value", 1, "refused_setting"),
        ("400_context", 1, "context_too_long"),
        ("404_model", 1, "not_found"),
        ("403", 1, "forbidden"),
        ("422", 1, "refused_setting"),
        ("redirect_host", 1, "redirected"),
        ("redirect_loop", 1, "redirected"),
        ("401", 1, "bad_key"),
        ("402", 1, "no_credit"),
        ("429_quota", 1, "no_credit"),
        ("429_long", 1, "rate_limited"),
        ("html_200", 3, "malformed"),
        ("json_array", 3, "malformed"),
        ("bad_status_line", 3, "malformed"),
    ],
)
def test_what_a_hopeless_endpoint_costs(
    fault: str, most: int, code: str, server: FaultyServer, store: Store
) -> None:
    _, snapshot = carry_out(store, asked(server.url(fault), repeats=20))

    assert len(server.requests) == most
    assert {error.code for error in snapshot.failures.values()} == {code}
    outcomes_add_up(snapshot)


def test_a_refused_key_costs_no_more_calls_than_go_at_once(
    server: FaultyServer, store: Store
) -> None:
    one = asked(server.url("401"), repeats=20).configurations[0]
    ten = tuple(replace(one, name=f"C{n}") for n in range(10))
    experiment = replace(asked(server.url("401"), repeats=20), configurations=ten)

    ending, snapshot = carry_out(store, experiment)

    assert len(server.requests) <= 8
    assert snapshot.ended.keys() == set(range(1, 11))
    assert ending.state == "interrupted"  # with another key it is carried on


def test_an_endpoint_that_can_not_be_opened_leaves_the_others_going(
    server: FaultyServer, store: Store
) -> None:
    experiment = replace(
        asked(server.url(), "http://example.com/v1", repeats=3),
        configurations=(
            *asked(server.url(), "http://example.com/v1").configurations,
            Configuration(name="C3"),
        ),
    )
    held = begin_without_a_model(store, experiment)

    ending, snapshot = carry_out(store, held)

    assert Counter(each.slot.number for each in snapshot.samples.values()) == {1: 3}
    assert "unencrypted" in snapshot.ended[2].says
    assert "no model file" in snapshot.ended[3].says
    assert ending.state == "interrupted"
    outcomes_add_up(snapshot)


class Found:
    """A model, as far as a plan wants to know."""

    name = BUNDLED_MODEL

    def __init__(self, sha256: str) -> None:
        self.sha256 = sha256


def begin_without_a_model(store: Store, experiment: Experiment) -> Held:
    """As if the model had been taken away after the run was planned."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(starting, "find", lambda home: Found("a" * 64))
        return starting.start(store, experiment, home=HOME)


def test_the_budget_is_kept_to_the_call_and_the_run_can_go_on(
    server: FaultyServer, store: Store
) -> None:
    experiment = asked(server.url("chaos:0.3"), server.url(), repeats=30)
    ending, snapshot = carry_out(store, experiment, at_once=20, max_calls=17)

    assert len(server.requests) == 17
    assert (ending.state, ending.budget_spent) == ("interrupted", True)
    assert snapshot.warnings == (
        "Stopped by the budget: 17 calls were made. Resume with a larger one to go on.",
    )
    outcomes_add_up(snapshot)

    with starting.start(store, experiment, home=HOME, new=False) as held:
        assert (held.run_id, held.carried_on) == (snapshot.run, True)
    ending, snapshot = carry_out(store, go_on(store, snapshot.run))
    assert ending.state == "finished"


def test_a_long_wait_parks_an_endpoint_and_names_the_time(
    server: FaultyServer, store: Store
) -> None:
    ending, snapshot = carry_out(store, asked(server.url("429_long"), server.url()))

    assert ending.parked_until is not None
    assert f"{ending.parked_until:%H:%M}" in snapshot.warnings[0]
    assert snapshot.warnings[0].startswith("e1 asks to wait until ")
    assert (snapshot.done, ending.state) == (4, "interrupted")


def test_a_pause_is_told_once_for_a_burst(server: FaultyServer, store: Store) -> None:
    heard = Heard()
    server.latency_s = 0.05
    held = starting.start(store, asked(server.url("first:5:429_seconds:1"), repeats=9), home=HOME)
    fill(store, held, {"1.1"})  # so that no call goes alone

    carry_out(store, held, listener=heard)

    assert heard.paused_ == [pytest.approx(1)]
    assert len(server.requests) == 13
    again_at = server.requests[8].at
    assert again_at - server.requests[0].at >= 1


# Resuming


def test_a_resume_asks_for_exactly_what_is_missing(server: FaultyServer, store: Store) -> None:
    experiment = asked(server.url(), server.url(), repeats=10)
    there = {"1.1", "1.4", "1.5", "1.10", "2.2", "2.3", "2.9"}
    with starting.start(store, experiment, home=HOME) as held:
        fill(store, held, there)

    ending, snapshot = carry_out(store, go_on(store, held.run_id))

    assert ending.state == "finished"
    assert len(server.requests) == 20 - len(there)
    by_server = {s.slot.name for s in snapshot.samples.values() if s.text == "Apple"}
    assert by_server == {slot.name for slot in snapshot.slots} - there
    assert all(len(store.attempts(slot.id)) == 1 for slot in snapshot.slots)
    assert snapshot.done_before == len(there)


def test_a_reply_that_was_kept_but_not_read_is_read_and_not_asked_again(
    server: FaultyServer, store: Store
) -> None:
    with starting.start(store, asked(server.url(), repeats=5), home=HOME) as held:
        fill(store, held, {"1.2", "1.4"}, read=False)
    at_rest = load(store, held.run_id).snapshot()
    assert {at_rest.failures[slot.id].code for slot in at_rest.slots if slot.id in at_rest.failures}
    outcomes_add_up(at_rest)

    heard = Heard()
    ending, snapshot = carry_out(store, go_on(store, held.run_id), listener=heard)

    assert ending.state == "finished"
    texts = {sample.slot.name: sample.text for sample in snapshot.samples.values()}
    assert (texts["1.2"], texts["1.4"]) == ("by hand 1.2", "by hand 1.4")
    assert len(server.requests) == 3
    assert heard.stored_[:2] == ["1.2", "1.4"]  # told like all others, and first
    assert snapshot.failures == {}


def test_a_kept_reply_that_can_not_be_read_is_one_failure_and_no_end(
    server: FaultyServer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with starting.start(store, asked(server.url(), repeats=3), home=HOME) as held:
        fill(store, held, {"1.1"}, read=False)

    real = registry.dialect

    class Broken:
        def __init__(self, endpoint: Any) -> None:
            self.build = real(endpoint).build

        def read(self, slot: Slot, reply: Any) -> Sample:
            raise ZeroDivisionError

    monkeypatch.setattr(registry, "dialect", Broken)
    heard = Heard()
    ending, _ = carry_out(store, go_on(store, held.run_id), listener=heard)

    assert heard.failed_ == [("1.1", "malformed")]
    assert ending.state == "finished"  # it was asked again
    assert len(server.requests) == 3


def test_more_repeats_are_paid_for_alone(server: FaultyServer, store: Store) -> None:
    _, first = carry_out(store, asked(server.url(), server.url(), repeats=2))
    assert len(server.requests) == 4

    _, more = carry_out(store, go_on(store, first.run, repeats=5))

    assert len(server.requests) == 10
    assert (more.done, more.experiment.repeats, more.state) == (10, 5, "finished")
    assert more.n_changed_after_results
    assert not first.n_changed_after_results
    assert [slot.id for slot in more.slots[:4]] == [slot.id for slot in first.slots]


@pytest.mark.parametrize("repeats", [1, 0, 200_001])
def test_repeats_that_can_not_be_leave_a_run_as_it_is(
    repeats: int, server: FaultyServer, store: Store
) -> None:
    _, first = carry_out(store, asked(server.url(), repeats=2))

    with pytest.raises(InputError):
        go_on(store, first.run, repeats=repeats)

    assert store.find(first.run).state == "finished"


def test_failed_samples_are_left_alone_unless_new_tries_are_asked_for(
    server: FaultyServer, store: Store
) -> None:
    ending, first = carry_out(
        store, asked(server.url("first:3:empty_choices"), repeats=4), at_once=1
    )
    assert (ending.state, first.done, len(first.spent)) == ("incomplete", 3, 1)
    assert len(server.requests) == 6

    ending, again = carry_out(store, go_on(store, first.run))
    assert (ending.state, len(server.requests)) == ("incomplete", 6)

    ending, again = carry_out(store, go_on(store, first.run, retry_failed=True))
    assert (ending.state, len(server.requests)) == ("finished", 7)
    (slot_id,) = first.spent
    assert [each.accepted for each in store.attempts(slot_id)] == [False, False, False, True]
    assert again.retries == {1: 3}


def test_the_same_experiment_is_carried_on_after_its_key_was_put_right(
    server: FaultyServer, store: Store
) -> None:
    experiment = asked(server.url("first:1:401"), repeats=6)
    _, first = carry_out(store, experiment)
    assert (first.done, len(server.requests)) == (0, 1)

    held = starting.start(store, experiment, home=HOME, new=False)
    ending, second = carry_out(store, held)

    assert second.run == first.run
    assert (ending.state, second.done, len(server.requests)) == ("finished", 6, 7)
    assert second.ended == {}


def test_a_refused_configuration_is_no_reason_to_go_on_with_the_run(
    server: FaultyServer, store: Store
) -> None:
    experiment = asked(server.url(), server.url("400_param"))
    ending, first = carry_out(store, experiment)
    assert (ending.state, store.find(first.run).state) == ("incomplete", "incomplete")

    with starting.start(store, experiment, home=HOME, new=False) as held:
        assert not held.carried_on


def test_another_model_is_not_mixed_into_a_run(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = Found("a" * 64)
    monkeypatch.setattr(starting, "find", lambda home: there)
    experiment = replace(asked("http://127.0.0.1:9/v1"), configurations=(Configuration(name="A"),))
    with starting.start(store, experiment, home=HOME) as held:
        run = held.run_id
    go_on(store, run).release()

    there.sha256 = "b" * 64
    with pytest.raises(InputError, match="The embedded model is another one"):
        go_on(store, run)


# Stopping


def test_a_stop_keeps_the_answers_of_calls_under_way(server: FaultyServer, store: Store) -> None:
    server.latency_s = 0.2
    experiment = asked(server.url(), repeats=40)
    how = order(experiment, at_once=4)
    how.listener = Heard(after=5, stop=how)

    ending, snapshot = carry_out(store, experiment, give_with=how)

    assert ending.state == "stopped"
    assert snapshot.done == len(server.requests) < 12
    assert store.find(snapshot.run).state == "stopped"
    assert snapshot.in_flight == {}
    with starting.start(store, experiment, home=HOME, new=False) as held:
        assert not held.carried_on  # its user wanted it to end


def test_a_call_that_outlasts_the_grace_is_cut_off_and_said_so(
    server: FaultyServer, store: Store
) -> None:
    server.answer = lambda asked, number: "Apple"
    experiment = asked(server.url(), server.url("hang"), repeats=3)
    how = order(experiment, grace_s=0.2, by_user=False)
    how.listener = Heard(after=3, stop=how)

    began = time.monotonic()
    ending, snapshot = carry_out(store, experiment, give_with=how)

    assert time.monotonic() - began < 5
    assert (ending.state, snapshot.done) == ("interrupted", 3)
    (cut,) = snapshot.failures.values()
    assert cut.says.startswith("The call was under way when the run was broken off")
    assert cut.maybe_billed
    outcomes_add_up(snapshot)
    again = load(store, snapshot.run).snapshot()
    assert [str(error) for error in again.failures.values()] == [str(cut)]
    assert store.find(snapshot.run).state == "interrupted"


def test_a_run_that_is_stopped_before_it_began_asks_nothing(
    server: FaultyServer, store: Store
) -> None:
    how = order(experiment := asked(server.url()))
    how.stop.set()

    ending, _ = carry_out(store, experiment, give_with=how)

    assert (ending.state, server.requests) == ("stopped", [])


def test_no_call_is_made_once_the_store_has_failed(
    server: FaultyServer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Store.ledger

    class Full:
        def __init__(self, inner: Any) -> None:
            self._inner, self._left = inner, 5

        def __getattr__(self, name: str) -> Any:
            return getattr(self._inner, name)

        async def accept(self, attempt: int, sample: Sample) -> None:
            self._left -= 1
            if self._left < 0:
                raise StoreError("The disk is full.", "Free some space.")
            await self._inner.accept(attempt, sample)

    monkeypatch.setattr(Store, "ledger", lambda *given: Full(real(*given)))
    held = starting.start(store, asked(server.url(), server.url(), repeats=50), home=HOME)
    loaded = load(store, held.run_id)
    progress = loaded.progress()

    async def work() -> None:
        await carry(store, loaded, progress, order(loaded.experiment))

    with held, pytest.raises(StoreError, match=r"The disk is full\. Free some space\."):
        asyncio.run(work())

    assert len(server.requests) <= 5 + 8
    assert progress.snapshot().state == "interrupted"
    assert progress.snapshot().done <= store.find(held.run_id).samples <= 5
    outcomes_add_up(progress.snapshot())


def test_a_run_comes_back_from_its_store_as_it_was(server: FaultyServer, store: Store) -> None:
    urls = (server.url(), server.url("400_param"), server.url("401"), server.url("csv"))
    _, live = carry_out(store, asked(*urls, repeats=3, logprobs=2))

    again = load(store, live.run).snapshot()

    assert again.samples == live.samples
    assert list(again.samples) == list(live.samples)
    assert {id_: str(error) for id_, error in again.failures.items()} == {
        id_: str(error) for id_, error in live.failures.items()
    }
    assert {number: type(error) for number, error in again.ended.items()} == {
        number: type(error) for number, error in live.ended.items()
    }
    assert (again.spent, again.slots, again.experiment, again.retries, again.state) == (
        live.spent,
        live.slots,
        live.experiment,
        live.retries,
        live.state,
    )
    assert isinstance(again.ended[2], Refused)
    assert groups(again) == groups(live)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"at_once": 0}, "0 calls at once can't be: 1 to 500 can."),
        ({"at_once": MOST_AT_ONCE + 1}, "501 calls at once can't be: 1 to 500 can."),
        ({"max_calls": 0}, "A budget of 0 calls is none. Allow 1 or more."),
        ({"max_cost_usd": Decimal(-1)}, "A budget of -1 USD can't be. Allow 0 or more."),
        ({"max_cost_usd": Decimal("NaN")}, "A budget of NaN USD can't be. Allow 0 or more."),
        ({"deadline_s": 0.0}, "A call can't be given 0 s. Up to a day can."),
    ],
)
def test_numbers_that_can_not_be_are_refused_with_a_sentence(
    given: dict[str, Any], says: str
) -> None:
    with pytest.raises(InputError) as raised:
        Order(home=HOME, **given)

    assert str(raised.value) == says


def test_no_key_is_in_what_an_order_shows() -> None:
    assert KEY not in repr(Order(home=Path(), keys={"mine": KEY}))


def test_messages_reach_the_endpoint_as_they_are(server: FaultyServer, store: Store) -> None:
    carry_out(store, asked(server.url(), repeats=1))

    assert server.requests[0].json["messages"] == [
        {"role": message.role, "content": message.content} for message in FRUIT
    ]

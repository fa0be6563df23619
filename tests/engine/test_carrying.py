"""Carrying a run out against a server that plays faults."""

from __future__ import annotations

import json
import time
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from lib.domain.configuration import Configuration
from lib.domain.errors import InputError, Refused
from lib.domain.experiment import Experiment
from lib.engine import starting
from lib.engine.carrying import MOST_AT_ONCE, Order
from lib.engine.loading import load
from lib.results.grouping import groups
from lib.store import Held, Store
from tests.engine.carried import (
    HOME,
    KEY,
    Found,
    Heard,
    asked,
    attempts,
    carry_out,
    fill,
    go_on,
    outcomes_add_up,
)
from tests.engine.making import FRUIT
from tests.faulty import FaultyServer, faults
from tests.faulty.server import refused_url


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

"""What holds up a run or ends it, in each dialect: how far it reaches, and what it costs."""

from __future__ import annotations

from collections import Counter

import pytest

from lib.domain.configuration import DIALECTS, Configuration, Dialect, Endpoint
from lib.domain.errors import KeyRefused, Refused
from lib.domain.experiment import Experiment
from lib.domain.settings import Settings
from lib.engine.progress import Snapshot
from lib.store import Store
from tests.engine.carried import KEY, Heard, attempts, carry_out, outcomes_add_up
from tests.engine.making import FRUIT
from tests.faulty import FaultyServer
from tests.faulty.languages import LANGUAGES

per_dialect = pytest.mark.parametrize("dialect", DIALECTS)
MODEL = "some-model"


def endpoint(server: FaultyServer, dialect: Dialect, fault: str = "") -> Endpoint:
    """Not called like one that is built in."""
    return Endpoint(
        name=f"my {dialect}", dialect=dialect, base_url=server.url(fault, dialect=dialect)
    )


def experiment(*asked: tuple[Endpoint, str], repeats: int) -> Experiment:
    """A configuration for each endpoint and model."""
    return Experiment(
        name="Fruit",
        messages=FRUIT,
        repeats=repeats,
        configurations=tuple(
            Configuration(
                name=f"C{number}",
                endpoint=where,
                model=model,
                settings=Settings(temperature=0.5, max_tokens=60),
            )
            for number, (where, model) in enumerate(asked, start=1)
        ),
    )


def over_all(server: FaultyServer, fault: str, *, repeats: int) -> Experiment:
    """One configuration in each dialect, and each meets the fault."""
    asked = [(endpoint(server, dialect, fault), MODEL) for dialect in DIALECTS]
    return experiment(*asked, repeats=repeats)


def calls(server: FaultyServer) -> list[int]:
    """How many came in each dialect, in the order of `DIALECTS`."""
    return [sum(each.language is one for each in server.requests) for one in LANGUAGES.values()]


def samples(snapshot: Snapshot) -> dict[int, int]:
    """How many each configuration has."""
    return dict(Counter(each.slot.number for each in snapshot.samples.values()))


@per_dialect
def test_a_refused_setting_ends_its_configuration_after_one_call_and_nothing_else(
    dialect: Dialect, server: FaultyServer, store: Store
) -> None:
    """Both ask the same endpoint; the model's name is the fault."""
    where = endpoint(server, dialect)
    asked = experiment((where, "400_param"), (where, MODEL), (where, "400_value"), repeats=6)

    ending, snapshot = carry_out(store, asked)

    assert Counter(each.model for each in server.requests) == {
        "400_param": 1,
        MODEL: 6,
        "400_value": 1,
    }
    assert samples(snapshot) == {2: 6}
    assert snapshot.ended.keys() == {1, 3}
    assert {error.code for error in snapshot.ended.values()} == {"refused_setting"}
    assert all(isinstance(error, Refused) for error in snapshot.ended.values())
    assert ending.state == "incomplete"
    outcomes_add_up(snapshot)


def test_a_limit_pauses_its_endpoint_and_is_retried_by_one_loop_only(
    server: FaultyServer, store: Store
) -> None:
    heard = Heard()

    ending, snapshot = carry_out(
        store, over_all(server, "first:1:429_seconds:1", repeats=5), listener=heard
    )

    assert ending.state == "finished"
    assert samples(snapshot) == dict.fromkeys((1, 2, 3, 4), 5)
    assert calls(server) == [6] * 4
    assert heard.paused_ == [pytest.approx(1)] * 4
    for dialect in DIALECTS:
        mine = [each for each in server.requests if each.language is LANGUAGES[dialect]]
        assert mine[1].at - mine[0].at >= 1
    outcomes_add_up(snapshot)


def test_what_passes_is_asked_again_and_no_client_asks_by_itself(
    server: FaultyServer, store: Store
) -> None:
    ending, snapshot = carry_out(store, over_all(server, "first:2:500", repeats=1))

    assert ending.state == "finished"
    assert calls(server) == [3] * 4
    assert attempts(store, snapshot.slots) == len(server.requests)
    assert snapshot.retries == dict.fromkeys((1, 2, 3, 4), 2)


@pytest.mark.parametrize(
    ("dialect", "fault"),
    [
        ("openai", "429_quota"),
        ("openai-responses", "429_quota"),
        ("anthropic", "429_quota"),
        ("anthropic", "400_credit"),
        ("gemini", "403_billing"),
        ("gemini", "429_day"),
    ],
)
def test_a_quota_that_is_used_up_is_not_asked_for_again(
    dialect: Dialect, fault: str, server: FaultyServer, store: Store
) -> None:
    ending, snapshot = carry_out(
        store, experiment((endpoint(server, dialect, fault), MODEL), repeats=10)
    )

    assert len(server.requests) == 1
    assert snapshot.ended[1].code == ("rate_limited" if fault == "429_day" else "no_credit")
    assert ending.state in {"incomplete", "interrupted"}
    outcomes_add_up(snapshot)


@pytest.mark.parametrize(
    ("dialect", "fault"), [*((dialect, "401") for dialect in DIALECTS), ("gemini", "400_key")]
)
def test_a_refused_key_stops_everything_that_goes_by_it(
    dialect: Dialect, fault: str, server: FaultyServer, store: Store
) -> None:
    other = next(each for each in DIALECTS if each != dialect)
    refusing = endpoint(server, dialect, fault)
    asked = experiment(
        *((refusing, f"model-{number}") for number in range(10)),
        (endpoint(server, other), MODEL),
        repeats=20,
    )

    ending, snapshot = carry_out(store, asked, at_once=8)

    refused = [each for each in server.requests if each.model != MODEL]
    assert len(refused) <= 8
    assert {each.key for each in refused} == {KEY}
    assert snapshot.ended.keys() == set(range(1, 11))
    assert all(isinstance(error, KeyRefused) for error in snapshot.ended.values())
    assert samples(snapshot) == {11: 20}
    assert ending.state == "interrupted"  # with another key it is carried on


def test_a_long_wait_parks_each_endpoint_and_names_the_time(
    server: FaultyServer, store: Store
) -> None:
    parked = [(endpoint(server, dialect, "429_long"), MODEL) for dialect in DIALECTS]
    free = (Endpoint(name="free", base_url=server.url()), MODEL)

    ending, snapshot = carry_out(store, experiment(*parked, free, repeats=4), at_once=2)

    assert ending.parked_until is not None
    for dialect in DIALECTS:
        [warning] = [
            each
            for each in snapshot.warnings
            if each.startswith(f"my {dialect} asks to wait until ")
        ]
        assert f"{ending.parked_until:%H:%M}" in warning
    assert calls(server) == [5, 1, 1, 1]  # the free one is an endpoint of OpenAI chat too
    assert samples(snapshot) == {5: 4}  # no worker waited
    assert ending.state == "interrupted"
    outcomes_add_up(snapshot)


def test_of_calls_that_fail_at_random_none_is_lost_in_any_dialect(
    server: FaultyServer, store: Store
) -> None:
    heard = Heard()

    ending, snapshot = carry_out(
        store, over_all(server, "chaos:0.3", repeats=40), at_once=16, listener=heard
    )

    assert ending.state == "finished"
    assert samples(snapshot) == dict.fromkeys((1, 2, 3, 4), 40)
    assert attempts(store, snapshot.slots) == len(server.requests) == 160 + len(heard.failed_)
    assert sum(snapshot.retries.values()) == len(heard.failed_) > 20
    assert {each.text for each in snapshot.samples.values()} == {"Apple"}
    assert {each.key for each in server.requests} == {KEY}
    outcomes_add_up(snapshot)

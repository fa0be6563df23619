"""The budget of an audit, and what is kept of one that ended early."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal

import pytest

from lib.audit import (
    AuditProgress,
    How,
    Stopped,
    as_json,
    carry,
    latest,
    plan,
    standing,
)
from lib.audit.report import from_json
from lib.audit.several_choices import building
from lib.domain.cost import NOTHING, Cost, Unknown
from lib.domain.errors import InputError, KeyRefused
from lib.domain.vocabulary import Slot
from lib.engine.costing import Costing
from lib.engine.loading import load
from lib.providers.prices import Price
from lib.store.store import Store
from tests.audit.carried import HOME, MODEL, audit, endpoint
from tests.audit.model import Behaviour
from tests.audit.server import ModelServer


class AtListPrice(Costing):
    """As if the test's server were a vendor: 20 dollars for a million tokens that come out."""

    def price(self, slot: Slot, day: date | None = None) -> Price | Unknown:
        return Price("openai", "gpt-5.6-sol", day or date(2026, 11, 24))


def spent(store: Store) -> Cost:
    """By the calls that are stored, not by what the audit says."""
    runs = (load(store, run.id, costing=AtListPrice()) for run in store.runs())
    return sum((cost for run in runs for cost in run.costs.values()), NOTHING)


def early(
    server: ModelServer,
    store: Store,
    settings: Sequence[str],
    *,
    at_once: int = 1,
    usd: Decimal | None = None,
    after: Callable[[AuditProgress, asyncio.Event], None] | None = None,
) -> Stopped:
    planned = plan(endpoint(server), MODEL, settings=settings)

    async def work() -> None:
        stop = asyncio.Event()
        how = How(
            home=HOME,
            at_once=at_once,
            stop=stop,
            on_progress=None if after is None else lambda now: after(now, stop),
            max_cost_usd=usd,
            costing=AtListPrice,
        )
        await carry(store, planned, how)

    with pytest.raises(Stopped) as stopped:
        asyncio.run(work())
    return stopped.value


@pytest.mark.parametrize("at_once", [1, 50])
def test_the_budget_is_never_passed_over_all_the_runs_of_an_audit(
    store: Store, at_once: int
) -> None:
    budget = Decimal("0.02")
    with ModelServer() as server:
        ended = early(server, store, ["stop", "top_p", "n"], at_once=at_once, usd=budget)

    cost = spent(store)
    assert cost.at_most is not None
    assert budget / 2 < cost.at_most <= budget
    assert ended.by_budget
    assert "The audit was ended by its budget: of $0.020 too little is left" in ended.says
    assert "(spent: about $0.0" in ended.says


def test_what_was_looked_at_before_the_budget_was_spent_is_reported_as_not_complete(
    store: Store,
) -> None:
    with ModelServer() as server:
        ended = early(server, store, ["stop", "top_p"], usd=Decimal("0.019"))
        found = latest(store, endpoint(server), MODEL)

    assert ended.report is not None
    assert found == ended.report
    assert (found.complete, list(found.settings)) == (False, ["stop"])
    assert found.settings["stop"].verdict == "honoured"
    assert "1 of 2 settings were looked at: its report is not complete." in ended.says
    assert found.cost == spent(store)
    assert found.calls == len(server.bodies)


def test_a_call_for_several_choices_reserves_all_of_them(store: Store) -> None:
    with ModelServer() as server:
        audit(server, store, ["n"], costing=AtListPrice, max_cost_usd=Decimal(1))
        asked, *opening = (load(store, run.id, costing=AtListPrice()) for run in store.runs())
        sent = len(server.bodies)
        before = sum((c for run in opening for c in run.costs.values()), NOTHING).at_least
        one, three = (
            AtListPrice(build=building(choices)).worst(asked.slots[0]) for choices in (None, 3)
        )
        assert isinstance(one, Decimal)
        assert isinstance(three, Decimal)

        ended = early(server, store, ["n"], usd=before + (one + three) / 2)

    tokens = asked.slots[0].configuration.settings.max_tokens
    assert tokens is not None
    assert three - one >= 2 * tokens * Decimal("0.000020")
    assert ended.by_budget
    assert len(server.bodies) > sent
    assert not any("n" in body for body in server.bodies[sent:])


def test_a_budget_that_can_not_be_kept_is_refused_and_nothing_is_sent(store: Store) -> None:
    with ModelServer() as server:
        with pytest.raises(InputError, match="no price is known for gpt-4o at 127"):
            audit(server, store, ["stop"], max_cost_usd=Decimal(1))
        with pytest.raises(InputError, match="A budget of -1 USD can't be"):
            audit(server, store, ["stop"], max_cost_usd=Decimal(-1))

    assert server.bodies == []


def test_an_endpoint_that_takes_no_limit_is_not_asked_without_one(store: Store) -> None:
    refuses = frozenset({"max_tokens", "max_completion_tokens"})
    with ModelServer(Behaviour(refuses=refuses)) as server:
        ended = early(server, store, ["stop"], usd=Decimal(1))

    assert ended.by_budget
    assert "its budget in USD can't be kept any more, so there is no report" in ended.says
    assert "asked without max_tokens" in ended.fix
    assert all(refuses & body.keys() for body in server.bodies)


def test_a_stopped_audit_keeps_what_it_has_looked_at_and_an_earlier_report_still_stands(
    store: Store,
) -> None:
    def stop_in_the_second(now: AuditProgress, stop: asyncio.Event) -> None:
        if now.what == "top_p":
            stop.set()

    with ModelServer() as server:
        whole = audit(server, store, ["stop", "top_p", "logprobs", "temperature"])
        ended = early(server, store, ["stop", "top_p"], after=stop_in_the_second)
        stands = standing(store, endpoint(server), MODEL)

    assert "The audit was stopped. 1 of 2 settings were looked at" in ended.says
    assert stands is not None
    newest, older = stands.reports
    assert (newest, older) == (ended.report, whole)
    assert [each.complete for each in stands.reports] == [False, True]
    assert (stands.about("stop"), stands.about("top_p")) == (newest, whole)
    assert stands.settings_of(older) == ("top_p", "logprobs", "temperature")
    assert stands.describing == whole


def test_a_report_that_looked_at_nothing_new_is_not_shown_beside_a_newer_one(store: Store) -> None:
    with ModelServer() as server:
        audit(server, store, ["stop"])
        newer = audit(server, store, ["stop", "seed"])
        stands = standing(store, endpoint(server), MODEL)

    assert stands is not None
    assert stands.reports == (newer,)
    assert stands.about("top_p") is None


def test_a_key_that_is_refused_halfway_leaves_a_report_that_is_not_complete(store: Store) -> None:
    with ModelServer() as server:

        def revoke(now: AuditProgress) -> None:
            if now.what == "top_p":
                server.status = 401

        with pytest.raises(KeyRefused):
            audit(server, store, ["stop", "top_p"], on_progress=revoke)
        found = latest(store, endpoint(server), MODEL)

    assert found is not None
    assert (found.complete, list(found.settings)) == (False, ["stop"])


def test_a_report_of_before_costs_were_kept_can_be_read(store: Store) -> None:
    with ModelServer() as server:
        report = audit(server, store, ["stop"], costing=AtListPrice)
    document = json.loads(json.dumps(as_json(report)))

    assert from_json(document) == report
    assert document["cost_method"].startswith("estimate, list prices of 20")
    old = {name: value for name, value in document.items() if not name.startswith("cost")}
    assert from_json(old).cost.usd is None

"""The budget: reserved before each call, and never passed, whatever the calls turn out to cost."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lib.domain.configuration import OPENAI, Configuration
from lib.domain.cost import Cost, Unknown, exactly
from lib.domain.errors import CallError, InputError, Transient, Unreadable
from lib.domain.experiment import Experiment
from lib.domain.plan import Planned, slot
from lib.domain.settings import Settings
from lib.domain.vocabulary import Reply, Request, Sample, Slot, Usage
from lib.engine import runner, starting
from lib.engine.allowance import Allowance
from lib.engine.costing import Costing, as_fields, check_budget, from_fields, in_words, size
from lib.engine.loading import load
from lib.engine.progress import Snapshot
from lib.providers.prices import Price
from lib.store import Store
from tests.engine.carried import HOME, asked, carry_out, go_on
from tests.engine.making import FRUIT, ListLedger, PlayedProvider, gate, slots
from tests.engine.time_travel import play
from tests.faulty import FaultyServer

LOST = Transient("Lost.", code="connection", maybe_billed=True)
BUSY = Transient("Overloaded.", code="overloaded")
CUT = Unreadable("Cut.")


# The rule alone, on a clock of the test's own


@dataclass
class Played(Costing):
    """Prices of the test's own: the worst case of each configuration, and what each call costs."""

    most: Mapping[int, Decimal]
    shares: list[int]
    """In hundredths of the worst case, call by call."""

    def __post_init__(self) -> None:
        super().__init__()
        self.costs: dict[int, Decimal] = {}

    def worst(self, slot: Slot, day: date | None = None) -> Decimal:
        return self.most[slot.number]

    def of_answer(self, sample: Sample, day: date | None = None) -> Cost:
        share = self.shares[sample.slot.id % len(self.shares)]
        return exactly(self.most[sample.slot.number] * share / 100)


class Accountant(PlayedProvider):
    """Knows, whenever a call is sent, what all calls so far may have cost."""

    def __init__(self, costing: Played, outcome: list[CallError | str]) -> None:
        super().__init__(lambda slot, call: outcome[(slot.id + call) % len(outcome)], at_once=50)
        self.costing, self.counted, self.under_way = costing, Decimal(0), Decimal(0)
        self.most_at_stake = Decimal(0)

    async def send(self, request: Request, *, deadline_s: float) -> Reply:
        slot = self._slots[request.body]
        worst = self.costing.worst(slot)
        self.under_way += worst
        self.most_at_stake = max(self.most_at_stake, self.counted + self.under_way)
        self._seconds = 0.01 * (1 + slot.id % 7)
        try:
            reply = await super().send(request, deadline_s=deadline_s)
        except CallError as error:
            self.counted += worst if error.maybe_billed else 0
            raise
        else:
            sample = Sample(slot, "", "ok", "stop", "stop")
            self.counted += self.costing.of_answer(sample).at_least
            return reply
        finally:
            self.under_way -= worst


cents = some.integers(1, 500).map(lambda cent: Decimal(cent) / 100)


@given(
    at_once=some.integers(1, 50),
    repeats=some.integers(1, 25),
    most=some.tuples(cents, cents, cents),
    shares=some.lists(some.integers(0, 100), min_size=1, max_size=9),
    outcome=some.lists(
        some.sampled_from(["Apple", "Apple", "Apple", LOST, BUSY, CUT]), min_size=1, max_size=7
    ),
    budget=some.integers(0, 10_000).map(lambda cent: Decimal(cent) / 100),
)
def test_what_may_have_been_spent_never_passes_the_budget(
    at_once: int,
    repeats: int,
    most: tuple[Decimal, Decimal, Decimal],
    shares: list[int],
    outcome: list[CallError | str],
    budget: Decimal,
) -> None:
    costing = Played(dict(enumerate(most, start=1)), shares)
    provider, ledger = Accountant(costing, outcome), ListLedger()
    allowance = Allowance(at_once, left_usd=budget)

    async def story() -> None:
        through = gate(allowance=allowance, costing=costing)
        await runner.run(
            slots(repeats, 3), provider=provider, ledger=ledger, gate=through, at_once=at_once
        )

    play(story())

    assert provider.most_at_stake <= budget
    assert allowance.left_usd == budget - provider.counted
    if allowance.spent:  # it stopped no earlier than it had to
        assert allowance.left_usd < max(most)
    elif set(outcome) == {"Apple"}:
        assert len(ledger.samples) == 3 * repeats


@given(some.integers(1, 60), some.integers(1, 50))
def test_a_budget_in_calls_is_used_up_to_the_last_one(budget: int, at_once: int) -> None:
    provider = PlayedProvider(lambda slot, call: "Apple", at_once=at_once)
    through = gate(at_once, budget=budget)

    play(
        runner.run(
            slots(25, 2), provider=provider, ledger=ListLedger(), gate=through, at_once=at_once
        )
    )

    assert provider.calls() == min(50, budget)


def test_a_call_waits_for_money_that_cheaper_calls_give_back() -> None:
    """Ten calls that may cost a dollar, and cost a cent: little more than two dollars will do."""
    costing = Played({1: Decimal(1)}, [1])
    provider, ledger = Accountant(costing, ["Apple"]), ListLedger()

    async def story() -> None:
        through = gate(allowance=Allowance(8, left_usd=Decimal("2.1")), costing=costing)
        await runner.run(slots(10), provider=provider, ledger=ledger, gate=through, at_once=8)

    play(story())

    assert (len(ledger.samples), provider.most_in_flight) == (10, 2)


# A real run against a server, at the price of a vendor's list


class AtListPrice(Costing):
    """As if the test's server were a vendor: 20 dollars for a million tokens that come out."""

    def price(self, slot: Slot, day: date | None = None) -> Price | Unknown:
        return Price("openai", "gpt-5.6-sol", day or date(2026, 11, 24))


def of_one_call(experiment: Experiment) -> Decimal:
    worst = AtListPrice().worst(slot(experiment, Planned(1, 1, None), id=1))
    assert isinstance(worst, Decimal)
    return worst


def at_most(snapshot: Snapshot) -> Decimal:
    assert snapshot.cost.at_most is not None
    return snapshot.cost.at_most


def test_the_budget_holds_at_fifty_at_once_and_over_resumes(
    server: FaultyServer, store: Store
) -> None:
    experiment = asked(server.url("chaos:0.3"), server.url(), repeats=60, max_tokens=4)
    dear = asked(server.url(), max_tokens=4)
    budget = of_one_call(dear) * 20

    first, snapshot = carry_out(
        store, experiment, at_once=50, max_cost_usd=budget, costing=AtListPrice()
    )

    assert (first.state, first.budget_spent) == ("interrupted", True)
    assert 0 < snapshot.cost.at_least <= at_most(snapshot) <= budget
    assert "Stopped by the budget: of $" in snapshot.warnings[0]
    sent = len(server.requests)

    again, after = carry_out(
        store,
        go_on(store, snapshot.run),
        at_once=50,
        max_cost_usd=budget,
        costing=AtListPrice(),
    )

    assert (again.budget_spent, len(server.requests) - sent) == (True, 0)
    assert after.costs == snapshot.costs


def test_a_larger_budget_goes_on_and_what_was_spent_counts(
    server: FaultyServer, store: Store
) -> None:
    experiment = asked(server.url(), repeats=30, max_tokens=4)
    one = of_one_call(experiment)

    _, first = carry_out(store, experiment, max_cost_usd=one * 3, costing=AtListPrice())
    ending, last = carry_out(
        store, go_on(store, first.run), max_cost_usd=one * 30, costing=AtListPrice()
    )

    assert 3 <= first.done < 30
    assert (ending.state, last.done) == ("finished", 30)
    # 11 tokens in and 1 out, by the list: 4 and 20 dollars a million.
    tokens_out = sum(sample.usage.output_tokens or 0 for sample in last.samples.values())
    assert last.cost == exactly(Decimal(30 * 11 * 4 + tokens_out * 20) / 10**6)


@pytest.mark.parametrize(
    "fault", ["missing_usage", "null_usage", "usage_negative", "usage_huge", "usage_string"]
)
def test_usage_that_says_nothing_counts_at_its_worst_case(
    fault: str, server: FaultyServer, store: Store
) -> None:
    experiment = asked(server.url(fault), repeats=10, max_tokens=4)
    one = of_one_call(experiment)

    ending, snapshot = carry_out(
        store, experiment, at_once=50, max_cost_usd=one * 4, costing=AtListPrice()
    )

    assert (len(server.requests), ending.budget_spent) == (4, True)
    assert snapshot.cost == Cost(
        Decimal(0), one * 4, "an answer's usage was not reported, or can't be true"
    )


def test_a_call_that_was_cut_off_counts_and_one_that_was_refused_does_not(
    server: FaultyServer, store: Store
) -> None:
    experiment = asked(server.url("reset_body"), server.url("400_param"), repeats=9, max_tokens=4)
    one = of_one_call(experiment)

    _, snapshot = carry_out(
        store, experiment, at_once=1, max_cost_usd=one * 5 / 2, costing=AtListPrice()
    )

    assert snapshot.costs[1].at_most == one * 2
    assert snapshot.costs.get(2, exactly(Decimal(0))).usd == 0


def test_a_call_that_was_under_way_when_the_process_died_counts(
    server: FaultyServer, store: Store
) -> None:
    experiment = asked(server.url(), repeats=3, max_tokens=4)
    one = of_one_call(experiment)
    with starting.start(store, experiment, home=HOME) as held:
        loaded = load(store, held.run_id)

        async def die() -> None:
            ledger = store.ledger(held.run_id, asyncio.get_running_loop())
            slot = loaded.slots[0]
            await ledger.begin(slot, starting.requests(experiment)[0])

        asyncio.run(die())

    shown = load(store, held.run_id, costing=AtListPrice()).snapshot()
    assert shown.cost == Cost(Decimal(0), one, "a call without an answer may have been billed")

    _, snapshot = carry_out(
        store, go_on(store, held.run_id), max_cost_usd=one * 7 / 4, costing=AtListPrice()
    )
    assert len(server.requests) <= 1
    assert at_most(snapshot) <= one * 7 / 4


def test_the_budget_in_calls_counts_what_was_made_before(
    server: FaultyServer, store: Store
) -> None:
    experiment = asked(server.url(), repeats=10)
    _, first = carry_out(store, experiment, max_calls=4)

    ending, same = carry_out(store, go_on(store, first.run), max_calls=4)
    assert (ending.budget_spent, same.done, len(server.requests)) == (True, 4, 4)

    _, more = carry_out(store, go_on(store, first.run), max_calls=6)
    assert (more.done, len(server.requests)) == (6, 6)


# A budget that can't be kept, and the plan


def priced(*, max_tokens: int | None = None, model: str = "gpt-4.1-mini") -> Experiment:
    return Experiment(
        name="Priced",
        messages=FRUIT,
        repeats=10,
        configurations=(
            Configuration(
                name="A",
                endpoint=OPENAI,
                model=model,
                settings=Settings(max_tokens=max_tokens),
            ),
        ),
    )


def test_a_plan_says_what_it_costs_at_worst() -> None:
    planned = size(priced(max_tokens=1000), environ={})

    assert planned.cost_usd is not None
    # 10 times 1,000 tokens at 1.60 dollars a million, and a few for the messages.
    assert 0.016 < planned.cost_usd < 0.018
    assert planned.cost_in_words.startswith("at most $0.017 (estimate, list prices of 2026-")


def test_a_budget_in_money_needs_a_worst_case_of_every_call(store: Store) -> None:
    check_budget(priced(max_tokens=5), Decimal(1), environ={})
    check_budget(priced(), None, environ={})

    with pytest.raises(InputError) as no_limit:
        check_budget(priced(model="gpt-5.6-sol"), Decimal(1), environ={})
    assert str(no_limit.value) == (
        "A: a budget in USD can't be kept, as gpt-5.6-sol is asked without max_tokens, so a call "
        "has no highest cost. Set max_tokens where it is missing, or limit the calls instead "
        "(--max-calls)."
    )

    elsewhere = asked("http://127.0.0.1:1/v1", max_tokens=5)
    with pytest.raises(InputError, match="as no price is known for some-model at"):
        starting.start(store, elsewhere, home=HOME, max_cost_usd=Decimal(1))
    assert store.runs() == []


@pytest.mark.parametrize(
    ("cost", "words"),
    [
        (exactly(Decimal(0)), "free"),
        (exactly(Decimal("0.0123")), "about $0.013"),
        (Cost(Decimal("0.5"), Decimal(2), "x"), "$0.50 to $2.00, as x"),
        (Cost(Decimal("0.5"), None, "x"), "$0.50 or more, as x"),
        (Cost(Decimal(0), None, "x"), "not known, as x"),
    ],
)
def test_a_cost_is_told_as_exactly_as_it_is_known(cost: Cost, words: str) -> None:
    assert in_words(cost) == words


def test_an_answer_costs_what_the_tier_that_gave_it_costs() -> None:
    experiment = priced(max_tokens=100)
    first = slot(experiment, Planned(1, 1, None), id=0)
    costing = Costing(environ={})

    def cost(tier: str | None, usage: Usage | None = None) -> Cost:
        used = Usage(1000, 500) if usage is None else usage
        return costing.of_answer(
            Sample(first, "Apple", "ok", "stop", "stop", used, service_tier=tier)
        )

    standard, priority = cost("default").usd, cost("priority").usd
    assert standard is not None
    assert priority is not None
    assert priority > standard == cost(None).usd
    assert cost("scale").why == "no price is known for gpt-4.1-mini with service_tier scale"
    assert cost("scale").at_most is None
    unknown = cost("priority", Usage()).at_most
    ordinary = cost("default", Usage()).at_most
    assert unknown is not None
    assert ordinary is not None
    assert unknown > ordinary


usd = some.integers(0, 10**9).map(lambda micro: Decimal(micro) / 10**6)


@given(
    least=usd,
    more=some.none() | usd,
    why=some.none() | some.just("one call has no reported usage"),
)
def test_a_cost_comes_back_from_its_document(
    least: Decimal, more: Decimal | None, why: str | None
) -> None:
    cost = Cost(least, None if more is None else least + more, why)
    fields = as_fields(cost)

    back = from_fields(fields)
    assert (back.at_least, back.at_most) == (cost.at_least, cost.at_most)
    assert (fields["cost_usd"] is None) == (cost.usd is None)
    assert ("cost_method" in fields) == bool(cost.at_least or cost.at_most)
    assert cost.usd is not None or fields["cost_why"] == why
    assert from_fields({}).usd is None

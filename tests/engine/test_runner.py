"""The runner: each slot gets its tries, each step is written first. On a clock of its own."""

from __future__ import annotations

import asyncio
import random
import threading

import pytest

from lib.domain.errors import (
    CallError,
    InputError,
    KeyRefused,
    RateLimited,
    Refused,
    StoreError,
    Transient,
    Unreadable,
)
from lib.domain.vocabulary import Reply, Request, Sample, Slot
from lib.engine import runner
from lib.engine.gate import TRIES, Gate
from lib.engine.runner import LARGE, read
from tests.engine.making import ListLedger, Outcome, PlayedProvider, gate, slot, slots
from tests.engine.time_travel import play

BUSY = Transient("Overloaded.", code="overloaded")


def carried(
    planned: list[Slot],
    outcome: Outcome,
    *,
    at_once: int = 8,
    through: Gate | None = None,
    ledger: ListLedger | None = None,
) -> tuple[PlayedProvider, ListLedger, float]:
    """Run it, and return whom it asked, what it wrote, and how long it would have taken."""
    provider = PlayedProvider(outcome, at_once=at_once)
    written = ledger or ListLedger()

    async def story() -> None:
        it = through or gate(at_once)
        await runner.run(planned, provider=provider, ledger=written, gate=it, at_once=at_once)

    _, seconds = play(story())
    return provider, written, seconds


def apple(slot: Slot, call: int) -> str:
    return "Apple"


def test_every_slot_is_asked_once_if_all_goes_well() -> None:
    planned = slots(20, 3)

    provider, ledger, _ = carried(planned, apple)

    assert sorted(name for _, name in provider.sent) == sorted(each.name for each in planned)
    assert ledger.samples.keys() == {each.name for each in planned}


def test_a_call_is_written_before_it_is_made_and_its_bytes_before_their_meaning() -> None:
    planned = slots(4)

    _, ledger, _ = carried(planned, apple)

    assert [ledger.of(each) for each in planned] == [["begin", "keep", "accept"]] * 4


def test_each_try_has_its_entries_and_the_bytes_of_what_could_not_be_read_are_kept() -> None:
    def outcome(slot: Slot, call: int) -> CallError | str:
        return {1: BUSY, 2: RateLimited("Slow down.")}.get(call) or "Apple"

    def unreadable(slot: Slot, call: int) -> Exception | str:
        return ValueError("a fault of ours") if call == 1 else "Apple"

    _, ledger, _ = carried([slot()], outcome)
    assert ledger.of(slot()) == ["begin", "fail", "begin", "fail", "begin", "keep", "accept"]
    _, ledger, _ = carried([slot()], unreadable)
    assert ledger.of(slot()) == ["begin", "keep", "fail", "begin", "keep", "accept"]


@pytest.mark.parametrize("at_once", [1, 3, 8])
def test_never_more_than_so_many_are_under_way(at_once: int) -> None:
    draw = random.Random(at_once)

    def outcome(slot: Slot, call: int) -> CallError | str:
        return "Apple" if draw.random() < 0.7 else BUSY

    provider, ledger, _ = carried(slots(40), outcome, at_once=at_once)

    assert provider.most_in_flight == at_once
    assert len(ledger.samples) == 40


def test_calls_fill_the_time_that_they_may_have() -> None:
    _, _, seconds = carried(slots(81), apple, at_once=8)

    # The first one alone, then ten rounds of eight; a call takes 0.1 s and two commits.
    assert seconds == pytest.approx(11 * 0.102, abs=0.01)


def test_a_slot_that_has_used_up_its_tries_is_final_and_the_others_go_on() -> None:
    def outcome(slot: Slot, call: int) -> CallError | str:
        return Unreadable("Odd.") if slot.repeat == 2 else "Apple"

    _, ledger, _ = carried(slots(10), outcome, at_once=1)

    assert ledger.final == ["1.2"]
    assert len(ledger.samples) == 9
    assert ledger.errors[-1][1].says == "Odd."


def test_a_refused_configuration_costs_one_call_and_the_others_are_asked() -> None:
    def outcome(slot: Slot, call: int) -> CallError | str:
        return Refused("No.") if slot.number == 2 else "Apple"

    provider, ledger, _ = carried(slots(20, 3), outcome)

    assert provider.calls([each for each in slots(20, 3) if each.number == 2]) == 1
    assert len(ledger.samples) == 40


def test_a_refused_key_costs_no_more_calls_than_were_under_way() -> None:
    provider, ledger, _ = carried(slots(20, 10), lambda slot, call: KeyRefused("No."))

    assert provider.calls() <= 8
    assert ledger.final == []  # no fault of any slot


def test_an_endpoint_that_never_answers_ends_with_few_calls() -> None:
    provider, _, seconds = carried(slots(1000), lambda slot, call: BUSY)

    assert provider.calls() <= 8 * TRIES
    assert seconds < 60


def test_of_a_thousand_slots_none_is_lost_if_one_call_in_three_is() -> None:
    draw = random.Random(5)
    bad: list[CallError] = [BUSY, RateLimited("."), Unreadable("Cut."), Transient(".")]

    def outcome(slot: Slot, call: int) -> CallError | str:
        return draw.choice(bad) if draw.random() < 0.3 else "Apple"

    provider, ledger, _ = carried(slots(1000), outcome, at_once=20)

    assert len(ledger.samples) == 1000
    assert ledger.final == []
    assert provider.calls() == len(ledger.errors) + 1000


def test_of_calls_that_are_limited_at_random_about_every_other_one_is_answered() -> None:
    draw = random.Random(5)

    def outcome(slot: Slot, call: int) -> CallError | str:
        limited = RateLimited("Slow down.", retry_after_s=2)
        return limited if draw.random() < 0.5 else "Apple"

    provider, ledger, _ = carried(slots(200), outcome)

    assert len(ledger.samples) == 200
    assert provider.calls() <= 2.2 * 200


def test_under_a_real_limit_about_every_other_call_is_answered() -> None:
    tokens = {"left": 3.0, "at": 0.0}

    def outcome(slot: Slot, call: int) -> CallError | str:
        at = asyncio.get_running_loop().time()
        tokens["left"] = min(3.0, tokens["left"] + (at - tokens["at"]) * 2)  # two calls a second
        tokens["at"] = at
        if tokens["left"] < 1:
            return RateLimited("Slow down.", retry_after_s=0.5)
        tokens["left"] -= 1
        return "Apple"

    provider, ledger, seconds = carried(slots(100), outcome, at_once=50)

    assert len(ledger.samples) == 100
    assert provider.calls() <= 2 * 50 + 2.5 * 100  # until it has found the limit, and then
    assert seconds <= 1.5 * 100 / 2


def test_what_a_plan_of_an_earlier_version_can_not_send_any_more_ends_its_configuration() -> None:
    class Stricter(PlayedProvider):
        def build(self, slot: Slot, /) -> Request:
            if slot.number == 1:
                raise InputError("temperature is 3, but at most 2 is taken.")
            return super().build(slot)

    provider, ledger, it = Stricter(apple), ListLedger(), gate()

    async def story() -> None:
        await runner.run(slots(5, 2), provider=provider, ledger=ledger, gate=it, at_once=8)

    play(story())
    assert {name for name in ledger.samples} == {f"2.{n}" for n in range(1, 6)}
    assert it.ended[1].says == "temperature is 3, but at most 2 is taken."
    assert it.ended[1].code == "refused_setting"


def test_a_fault_of_the_reader_costs_one_reply_and_says_so() -> None:
    def outcome(slot: Slot, call: int) -> Exception | str:
        return KeyError("a secret") if slot.repeat == 3 else "Apple"

    _, ledger, _ = carried(slots(6), outcome)

    assert len(ledger.samples) == 5
    assert {str(error) for _, error in ledger.errors} == {
        "The lab failed to read this answer: a fault of its own (KeyError). "
        "Its bytes are kept. Please report it."
    }


class _Full(ListLedger):
    """A store whose disk is full after some answers."""

    async def accept(self, attempt: int, sample: Sample) -> None:
        await super().accept(attempt, sample)
        if len(self.samples) > 5:
            raise StoreError("The disk is full.")


def test_no_call_is_made_once_the_store_has_failed() -> None:
    ledger = _Full()

    with pytest.raises(ExceptionGroup) as raised:
        carried(slots(500), apple, ledger=ledger)

    assert raised.group_contains(StoreError, match="The disk is full.")
    assert len([step for step, _ in ledger.steps if step == "begin"]) <= 6 + 8


def test_a_call_that_is_cancelled_stays_as_begun() -> None:
    provider, ledger = PlayedProvider(apple, seconds=1000), ListLedger()

    async def story() -> None:
        work = asyncio.create_task(
            runner.run(slots(5), provider=provider, ledger=ledger, gate=gate(), at_once=8)
        )
        await asyncio.sleep(10)
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work

    play(story())
    assert ledger.steps == [("begin", "1.1")]
    assert provider.in_flight == 0


def test_after_a_stop_nothing_is_built_for_what_is_left() -> None:
    built: list[str] = []

    class Counting(PlayedProvider):
        def build(self, slot: Slot, /) -> Request:
            built.append(slot.name)
            return super().build(slot)

    provider, it = Counting(apple), gate()

    async def story() -> None:
        work = asyncio.create_task(
            runner.run(slots(10_000), provider=provider, ledger=ListLedger(), gate=it, at_once=8)
        )
        await asyncio.sleep(1)
        it.stop()
        await work

    play(story())
    assert len(built) <= 100
    assert provider.calls() <= len(built)


@pytest.mark.parametrize("seed", range(8))
def test_whatever_happens_each_slot_has_one_answer_or_none_and_its_tries_in_order(
    seed: int,
) -> None:
    draw = random.Random(seed)
    outcomes: list[CallError | str] = [
        "Apple",
        BUSY,
        RateLimited("."),
        Unreadable("."),
        Unreadable(".", code="too_large"),
        CallError("."),
    ]

    def outcome(slot: Slot, call: int) -> CallError | str:
        return draw.choice(outcomes)

    planned, it = slots(30, 2), gate()
    _, ledger, _ = carried(planned, outcome, at_once=draw.randint(1, 12), through=it)

    for each in planned:
        steps = ledger.of(each)
        assert steps.count("begin") == steps.count("accept") + steps.count("fail")
        assert steps.count("accept") == (each.name in ledger.samples) <= 1
        assert "accept" not in steps[:-1]
        if each.number not in it.ended:
            assert (each.name in ledger.samples) != (each.name in ledger.final)


@pytest.mark.parametrize(("size", "elsewhere"), [(LARGE, False), (LARGE + 1, True)])
def test_a_large_reply_is_read_beside_the_loop(size: int, elsewhere: bool) -> None:
    threads: list[int] = []

    def reader(slot: Slot, reply: Reply) -> Sample:
        threads.append(threading.get_ident())
        return Sample(slot, "", "ok", "stop", "stop")

    asyncio.run(read(reader, slots(1)[0], Reply(200, {}, b" " * size, 0.1)))

    assert (threads != [threading.get_ident()]) is elsewhere

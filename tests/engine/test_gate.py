"""When a call may go, and what a failure rules out: on a clock of the test's own."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from lib.domain.errors import CallError, KeyRefused, RateLimited, Refused, Transient, Unreadable
from lib.domain.vocabulary import Slot
from lib.engine.allowance import Allowance
from lib.engine.gate import (
    IN_A_ROW,
    MOST_FAILURES,
    PATIENCE_S,
    TRIES,
    TRIES_WHERE_ANSWERED,
    Gate,
    longest_wait_s,
)
from tests.engine.making import gate, slot, slots
from tests.engine.time_travel import now, play

BUSY = Transient("Overloaded.", code="overloaded")
LOST = Transient("Lost.", code="connection")
SLOW = Transient("Slow.", code="timeout")
LIMIT = RateLimited("Slow down.")
CUT = Unreadable("Cut.")
LEAVE_IT = CallError("Overloaded, and not to be tried again.", code="overloaded")
LARGE = Unreadable("Large.", code="too_large")
WEB_PAGE = Unreadable("A web page.", wrong_place=True)
REFUSED = Refused("No.", code="refused_setting")
BAD_KEY = KeyRefused("Bad key.", code="bad_key")


def wait(seconds: float) -> Transient:
    error = Transient("Later.", code="overloaded")
    error.retry_after_s = seconds
    return error


@pytest.mark.parametrize(
    ("failures", "longest"),
    [
        ([], 0.0),
        ([BUSY], 1.0),
        ([BUSY, LOST], 2.0),
        ([BUSY, LOST, SLOW], 4.0),
        ([BUSY] * 4, 8.0),
        ([BUSY] * 5, None),
        ([wait(7)], 7.0),
        ([BUSY, BUSY, wait(1)], 4.0),
        ([LIMIT], 0.0),  # the gate pauses everyone instead
        ([LIMIT] * 49, 0.0),
        ([LIMIT] * 50, None),
        ([*[LIMIT] * 30, BUSY], 1.0),
        ([LIMIT, *[BUSY] * 5], None),
        ([CUT], 1.0),
        ([CUT, CUT], 1.0),
        ([CUT, CUT, CUT], None),
        ([BUSY, CUT, BUSY, CUT], 1.0),
        ([CUT, CUT, BUSY, CUT], None),
        ([WEB_PAGE], 1.0),
        ([LARGE], None),
        ([BUSY, LARGE], None),
        ([REFUSED], None),
        ([BAD_KEY], None),
        ([CallError("Of no known class.")], None),
    ],
)
def test_the_retry_rule(failures: list[CallError], longest: float | None) -> None:
    assert longest_wait_s(failures) == longest


def test_waits_grow_to_half_a_minute_and_no_further() -> None:
    waits = [longest_wait_s([BUSY] * n, tries=10) for n in range(1, 11)]

    assert waits == [1, 2, 4, 8, 16, 30, 30, 30, 30, None]


async def passes(gate: Gate, slot: Slot, failures: list[CallError] | None = None) -> float | None:
    """When a call for this slot was let go; `None`: never."""
    return now() if await gate.admit(slot, failures or []) else None


def fail(gate: Gate, slot: Slot, *failures: CallError) -> bool:
    return gate.failed(slot, list(failures))


@pytest.mark.parametrize("drawn", [0.0, 0.25, 4.0])
def test_a_slots_next_try_comes_at_a_moment_drawn_from_its_wait(drawn: float) -> None:
    async def story() -> float | None:
        it = gate(jitter=lambda low, high: min(max(low, drawn), high))
        return await passes(it, slot(), [BUSY, BUSY, BUSY])

    assert play(story())[0] == pytest.approx(drawn)


def test_a_wait_that_the_endpoint_names_is_never_cut_short() -> None:
    async def story() -> float | None:
        return await passes(gate(jitter=lambda low, high: low), slot(), [wait(3)])

    assert play(story())[0] == pytest.approx(3)


def test_a_configurations_first_call_goes_alone() -> None:
    async def story() -> None:
        it = gate()
        first, second, other = slot(1, 1), slot(1, 2), slot(2, 1)
        assert await it.admit(first, [])
        waiting = asyncio.create_task(it.admit(second, []))
        assert await it.admit(other, [])  # a configuration waits for its own first call only
        await asyncio.sleep(100)
        assert not waiting.done()

        it.answered(first)

        assert await waiting
        assert await it.admit(slot(1, 3), [])

    play(story())


def test_if_the_first_call_fails_in_passing_another_one_goes_alone() -> None:
    async def story() -> None:
        it = gate()
        assert await it.admit(slot(1, 1), [])
        waiting = [asyncio.create_task(it.admit(slot(1, n), [])) for n in (2, 3)]
        fail(it, slot(1, 1), BUSY)
        await asyncio.sleep(1)
        assert [each.done() for each in waiting] == [True, False]
        it.stop()
        await asyncio.wait(waiting)

    play(story())


@pytest.mark.parametrize("how", ["proven", "embedded"])
def test_no_call_goes_alone_where_a_refusal_is_not_to_be_feared(how: str) -> None:
    async def story() -> None:
        it = gate(careful=how != "embedded")
        if how == "proven":
            it.prove([1])
        for each in slots(8):
            assert await it.admit(each, [])

    assert play(story())[1] == 0


def test_a_refusal_ends_its_configuration_and_no_other() -> None:
    async def story() -> None:
        it = gate()
        assert await it.admit(slot(1, 1), [])
        waiting = asyncio.create_task(it.admit(slot(1, 2), []))

        assert fail(it, slot(1, 1), REFUSED)

        assert not await waiting
        assert not await it.admit(slot(1, 3), [])
        assert await it.admit(slot(2, 1), [])
        assert it.ended == {1: REFUSED}

    play(story())


def test_a_refused_key_ends_all_and_costs_no_slot_its_tries() -> None:
    async def story() -> None:
        it = gate()
        assert await it.admit(slot(1), [])
        assert await it.admit(slot(2), [])

        assert not fail(it, slot(1), BAD_KEY)

        assert not await it.admit(slot(2, 2), [])
        assert not await it.admit(slot(3), [])
        assert it.key_refused is BAD_KEY

    play(story())


def test_a_rate_limit_pauses_every_call() -> None:
    async def story() -> list[float | None]:
        it = gate()
        it.prove([1, 2])
        assert await it.admit(slot(1), [])
        fail(it, slot(1), rate_limit(5))
        return [await passes(it, slot(2)), await passes(it, slot(1), [LIMIT])]

    times, _ = play(story())
    assert times == [pytest.approx(5.5)] * 2  # with its jitter of up to a tenth


def rate_limit(seconds: float) -> RateLimited:
    return RateLimited("Slow down.", retry_after_s=seconds)


def test_a_burst_of_rate_limits_is_one_reason_to_slow_down() -> None:
    async def story() -> list[float]:
        told: list[float] = []
        it = gate(on_pause=told.append)
        it.prove([1])
        for each in slots(8):
            assert await it.admit(each, [])
        for each in slots(8):
            fail(it, each, LIMIT)
        assert await it.admit(slot(), [LIMIT])
        assert now() == pytest.approx(1)
        fail(it, slot(), LIMIT, LIMIT)
        assert await it.admit(slot(), [LIMIT, LIMIT])
        assert now() == pytest.approx(1 + 2)  # the second reason
        return told

    assert play(story())[0] == [pytest.approx(1), pytest.approx(2)]


def test_an_answer_makes_the_next_pause_short_again() -> None:
    async def story() -> float:
        it = gate()
        for failures in ([LIMIT], [LIMIT] * 2, [LIMIT] * 3):
            assert await it.admit(slot(), failures[1:])
            it.failed(slot(), failures)
        assert await it.admit(slot(), [LIMIT] * 3)
        it.answered(slot())
        assert await it.admit(slot(1, 2), [])
        began = now()
        fail(it, slot(1, 2), LIMIT)
        assert await it.admit(slot(1, 2), [LIMIT])
        return now() - began

    assert play(story())[0] == pytest.approx(1)


def test_if_a_named_wait_has_not_been_enough_the_next_one_is_longer() -> None:
    async def story() -> float:
        it = gate()
        for n in range(6):
            assert await it.admit(slot(), [LIMIT] * n)
            it.failed(slot(), [*[LIMIT] * n, rate_limit(0.001)])
        assert await it.admit(slot(), [LIMIT] * 6)
        return now()

    assert play(story())[0] > 30


def test_half_as_many_go_at_once_after_a_rate_limit_and_one_more_with_each_answer() -> None:
    async def story() -> None:
        it = gate(at_once=8)
        it.prove([1])
        every = slots(20)
        for each in every[:8]:
            assert await it.admit(each, [])
        for each in every[:8]:
            fail(it, each, LIMIT)

        going = [asyncio.create_task(it.admit(each, [])) for each in every[8:]]
        await asyncio.sleep(10)
        assert sum(each.done() for each in going) == 4
        it.answered(every[8])
        await asyncio.sleep(10)
        assert sum(each.done() for each in going) == 4 + 2
        it.stop()
        await asyncio.wait(going)

    play(story())


@pytest.mark.parametrize("error", [rate_limit(121), rate_limit(1e300), wait(3600)])
def test_an_endpoint_that_asks_for_a_long_wait_is_parked(error: Transient) -> None:
    async def story() -> datetime | None:
        it = gate()
        assert await it.admit(slot(), [])
        waiting = asyncio.create_task(it.admit(slot(1, 2), []))

        assert not fail(it, slot(), error)

        assert not await waiting
        assert now() == 0
        return it.parked_until

    until, _ = play(story())
    assert until is not None
    wanted = min(error.retry_after_s, 366 * 86_400)
    assert until - datetime.now(UTC) == pytest.approx(
        timedelta(seconds=wanted), abs=timedelta(seconds=5)
    )


def test_an_endpoint_that_only_ever_asks_to_slow_down_is_parked_after_a_while() -> None:
    async def story() -> float:
        it = gate()
        failures: list[CallError] = []
        while await it.admit(slot(), failures):
            failures.append(LIMIT)
            assert not it.failed(slot(), failures)
        assert it.parked_until is not None
        assert len(failures) < MOST_FAILURES
        return now()

    assert PATIENCE_S <= play(story())[0] <= PATIENCE_S + 60


@pytest.mark.parametrize("error", [LOST, SLOW, WEB_PAGE])
def test_nobody_there_three_times_in_a_row_ends_a_configuration(error: CallError) -> None:
    async def story() -> None:
        it = gate()
        for each in slots(IN_A_ROW):
            assert it.ended == {}
            assert await it.admit(each, [])
            assert not fail(it, each, error)
        assert it.ended == {1: error}
        assert not await it.admit(slot(1, 9), [])

    play(story())


def test_nobody_there_any_more_is_bad_luck_at_first() -> None:
    async def story() -> None:
        it = gate()
        assert await it.admit(slot(1, 1), [])
        it.answered(slot(1, 1))
        for each in slots(8)[1:]:
            assert await it.admit(each, [])
            fail(it, each, LOST)
        assert it.ended == {}

    play(story())


def test_a_resumed_run_whose_server_is_off_ends_soon() -> None:
    async def story() -> None:
        it = gate()
        it.prove([1])  # it was answered yesterday
        for each in slots(IN_A_ROW):
            assert await it.admit(each, [])
            fail(it, each, LOST)
        assert it.ended == {1: LOST}

    play(story())


def test_other_failures_end_a_configuration_when_three_slots_in_a_row_have_tried_in_vain() -> None:
    async def story() -> None:
        it = gate()
        for each in slots(IN_A_ROW):
            assert it.ended == {}
            assert fail(it, each, *[BUSY] * TRIES)
        assert it.ended == {1: BUSY}

    play(story())


def test_so_do_three_in_a_row_of_which_the_endpoint_says_not_to_try_them_again() -> None:
    async def story() -> None:
        it = gate()
        for each in slots(IN_A_ROW):
            assert it.ended == {}
            assert fail(it, each, LEAVE_IT)
        assert it.ended == {1: LEAVE_IT}

    play(story())


def test_what_can_not_be_read_is_an_outcome_and_ends_nothing() -> None:
    async def story() -> None:
        it = gate()
        for each in slots(10):
            assert fail(it, each, CUT, CUT, CUT)
        assert it.ended == {}

    play(story())


def test_where_calls_are_answered_a_slot_has_more_tries() -> None:
    async def story() -> None:
        it = gate()
        assert await it.admit(slot(1, 1), [])
        it.answered(slot(1, 1))
        assert await it.admit(slot(1, 2), [BUSY] * TRIES)
        assert not fail(it, slot(1, 2), *[BUSY] * (TRIES_WHERE_ANSWERED - 1))
        assert await it.admit(slot(1, 2), [BUSY] * (TRIES_WHERE_ANSWERED - 1))
        assert fail(it, slot(1, 2), *[BUSY] * TRIES_WHERE_ANSWERED)
        assert not await it.admit(slot(1, 2), [BUSY] * TRIES_WHERE_ANSWERED)

    play(story())


def test_the_budget_is_never_exceeded_however_many_ask_at_once() -> None:
    async def story() -> tuple[int, bool]:
        it = gate(at_once=50, budget=10, careful=False)
        admitted = await asyncio.gather(*(it.admit(each, []) for each in slots(50)))
        return sum(admitted), it.allowance.spent

    assert play(story())[0] == (10, True)


def test_a_budget_that_is_just_enough_is_not_spent() -> None:
    async def story() -> bool:
        it = gate(budget=3, careful=False)
        for each in slots(3):
            assert await it.admit(each, [])
            it.answered(each)
        return it.allowance.spent

    assert not play(story())[0]


def test_a_spent_budget_ends_the_waits_of_all_endpoints() -> None:
    async def story() -> float:
        allowance = Allowance(8, 1)
        one, other = gate(allowance=allowance), gate(allowance=allowance)
        waiting = asyncio.create_task(one.admit(slot(), [wait(100)]))
        await asyncio.sleep(1)
        assert await other.admit(slot(2), [])
        other.answered(slot(2))
        assert not await other.admit(slot(2, 2), [])
        assert not await waiting
        return now()

    assert play(story())[0] == pytest.approx(1)


def test_calls_at_once_are_counted_over_all_endpoints() -> None:
    async def story() -> None:
        allowance = Allowance(3)
        gates = [gate(allowance=allowance, careful=False) for _ in range(2)]
        going = [asyncio.create_task(each.admit(one, [])) for one in slots(3) for each in gates]
        await asyncio.sleep(1)
        assert sum(each.done() for each in going) == 3
        gates[0].answered(slot(1, 1))
        await asyncio.sleep(1)
        assert sum(each.done() for each in going) == 4
        for each in gates:
            each.stop()
        await asyncio.wait(going)

    play(story())


def test_a_stop_ends_every_wait_at_once() -> None:
    async def story() -> float:
        it = gate()
        it.prove([1])
        assert await it.admit(slot(1, 1), [])
        fail(it, slot(1, 1), rate_limit(100))
        waiting = [asyncio.create_task(it.admit(each, [])) for each in slots(4)]
        await asyncio.sleep(2)
        it.stop()
        assert not any(await asyncio.gather(*waiting))
        return now()

    assert play(story())[0] == pytest.approx(2)

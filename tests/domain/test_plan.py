"""Plans: every call before any call, interleaved, with a seed of its own on the embedded model."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from lib.domain.configuration import Configuration, Endpoint
from lib.domain.cost import ZERO, Unknown
from lib.domain.experiment import Experiment
from lib.domain.message import Message
from lib.domain.plan import plan, size
from lib.domain.settings import Settings

ELSEWHERE = Endpoint(name="mine", base_url="http://127.0.0.1:9/v1")


def asked(columns: int, repeats: int, **changes: object) -> Experiment:
    return Experiment(
        messages=(Message("user", "Hi"),),
        configurations=tuple(
            replace(Configuration(name=str(number)), **changes)  # type: ignore[arg-type]
            for number in range(columns)
        ),
        repeats=repeats,
    )


@given(st.integers(1, 6), st.integers(1, 12), st.integers(0, 2**32))
def test_each_round_holds_each_configuration_once(columns: int, repeats: int, seed: int) -> None:
    planned = plan(asked(columns, repeats), shuffle_seed=seed, draw_seed=random.randrange)

    rounds = [planned[i : i + columns] for i in range(0, len(planned), columns)]
    assert [{p.repeat for p in each} for each in rounds] == [{r + 1} for r in range(repeats)]
    assert all(sorted(p.number for p in each) == list(range(1, columns + 1)) for each in rounds)


def test_the_order_within_rounds_is_shuffled_and_can_be_had_again() -> None:
    first, again, other = (
        [p.number for p in plan(asked(5, 20), shuffle_seed=seed, draw_seed=random.randrange)]
        for seed in (1, 1, 2)
    )

    assert first == again != other
    assert len({tuple(first[i : i + 5]) for i in range(0, 100, 5)}) > 10


def test_more_rounds_leave_the_order_of_the_first_ones_as_it_was() -> None:
    short = plan(asked(4, 5), shuffle_seed=7, draw_seed=random.randrange)
    long = plan(asked(4, 9), shuffle_seed=7, draw_seed=random.randrange)
    rest = plan(asked(4, 9), after=5, shuffle_seed=7, draw_seed=random.randrange)

    def order(planned: tuple[object, ...]) -> list[tuple[int, int]]:
        return [(p.number, p.repeat) for p in planned]  # type: ignore[attr-defined]

    assert order(long) == order(short) + order(rest)


def test_every_call_of_the_embedded_model_has_a_seed_of_its_own() -> None:
    planned = plan(asked(4, 50), shuffle_seed=1, draw_seed=random.randrange)

    assert len({p.seed for p in planned}) == 200


def test_seeds_stay_different_when_the_source_repeats_itself() -> None:
    numbers = iter([5, 5, 5, 6, 5, 7])

    planned = plan(asked(1, 3), shuffle_seed=1, draw_seed=lambda _: next(numbers))

    assert [p.seed for p in planned] == [5, 6, 7]


def test_a_seed_that_the_user_set_and_other_endpoints_get_none() -> None:
    fixed = plan(asked(1, 3, settings=Settings(seed=7)), shuffle_seed=1, draw_seed=random.randrange)
    other = plan(asked(1, 3, endpoint=ELSEWHERE), shuffle_seed=1, draw_seed=random.randrange)

    assert Counter(p.seed for p in (*fixed, *other)) == {None: 6}


def test_the_worst_case_is_known_only_where_every_column_has_a_limit() -> None:
    limited = size(asked(2, 10, settings=Settings(max_tokens=60)), [ZERO, ZERO])
    unlimited = size(asked(2, 10), [ZERO, ZERO])

    assert (limited.calls, limited.output_tokens, limited.cost_usd) == (20, 1200, 0.0)
    assert limited.cost_in_words == "free"
    assert unlimited.output_tokens is None


def test_a_price_that_nobody_knows_is_not_zero() -> None:
    unknown = Unknown("no price is known for m")
    elsewhere = size(
        asked(2, 1, endpoint=ELSEWHERE, model="m"), [Decimal(1), unknown], basis="list"
    )

    assert (elsewhere.cost_usd, elsewhere.why_no_cost) == (None, "no price is known for m")
    assert elsewhere.cost_in_words == "cost not known: no price is known for m"


def test_the_worst_case_is_that_of_every_call_and_says_what_it_is_estimated_from() -> None:
    planned = size(asked(2, 10), [Decimal("0.001"), Decimal("0.0025")], basis="prices of May")

    assert planned.cost_usd == 0.035
    assert planned.cost_in_words == "at most $0.035 (estimate, prices of May)"

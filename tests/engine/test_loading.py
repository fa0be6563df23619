"""A run out of the store, as it is needed to go on with it."""

from __future__ import annotations

from datetime import date

from lib.domain.cost import Unknown
from lib.domain.vocabulary import Slot
from lib.engine import starting
from lib.engine.costing import Costing
from lib.engine.loading import load
from lib.providers.prices import Price
from lib.store import Store
from tests.engine.carried import HOME, asked


class Watched(Costing):
    """Prices, and whose were asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[int] = []

    def price(self, slot: Slot, day: date | None = None) -> Price | Unknown:
        self.asked.append(slot.number)
        return super().price(slot, day)


def test_prices_are_looked_up_before_the_first_call_is_made(store: Store) -> None:
    """The list takes a quarter of a second to import: not in the loop in which calls are made."""
    costing = Watched()
    experiment = asked("http://127.0.0.1:9/v1", "http://127.0.0.1:9/v1", repeats=3)

    with starting.start(store, experiment, home=HOME) as held:
        load(store, held.run_id, costing=costing)

    assert sorted(costing.asked) == [1, 2]

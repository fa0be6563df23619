"""What a run costs: the price of each of its configurations, and what a call may cost at worst.

Rule: what may have been billed counts. A call whose usage is missing counts at its worst case, and
so does one that was lost on its way, as soon as there is a budget to keep.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal

from lib.domain import plan
from lib.domain.cost import NOTHING, ZERO, Cost, Unknown, exactly, in_dollars, somewhere_below
from lib.domain.errors import CallError, InputError
from lib.domain.experiment import Experiment
from lib.domain.plan import Planned, Size, slot
from lib.domain.vocabulary import Sample, Slot
from lib.providers import registry
from lib.providers.prices import Price, basis, price_of

NOT_REPORTED = "an answer's usage was not reported, or can't be true"
MAYBE_BILLED = "a call without an answer may have been billed"


def today() -> date:
    """By which day's list a call is priced."""
    return datetime.now(UTC).date()


class Costing:
    """The prices of one run. It asks the price list once for each configuration and day."""

    def __init__(
        self, *, environ: Mapping[str, str] = os.environ, day: Callable[[], date] = today
    ) -> None:
        self._environ, self._day = environ, day
        self._prices: dict[tuple[int, date], Price | Unknown] = {}
        self._worst: dict[tuple[int, date], Decimal | Unknown] = {}

    def price(self, slot: Slot, day: date | None = None) -> Price | Unknown:
        """Of the slot's configuration, today or on another day."""
        key = slot.number, day or self._day()
        if key not in self._prices:
            self._prices[key] = price_of(slot.configuration, day=key[1], environ=self._environ)
        return self._prices[key]

    def worst(self, slot: Slot, day: date | None = None) -> Decimal | Unknown:
        """What a call for this slot costs at most: the same for all repeats of a configuration."""
        key = slot.number, day or self._day()
        if key not in self._worst:
            self._worst[key] = _worst(self.price(slot, key[1]), slot)
        return self._worst[key]

    def of_answer(self, sample: Sample, day: date | None = None) -> Cost:
        """What a call that was answered has cost."""
        price = self.price(sample.slot, day)
        if isinstance(price, Unknown):
            return Cost(ZERO, None, price.why)
        paid = price.answered_as(sample.service_tier)
        if isinstance(paid, Unknown):
            return Cost(ZERO, None, paid.why)
        usd = paid.of(sample.usage)
        if usd is not None:
            return exactly(usd)
        worst = self.worst(sample.slot, day)
        if paid != price and not isinstance(worst, Unknown):
            also = _worst(paid, sample.slot)
            worst = also if isinstance(also, Unknown) else max(worst, also)
        return somewhere_below(worst, NOT_REPORTED)

    def of_failure(self, slot: Slot, error: CallError, day: date | None = None) -> Cost:
        """What a call without an answer may have cost."""
        if not error.maybe_billed:
            return NOTHING
        return somewhere_below(self.worst(slot, day), MAYBE_BILLED)


def _worst(price: Price | Unknown, slot: Slot) -> Decimal | Unknown:
    if isinstance(price, Unknown) or price.seller is None:
        return price if isinstance(price, Unknown) else ZERO
    try:
        request = registry.dialect(slot.configuration.endpoint).build(slot)
    except InputError as error:
        return Unknown(error.says)
    return price.worst(request)


def size(experiment: Experiment, *, environ: Mapping[str, str] = os.environ) -> Size:
    """What a plan asks for, and what that costs at worst."""
    worst = [each for _, each in _worst_cases(experiment, environ)]
    priced = any(isinstance(each, Decimal) and each for each in worst)
    return plan.size(experiment, worst, basis=basis() if priced else None)


def check_budget(
    experiment: Experiment, max_cost_usd: Decimal | None, *, environ: Mapping[str, str] = os.environ
) -> None:
    """Refuse a budget in money that couldn't be kept.

    Raises:
        InputError: with a line for each configuration whose calls have no known worst case.
    """
    if max_cost_usd is None:
        return
    if problems := [
        f"{name}: a budget in USD can't be kept, as {worst.why}."
        for name, worst in _worst_cases(experiment, environ)
        if isinstance(worst, Unknown)
    ]:
        fix = "Set max_tokens where it is missing, or limit the calls instead (--max-calls)."
        raise InputError("\n".join(problems), fix)


def _worst_cases(
    experiment: Experiment, environ: Mapping[str, str]
) -> Iterator[tuple[str, Decimal | Unknown]]:
    costing = Costing(environ=environ)
    for number, configuration in enumerate(experiment.configurations, start=1):
        first = slot(experiment, Planned(number, 1, None), id=0)
        yield configuration.name, costing.worst(first)


def amount(cost: Cost) -> str:
    """What has been spent, in a word or three: never more exact than it is known."""
    if cost.usd is not None:
        return "free" if cost.usd == ZERO else f"about {in_dollars(cost.usd)}"
    if cost.at_most is not None:
        return f"{in_dollars(cost.at_least)} to {in_dollars(cost.at_most)}"
    return f"{in_dollars(cost.at_least)} or more" if cost.at_least else "not known"


def in_words(cost: Cost) -> str:
    """What has been spent, and why that isn't known better."""
    return amount(cost) if cost.why is None else f"{amount(cost)}, as {cost.why}"


def told(cost: Cost) -> str | None:
    """What a run has cost, as a line beside its results; `None` where nothing was spent."""
    if cost == NOTHING:
        return None
    known = f" (estimate, {basis()})" if cost.at_least or cost.at_most else ""
    return f"Cost: {in_words(cost)}{known}."

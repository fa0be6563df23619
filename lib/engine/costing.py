"""What a run costs: the price of each of its configurations, and what a call may cost at worst.

Rule: what may have been billed counts. A call whose usage is missing counts at its worst case, and
so does one that was lost on its way, as soon as there is a budget to keep.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from lib.domain import plan
from lib.domain.cost import (
    NOTHING,
    UNPRICED,
    ZERO,
    Cost,
    Unknown,
    exactly,
    in_dollars,
    somewhere_below,
)
from lib.domain.errors import CallError, InputError
from lib.domain.experiment import Experiment
from lib.domain.plan import Planned, Size, slot
from lib.domain.vocabulary import Request, Sample, Slot
from lib.providers import registry
from lib.providers.prices import Price, basis, price_of

NOT_REPORTED = "an answer's usage was not reported, or can't be true"
MAYBE_BILLED = "a call without an answer may have been billed"


def today() -> date:
    """By which day's list a call is priced."""
    return datetime.now(UTC).date()


def request_of(slot: Slot) -> Request:
    """What a call for a slot sends.

    Raises:
        InputError: if it can't be sent.
    """
    return registry.dialect(slot.configuration.endpoint).build(slot)


class Costing:
    """The prices of one run. It asks the price list once for each configuration and day.

    Args:
        environ: where a vendor's base URL may have been replaced.
        day: by which day's list a call is priced.
        build: what a call sends, where that is more than its slot says.
    """

    def __init__(
        self,
        *,
        environ: Mapping[str, str] = os.environ,
        day: Callable[[], date] = today,
        build: Callable[[Slot], Request] = request_of,
    ) -> None:
        self._environ, self._day, self._build = environ, day, build
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
            self._worst[key] = self._highest(self.price(slot, key[1]), slot)
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
            also = self._highest(paid, sample.slot)
            worst = also if isinstance(also, Unknown) else max(worst, also)
        return somewhere_below(worst, NOT_REPORTED)

    def of_failure(self, slot: Slot, error: CallError, day: date | None = None) -> Cost:
        """What a call without an answer may have cost."""
        if not error.maybe_billed:
            return NOTHING
        return somewhere_below(self.worst(slot, day), MAYBE_BILLED)

    def _highest(self, price: Price | Unknown, slot: Slot) -> Decimal | Unknown:
        if isinstance(price, Unknown) or price.seller is None:
            return price if isinstance(price, Unknown) else ZERO
        try:
            request = self._build(slot)
        except InputError as error:
            return Unknown(error.says)
        return price.worst(request)


CostingMaker = Callable[..., Costing]


def size(experiment: Experiment, *, environ: Mapping[str, str] = os.environ) -> Size:
    """What a plan asks for, and what that costs at worst."""
    worst = [each for _, each in _worst_cases(experiment, Costing(environ=environ))]
    priced = any(isinstance(each, Decimal) and each for each in worst)
    return plan.size(experiment, worst, basis=basis() if priced else None)


def check_budget(
    experiment: Experiment,
    max_cost_usd: Decimal | None,
    *,
    environ: Mapping[str, str] = os.environ,
    costing: CostingMaker = Costing,
) -> None:
    """Refuse a budget in money that couldn't be kept.

    Args:
        experiment: what is to be asked.
        max_cost_usd: the budget; `None`: there is none.
        environ: where a vendor's base URL may have been replaced.
        costing: makes the prices.

    Raises:
        InputError: with a line for each configuration whose calls have no known worst case.
    """
    if max_cost_usd is None:
        return
    if problems := [
        f"{name}: a budget in USD can't be kept, as {worst.why}."
        for name, worst in _worst_cases(experiment, costing(environ=environ))
        if isinstance(worst, Unknown)
    ]:
        fix = "Set max_tokens where it is missing, or limit the calls instead (--max-calls)."
        raise InputError("\n".join(problems), fix)


def _worst_cases(
    experiment: Experiment, costing: Costing
) -> Iterator[tuple[str, Decimal | Unknown]]:
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


def as_fields(cost: Cost) -> dict[str, object]:
    """A cost in a document, under the names that all documents have for it.

    `cost_usd` is `None` where it is not known: then there is `cost_why`, and the two ends as far as
    they are known. Where anything of it is known, `cost_method` says that it is an estimate.
    """
    found: dict[str, object] = {"cost_usd": None if cost.usd is None else float(cost.usd)}
    if cost.usd is None:
        found["cost_at_least_usd"] = float(cost.at_least)
        found["cost_at_most_usd"] = None if cost.at_most is None else float(cost.at_most)
        found["cost_why"] = cost.why
    if cost.at_least or cost.at_most:
        found["cost_method"] = f"estimate, {basis()}"
    return found


def from_fields(document: Mapping[str, Any]) -> Cost:
    """The cost that `as_fields` was given; not known where a document has none."""
    match document:
        case {"cost_usd": int() | float() as usd}:
            return exactly(_decimal(usd))
        case {"cost_at_least_usd": int() | float() as least, "cost_at_most_usd": most}:
            highest = None if most is None else _decimal(most)
            return Cost(_decimal(least), highest, document.get("cost_why"))
        case _:
            return UNPRICED


def _decimal(number: float) -> Decimal:
    return Decimal(repr(number))


def told(cost: Cost) -> str | None:
    """What a run has cost, as a line beside its results; `None` where nothing was spent."""
    if cost == NOTHING:
        return None
    known = f" (estimate, {basis()})" if cost.at_least or cost.at_most else ""
    return f"Cost: {in_words(cost)}{known}."

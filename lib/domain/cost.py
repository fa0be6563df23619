"""What calls have cost: an estimate with a lower and an upper end, which add up."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Unknown:
    """Why a price, or a worst case, is not known."""

    why: str
    """As it goes on after "the cost is not known: "."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What calls have cost, in USD. Where it is known, both ends are equal."""

    at_least: Decimal = ZERO
    """Of those calls of which it is known."""
    at_most: Decimal | None = ZERO
    """With the others at their worst case; `None` where even that is not known."""
    why: str | None = None
    """Why the ends differ."""

    @property
    def usd(self) -> Decimal | None:
        """The cost, if it is known."""
        return self.at_least if self.at_most == self.at_least else None

    def __add__(self, other: Cost) -> Cost:
        known = self.at_most is not None and other.at_most is not None
        return Cost(
            self.at_least + other.at_least,
            (self.at_most or ZERO) + (other.at_most or ZERO) if known else None,
            self.why or other.why,
        )


NOTHING = Cost()
UNPRICED = Cost(ZERO, None, "no price is known")


def exactly(usd: Decimal) -> Cost:
    """A cost that is known."""
    return Cost(usd, usd)


def somewhere_below(worst: Decimal | Unknown, why: str) -> Cost:
    """A cost of which only the worst case is known, or not even that."""
    match worst:
        case Unknown():
            return Cost(ZERO, None, worst.why)
        case Decimal() if worst == ZERO:
            return NOTHING
        case _:
            return Cost(ZERO, worst, why)


def in_dollars(usd: Decimal | float) -> str:
    """An amount as people read it: cents, and two significant digits of what is less.

    Rounded up: what is told as a limit must not be less than it is.
    """
    amount = usd if isinstance(usd, Decimal) else Decimal(repr(usd))
    if amount == ZERO:
        return "$0"
    places = min(12, max(2, 1 - amount.adjusted()))
    return f"${amount.quantize(Decimal(1).scaleb(-places), rounding='ROUND_UP'):,f}"

"""A plan: every planned sample of an experiment, in order, before any call is made."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from lib.domain.cost import Unknown, in_dollars
from lib.domain.experiment import Experiment
from lib.domain.vocabulary import Slot

SEED_LIMIT = 2**32 - 1
"""llama.cpp reads this seed as "choose for me", so seeds are drawn below it."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A planned sample before it has a place in a store."""

    number: int
    """Of its configuration, from 1."""
    repeat: int
    """From 1."""
    seed: int | None
    """On the embedded model each has one of its own; elsewhere `None`."""


def plan(
    experiment: Experiment,
    *,
    after: int = 0,
    shuffle_seed: int,
    draw_seed: Callable[[int], int],
) -> tuple[Planned, ...]:
    """All planned samples, round by round, shuffled within a round.

    Interleaving keeps a drift of the endpoint over time from looking like an effect of a setting.

    Args:
        experiment: its `repeats` is the last round.
        after: rounds that are planned already: 0 for a new run.
        shuffle_seed: fixes the order; stored with the run.
        draw_seed: a random whole number below its argument, such as `secrets.randbelow`.
    """
    taken: set[int] = set()
    planned = []
    for repeat in range(after + 1, experiment.repeats + 1):
        numbers = list(range(1, len(experiment.configurations) + 1))
        # A generator for each round: a run that is extended keeps the order of its first rounds.
        random.Random(f"{shuffle_seed}/{repeat}").shuffle(numbers)
        for number in numbers:
            configuration = experiment.configurations[number - 1]
            own = configuration.endpoint.embedded and configuration.settings.seed is None
            planned.append(Planned(number, repeat, _fresh(taken, draw_seed) if own else None))
    return tuple(planned)


def _fresh(taken: set[int], draw_seed: Callable[[int], int]) -> int:
    while (seed := draw_seed(SEED_LIMIT)) in taken:
        pass
    taken.add(seed)
    return seed


def slot(experiment: Experiment, planned: Planned, *, id: int) -> Slot:
    """The slot that a planned sample is, once its store has given it an id."""
    configuration = experiment.configurations[planned.number - 1]
    return Slot(
        id=id,
        configuration=configuration,
        number=planned.number,
        messages=experiment.conversation(configuration),
        repeat=planned.repeat,
        seed=planned.seed,
    )


@dataclass(frozen=True, slots=True)
class Size:
    """How big a plan is, at worst."""

    calls: int
    input_tokens: int
    """About: characters / 4, as no tokenizer is asked."""
    output_tokens: int | None
    """At most; `None` where a configuration sets no `max_tokens`."""
    cost_usd: float | None
    """At most, if each planned sample takes one call; `None` where that is not known."""
    why_no_cost: str | None = None
    cost_basis: str | None = None
    """What the cost is an estimate from: the prices and their date."""

    @property
    def cost_in_words(self) -> str:
        """The cost, as the app and the shell say it."""
        if self.cost_usd is None:
            return f"cost not known: {self.why_no_cost}"
        if self.cost_usd == 0:
            return "free"
        return f"at most {in_dollars(self.cost_usd)} (estimate, {self.cost_basis})"


def size(
    experiment: Experiment, worst: Sequence[Decimal | Unknown], *, basis: str | None = None
) -> Size:
    """What a plan asks for, before it is made.

    Args:
        experiment: what is asked, and how often.
        worst: the most that a call of each configuration costs, in order.
        basis: what these amounts are estimated from.
    """
    tokens_in = sum(
        sum(len(message.content) for message in experiment.conversation(configuration)) // 4 + 8
        for configuration in experiment.configurations
    )
    limits = [configuration.settings.max_tokens for configuration in experiment.configurations]
    known = [limit for limit in limits if limit is not None]
    unknown = [each for each in worst if isinstance(each, Unknown)]
    cost = sum(each for each in worst if isinstance(each, Decimal)) * experiment.repeats
    return Size(
        calls=experiment.calls,
        input_tokens=tokens_in * experiment.repeats,
        output_tokens=sum(known) * experiment.repeats if len(known) == len(limits) else None,
        cost_usd=None if unknown else float(cost),
        why_no_cost=unknown[0].why if unknown else None,
        cost_basis=basis if cost and not unknown else None,
    )

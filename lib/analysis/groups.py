"""What one configuration brought: its samples, its failures, its outputs grouped."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from lib.analysis.normalise import normalised
from lib.analysis.proportions import wilson
from lib.analysis.surprisal import Surprisal
from lib.domain.configuration import LOCAL
from lib.domain.cost import UNPRICED, Cost
from lib.domain.errors import ErrorCode
from lib.domain.settings import Settings
from lib.domain.vocabulary import FinishReason, Sample

Describes = Literal["before_sampling", "after_sampling", "unknown"]
"""Which distribution an endpoint's log probabilities are of: the model's own at temperature 1, or
what is left of it after temperature, top_p and the like."""

ONE_SEED = "one seed for all calls: they are not independent draws"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """All that is known of one configuration's planned calls."""

    name: str
    planned: int
    """Calls that were to be made."""
    samples: tuple[Sample, ...]
    """Calls that brought an answer, whatever it is."""
    errors: Mapping[ErrorCode, int] = field(default_factory=dict)
    """Calls that ended without one, by why. `malformed` is one of these."""
    settings: Settings = field(default_factory=Settings)
    endpoint: str = LOCAL.name
    model: str = ""
    describes: Describes = "unknown"
    """What this endpoint's log probabilities are of."""
    failed_repeats: frozenset[int] = frozenset()
    """Repeats that ended without an answer, or will never be sent. Needed only while a run goes
    on: `complete_rounds` can't tell them from calls under way."""
    cost: Cost = UNPRICED
    """Of all attempts so far, also those that `complete_rounds` sets aside."""
    cost_basis: str | None = None
    """What the cost is estimated from: prices and their date."""
    set_aside: int = 0
    """Samples that `complete_rounds` left out."""
    surprisals: Mapping[str, Surprisal] = field(default_factory=dict)
    """Of the answers whose tokens were read, by `C.R`; other names may be among them."""

    def __post_init__(self) -> None:
        if self.not_sent < 0:
            raise ValueError(f"{self.name!r} has more calls than were planned")

    @property
    def not_sent(self) -> int:
        """Planned calls that were never made, or are under way."""
        return self.planned - len(self.samples) - sum(self.errors.values()) - self.set_aside

    @property
    def cost_usd(self) -> float | None:
        """What all attempts have cost, where that is known."""
        return None if self.cost.usd is None else float(self.cost.usd)

    @property
    def texts(self) -> tuple[Sample, ...]:
        """Samples that text metrics are over: `ok` and `empty`, in the order of the plan.

        Not in the order in which they came: that has short answers first.
        """
        wanted = (s for s in self.samples if s.outcome in {"ok", "empty"})
        return tuple(sorted(wanted, key=lambda s: s.slot.repeat))

    @property
    def one_seed(self) -> bool:
        """Whether the user fixed the seed, so that the calls are one draw asked for often."""
        return self.settings.seed is not None


def complete_rounds(groups: Sequence[Group]) -> tuple[Group, ...]:
    """The groups with only those repeats that all of them have ended, in an answer or a failure.

    While a run goes on, short answers have arrived and long ones are on their way: statistics of
    what is there would say that answers are short.
    """
    ended = [frozenset(s.slot.repeat for s in g.samples) | g.failed_repeats for g in groups]
    complete = frozenset.intersection(*ended) if ended else frozenset()
    return tuple(_only(group, complete) for group in groups)


def _only(group: Group, repeats: frozenset[int]) -> Group:
    kept = tuple(s for s in group.samples if s.slot.repeat in repeats)
    dropped = len(group.samples) - len(kept)
    return replace(group, samples=kept, set_aside=group.set_aside + dropped)


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """One distinct output, and the calls that gave it."""

    text: str
    """As the model wrote it; where spellings differ in white space only, the commonest."""
    count: int
    n: int
    """Calls with text, of which `count` gave this one."""
    low: float | None
    """Of the share, Wilson; `None` under one seed."""
    high: float | None
    finish_reasons: Mapping[FinishReason, int]
    samples: tuple[str, ...]
    """`C.R` of each call, in order."""

    @property
    def share(self) -> float:
        """Of the calls with text."""
        return self.count / self.n


def outputs(group: Group, *, alpha: float = 0.05) -> list[Output]:
    """The distinct outputs of a configuration, the most frequent first, then in order of arrival.

    Compared as normalised text. Each interval is for that output alone: the first place among many
    is won partly by luck.
    """
    texts = group.texts
    alike: defaultdict[str, list[Sample]] = defaultdict(list)
    for sample in texts:
        alike[normalised(sample.text)].append(sample)
    found = [_output(samples, len(texts), group.one_seed, alpha) for samples in alike.values()]
    return sorted(found, key=lambda output: -output.count)


def _output(samples: list[Sample], n: int, one_seed: bool, alpha: float) -> Output:
    low, high = (None, None) if one_seed else wilson(len(samples), n, alpha=alpha)
    return Output(
        text=Counter(s.text for s in samples).most_common(1)[0][0],
        count=len(samples),
        n=n,
        low=low,
        high=high,
        finish_reasons=Counter(s.finish_reason for s in samples),
        samples=tuple(s.slot.name for s in samples),
    )

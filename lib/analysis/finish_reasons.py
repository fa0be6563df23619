"""Why answers ended: counts and shares of all samples, failed calls not among them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lib.analysis.groups import Group
from lib.analysis.proportions import wilson
from lib.domain.vocabulary import FINISH_REASONS, FinishReason

NO_WORD = "(none given)"


@dataclass(frozen=True, slots=True)
class Share:
    """How many of `n`, with a Wilson interval for the share."""

    count: int
    n: int
    low: float | None
    """`None` where the calls are not independent draws."""
    high: float | None

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return self.count / self.n


def finish_reasons(
    group: Group, *, among: Sequence[FinishReason] = (), alpha: float = 0.05
) -> dict[FinishReason, Share]:
    """The share of each finish reason, in the lab's words and order.

    Args:
        group: without samples, there are no shares.
        among: reasons to list even where none of these calls has them: none of 50 is a finding,
            at most 7 %.
        alpha: how often each interval may miss; for each reason by itself.
    """
    counts: Counter[FinishReason] = Counter(s.finish_reason for s in group.samples)
    n = len(group.samples)
    listed = [r for r in FINISH_REASONS if n and (counts[r] or r in among)]
    return {
        r: Share(
            counts[r], n, *((None, None) if group.one_seed else wilson(counts[r], n, alpha=alpha))
        )
        for r in listed
    }


def provider_finish_reasons(group: Group) -> Mapping[str, int]:
    """How often each of the provider's own words was given, the most frequent first."""
    words = Counter(
        NO_WORD if s.raw_finish_reason is None else s.raw_finish_reason for s in group.samples
    )
    return dict(words.most_common())

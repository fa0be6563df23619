"""What an analysis holds: every number of every configuration, and every comparison."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from lib.analysis.answers import Answers
from lib.analysis.comparison import Comparison
from lib.analysis.finding import Rules
from lib.analysis.finish_reasons import Share
from lib.analysis.first_token import FirstTokens
from lib.analysis.groups import Group
from lib.analysis.trend import Trend
from lib.domain.errors import ErrorCode
from lib.domain.vocabulary import Estimate, FinishReason, Outcome

Ending = Literal["malformed", "failed", "not_sent", "set_aside"]
"""Calls without an answer; and answers that were set aside while a run goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """All numbers of one configuration."""

    group: Group
    outputs: tuple[str, ...]
    """What counts as the answer of each call with text."""
    outcomes: Mapping[Outcome | Ending, int]
    """Adds up to what was planned."""
    finish_reasons: Mapping[FinishReason, Share]
    """Over all samples; those that no configuration had are left out."""
    provider_finish_reasons: Mapping[str, int]
    metrics: Mapping[str, Estimate]
    checks: Mapping[str, Estimate]
    usage: Mapping[str, int | None]
    """Totals over all samples; `None` where some of them don't report it."""
    latency_s: Mapping[str, Estimate]
    first_token: FirstTokens | None
    """`None` without an answer. Not in JSON yet."""

    @property
    def name(self) -> str:
        """As the user named the configuration."""
        return self.group.name

    @property
    def samples(self) -> int:
        """Planned calls that brought an answer, whatever it is."""
        return len(self.group.samples)

    @property
    def errors(self) -> Mapping[ErrorCode, int]:
        """Planned calls that ended without an answer, by why."""
        return self.group.errors


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """All numbers of a run, and all that may be said of its differences."""

    rules: Rules
    final: bool
    """Whether the run has ended. Before, there are no comparisons, and complete rounds only."""
    n_changed_after_results: bool
    configurations: tuple[Summary, ...]
    comparisons: tuple[Comparison, ...]
    trend: Trend | None
    """Along a ladder of one setting; `None` where configurations are none, and before the end."""
    answers: Answers
    """What text metrics and comparisons are over."""
    warnings: tuple[str, ...]
    """What a reader must be told beside the numbers, one sentence each."""

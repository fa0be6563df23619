"""What counts as an answer, and how often each configuration gave it: texts, values, clusters.

One list for all configurations, so that their shares can be laid beside each other.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from lib.analysis.analysed import Analysis, Summary
from lib.analysis.finish_reasons import Share
from lib.analysis.proportions import wilson


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerShares:
    """One answer under all configurations."""

    answer: str
    """A value, a normalised text, or the most frequent text of a cluster."""
    calls: int
    """That gave it, under all configurations together."""
    shares: tuple[Share | None, ...]
    """In the order of the configurations, each with its Wilson interval; `None`: a configuration
    has no answer."""


def answer_shares(analysis: Analysis) -> tuple[AnswerShares, ...]:
    """Every answer that came, the most frequent first, then in the order of the alphabet.

    Each interval is for that answer alone: the first place among many is won partly by luck.
    """
    counts = [Counter(each.outputs) for each in analysis.configurations]
    together = sum(counts, start=Counter[str]())
    ordered = sorted(together.items(), key=lambda entry: (-entry[1], entry[0]))
    return tuple(
        AnswerShares(
            answer=answer,
            calls=calls,
            shares=tuple(
                _share(count[answer], each, analysis.rules.alpha)
                for count, each in zip(counts, analysis.configurations, strict=True)
            ),
        )
        for answer, calls in ordered
    )


def _share(count: int, summary: Summary, alpha: float) -> Share | None:
    n = len(summary.outputs)
    if not n:
        return None
    ends = (None, None) if summary.group.one_seed else wilson(count, n, alpha=alpha)
    return Share(count, n, *ends)

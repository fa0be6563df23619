"""How long answers are, in characters and in the tokens that the endpoint reported."""

from __future__ import annotations

from collections.abc import Sequence

from lib.analysis.groups import ONE_SEED, Group
from lib.analysis.quantiles import quantile
from lib.domain.vocabulary import Estimate, Sample


def token_lengths(samples: Sequence[Sample]) -> list[int] | str:
    """The tokens of each answer: reported output less reasoning; or why they can't be known."""
    usages = [sample.usage for sample in samples]
    if missing := sum(usage.output_tokens is None for usage in usages):
        return f"{missing} of {len(usages)} answers have no reported output tokens"
    hidden = [usage.reasoning_tokens for usage in usages]
    silent = sum(tokens is None for tokens in hidden)
    if 0 < silent < len(hidden):
        return f"{silent} of {len(hidden)} answers don't say how many tokens were reasoning"
    if silent and any(sample.reasoning for sample in samples):
        return "there was reasoning, but how many tokens of it was not reported"
    lengths = [(u.output_tokens or 0) - (u.reasoning_tokens or 0) for u in usages]
    if any(length < 0 for length in lengths):
        return "more reasoning than output tokens were reported"
    return lengths


def length_tokens(group: Group, *, alpha: float = 0.05) -> Estimate:
    """The median number of tokens of an answer, as the endpoint counts them."""
    lengths = token_lengths(group.texts)
    if isinstance(lengths, str):
        return Estimate(None, None, None, len(group.texts), "median", lengths)
    return _median(group, lengths, alpha)


def length_characters(group: Group, *, alpha: float = 0.05) -> Estimate:
    """The median number of characters (code points) of an answer, as it was received."""
    return _median(group, [len(sample.text) for sample in group.texts], alpha)


def cut_off(samples: Sequence[Sample]) -> int:
    """How many answers were ended by a limit, so that their length is the limit's, not theirs."""
    return sum(s.finish_reason in {"length", "context_window"} for s in samples)


def _median(group: Group, lengths: Sequence[int], alpha: float) -> Estimate:
    cut = cut_off(group.texts)
    method = f"median; {cut} of {len(lengths)} cut off by a limit" if cut else "median"
    e = quantile(lengths, alpha=alpha, method=method)
    if group.one_seed and e.value is not None:
        return Estimate(e.value, None, None, e.n, method, ONE_SEED)
    return e

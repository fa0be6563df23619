"""What log probabilities say of a configuration: surprisal of its tokens, entropy of the first.

Only comparable between configurations of one tokenizer. The probabilities are those that the
endpoint reports, of the model before or after settings: `method` says which.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import exp, fsum, sqrt
from typing import Final

from scipy.special import stdtrit

from lib.analysis.entropy_bounds import VOCABULARY, entropy_bounds
from lib.analysis.first_position import mean_reported
from lib.analysis.groups import ONE_SEED, Describes, Group
from lib.analysis.next_token import next_token
from lib.analysis.surprisal import Surprisal
from lib.domain.vocabulary import Estimate

CALLS_FOR_AN_INTERVAL = 20
"""Below, the interval covers too little: 90 % at N = 10 where one answer in three is odd."""
NOT_READ = "the tokens' probabilities were not read: `analyze --json` and the Tokens page read them"
_OF: Final[Mapping[Describes, str]] = {
    "before_sampling": "as reported, before settings",
    "after_sampling": "as reported, after settings",
    "unknown": "as reported, not known whether before or after settings",
}


def token_metrics(group: Group, *, alpha: float = 0.05) -> dict[str, Estimate]:
    """`mean_surprisal`, `perplexity` and `first_token_entropy`; none without log probabilities."""
    if not group.surprisals and all(s.first_token is None for s in group.texts):
        return {}
    mean = mean_surprisal(group, alpha=alpha)
    return {
        "mean_surprisal": mean,
        "perplexity": perplexity(group, mean),
        "first_token_entropy": first_token_entropy(group),
    }


def mean_surprisal(group: Group, *, alpha: float = 0.05) -> Estimate:
    """The mean of -ln p in nats a token, over the tokens of all calls whose p is known.

    A ratio of two sums over calls, sum x_i / sum y_i, with the jackknife's variance and Student's
    t: tokens of one call are not independent, calls are.
    """
    told = f"-ln p a token, nats, {_OF[group.describes]}"
    known = [each for each in _of(group) if each.mean is not None]
    n = len(known)
    if not n:
        why = "no token has a probability" if group.surprisals else NOT_READ
        return Estimate(None, None, None, 0, told, why)
    sums = [(each.mean or 0.0) * each.n for each in known]
    tokens = [each.n for each in known]
    method = f"{told}; over {sum(tokens):,} of {sum(s.tokens for s in _of(group)):,} tokens"
    value = fsum(sums) / sum(tokens)
    if group.one_seed:
        return Estimate(value, None, None, n, method, ONE_SEED)
    if n < CALLS_FOR_AN_INTERVAL:
        why = f"an interval needs {CALLS_FOR_AN_INTERVAL} calls"
        return Estimate(value, None, None, n, method, why)
    reach = _reach(sums, tokens, alpha)
    if not reach:
        why = "all calls are equally surprising: the jackknife sees no spread"
        return Estimate(value, None, None, n, method, why)
    low, high = max(0.0, value - reach), value + reach
    return Estimate(value, low, high, n, f"{method}; jackknife interval")


def perplexity(group: Group, mean: Estimate) -> Estimate:
    """The exponential of the mean; not known if one token's is not, as those are the odd ones."""
    method = f"exp of mean_surprisal, {_OF[group.describes]}"
    if mean.value is None:
        return Estimate(None, None, None, 0, method, mean.why)
    tokens = sum(each.tokens for each in _of(group))
    missing = tokens - sum(each.n for each in _of(group))
    if missing:
        why = f"{missing:,} of {tokens:,} tokens have no probability"
        return Estimate(None, None, None, mean.n, method, why)
    if mean.low is None or mean.high is None:
        return Estimate(exp(mean.value), None, None, mean.n, method, mean.why)
    return Estimate(exp(mean.value), exp(mean.low), exp(mean.high), mean.n, method)


def first_token_entropy(group: Group, *, vocabulary: int = VOCABULARY) -> Estimate:
    """The entropy of the distribution that was reported for the first token, in nats.

    Low and high are bounds, a certainty and no interval of chance. There is a value only where they
    are the same, as all of the distribution was reported.
    """
    found = [s.first_token for s in group.texts if s.first_token is not None]
    method = f"nats, {_OF[group.describes]}; low and high are bounds"
    distribution = next_token(mean_reported(found)[0]) if found else None
    if distribution is None:
        return Estimate(None, None, None, len(found), method, "no probabilities were reported")
    if not distribution.possible:
        why = "the reported probabilities are more than 1 together"
        return Estimate(None, None, None, len(found), method, why)
    bounds = entropy_bounds(distribution, vocabulary=vocabulary)
    if bounds.exact:
        return Estimate(bounds.low, bounds.low, bounds.low, len(found), method)
    why = f"only {distribution.mass:.1%} of the probability was reported"
    method += f", the vocabulary taken as {vocabulary:,}"
    return Estimate(None, bounds.low, bounds.high, len(found), method, why)


def _of(group: Group) -> list[Surprisal]:
    names = (sample.slot.name for sample in group.texts)
    return [group.surprisals[name] for name in names if name in group.surprisals]


def _reach(sums: Sequence[float], tokens: Sequence[int], alpha: float) -> float:
    """Half of the jackknife's interval for a ratio of sums."""
    n, total, of = len(sums), fsum(sums), sum(tokens)
    left_out = [(total - x) / (of - y) for x, y in zip(sums, tokens, strict=True)]
    mean = fsum(left_out) / n
    variance = (n - 1) / n * fsum((each - mean) ** 2 for each in left_out)
    return float(stdtrit(n - 1, 1 - alpha / 2)) * sqrt(variance) if variance > 1e-24 else 0.0

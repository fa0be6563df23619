"""How many different outputs, words and pairs of words there are: counts, without intervals.

All of these depend on the number of calls, and the last two on the length of the answers: they
describe what was seen and are compared at equal numbers only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from lib.domain.vocabulary import Estimate

_GROWS = "it grows with the number of calls, so there is no fixed number to estimate"
_FALLS = "it falls with the number of calls and their length: compare at equal numbers only"


def distinct(outputs: Sequence[str], *, raw: bool = False) -> Estimate:
    """How many different outputs there are. One call has no variability to count."""
    method = "count of raw texts" if raw else "count"
    if len(outputs) < 2:
        return Estimate(None, None, None, len(outputs), method, "needs two calls or more")
    return Estimate(len(set(outputs)), None, None, len(outputs), method, _GROWS)


def distinct_share(outputs: Sequence[str]) -> Estimate:
    """Different outputs by calls. Not comparable across unequal numbers of calls."""
    n, method = len(outputs), "different outputs / calls"
    if n < 2:
        return Estimate(None, None, None, n, method, "needs two calls or more")
    return Estimate(len(set(outputs)) / n, None, None, n, method, _FALLS)


def distinct_n(texts: Mapping[str, int], size: int) -> Estimate:
    """Different n-grams by n-grams, over all calls (distinct-n, Li et al., NAACL 2016).

    Args:
        texts: token strings of `tokens.as_code_points`, with how many calls gave each.
        size: n.
    """
    n, method = sum(texts.values()), f"different {size}-grams / {size}-grams, all calls together"
    if n < 2:
        return Estimate(None, None, None, n, method, "needs two calls or more")
    total = sum(count * max(0, len(text) - size + 1) for text, count in texts.items())
    if not total:
        why = f"no answer has {size} word{'s' * (size > 1)} or marks"
        return Estimate(None, None, None, n, method, why)
    different: set[tuple[str, ...]] = set()
    for text in texts:
        different.update(zip(*(text[i:] for i in range(size)), strict=False))
    return Estimate(len(different) / total, None, None, n, method, _FALLS)


def frequencies(outputs: Sequence[str]) -> list[int]:
    """How often each different output was given, the most frequent first."""
    return sorted(Counter(outputs).values(), reverse=True)

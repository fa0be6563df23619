"""logprobs: are there any, and which distribution do they describe?

The log ratio of two tokens, l1 - l2, tells: temperature divides it by T. If what is reported comes
before that, it is the same at every temperature; if after, it goes with 1 / T.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from math import fsum
from typing import Literal

from lib.analysis.proportions import clopper_pearson
from lib.analysis.sampling import known as as_logprobs
from lib.audit.asking import Answers, Ask, Came
from lib.audit.finding import Finding, decided
from lib.audit.known import FRUIT, Known
from lib.audit.trouble import trouble

Describes = Literal["before_sampling", "after_sampling", "none", "unknown"]

TEMPERATURES = (0.5, 1.0, 2.0)
ALTERNATIVES = 5
FIT = 0.15
"""How far a log ratio may lie from a prediction, as a share of the value at temperature 1."""
TELLING = 0.5
"""Below this log ratio at temperature 1, the two predictions are too close to each other."""


def logprobs(known: Known) -> Generator[Ask, Came, Finding]:
    """Asked for at three temperatures, and without one if none is taken."""
    asked = known.logprobs or ALTERNATIVES
    columns = {
        t: known.column(
            f"logprobs, T = {t:g}", FRUIT, {"logprobs": asked, "temperature": t}, tokens=1
        )
        for t in TEMPERATURES
    }
    plain = known.column("logprobs", FRUIT, {"logprobs": asked}, tokens=1)
    came = yield Ask(columns=(*columns.values(), plain), repeats=known.part(0.15))
    found = trouble("logprobs", came[plain.name], known.pilot)
    if found is not None:
        return _by_field(found, came[plain.name])
    answers = [came[each.name] for each in (plain, *columns.values())]
    n = sum(len(each.samples) for each in answers)
    there = sum(_reports(sample.first_token) for each in answers for sample in each.samples)
    low, high = clopper_pearson(there, n)
    evidence: dict[str, object] = {
        "there": there,
        "n": n,
        "low": low,
        "high": high,
        "alternatives": asked,
        "log_ratios": gaps({t: came[each.name] for t, each in columns.items()}),
        "prompt": FRUIT,
    }
    says = f"{there} of {n} answers had log probabilities (95% CI {low:.2f} to {high:.2f})."
    if there == 0:
        return decided("ignored", f"None came: {says} Each call asked for them.", **evidence)
    if there < n / 2:
        return decided("altered", f"They come now and then only: {says}", **evidence)
    return decided("honoured", says, **evidence)


def _by_field(found: Finding, answers: Answers) -> Finding:
    """The field that carries them has a name of its own, and a refusal names that one."""
    named = getattr(answers.refused, "setting", None)
    if named in {"logprobs", "top_logprobs"} and found.decided is not None:
        return decided("refused", found.decided.says)
    return found


def _reports(first: object) -> bool:
    return bool(getattr(first, "top", ()))


def gaps(answers: Mapping[float, Answers]) -> dict[str, float]:
    """l1 - l2 at each temperature, the mean over its calls, for the same two tokens.

    The tokens are the likeliest at temperature 1 and the least likely one that all calls report.
    """
    tops = {
        t: [as_logprobs(s.first_token.top) for s in each.samples if s.first_token is not None]
        for t, each in answers.items()
    }
    tops = {t: [top for top in each if top] for t, each in tops.items()}
    if not tops.get(1.0) or sum(bool(each) for each in tops.values()) < 2:
        return {}
    everywhere = set.intersection(*(set(top) for each in tops.values() for top in each))
    falling = [key for key in tops[1.0][0] if key in everywhere]
    if len(falling) < 2:
        return {}
    first, last = falling[0], falling[-1]
    return {
        f"{t:g}": fsum(top[first] - top[last] for top in each) / len(each)
        for t, each in tops.items()
        if each
    }


def describes(log_ratios: Mapping[str, float], *, acts: bool | None, reported: bool) -> Describes:
    """Which distribution is reported.

    Args:
        log_ratios: from `gaps`.
        acts: whether temperature has an effect below 1: without one, equal ratios mean nothing.
        reported: whether there are log probabilities at all.
    """
    if not reported:
        return "none"
    at_one = log_ratios.get("1", 0.0)
    if at_one < TELLING or len(log_ratios) < 2:
        return "unknown"
    raw = all(abs(gap - at_one) <= FIT * at_one for gap in log_ratios.values())
    scaled = all(
        abs(gap - at_one / float(t)) <= FIT * at_one / float(t) for t, gap in log_ratios.items()
    )
    if scaled:
        return "after_sampling"
    return "before_sampling" if raw and acts else "unknown"

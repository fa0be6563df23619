"""Settings that leave one possible answer if they are set to their end: top_p, top_k, logit_bias.

At that end nothing has to be known of the model: where the setting works, all calls say the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator
from typing import Any

from lib.analysis.predicted_share import predicted_share
from lib.audit.asking import Answers, Ask, Came
from lib.audit.finding import EffectTest, Finding, by_test
from lib.audit.known import STORY, STORY_TOKENS, Known
from lib.audit.trouble import trouble

TOP_P = 0.001
TOP_K = 1
ANY_ID = "1000"
"""Any tokenizer has a token of this id; which text it is doesn't matter."""


def top_p(known: Known) -> Generator[Ask, Came, Finding]:
    """So small a nucleus holds the likeliest token alone."""
    return _collapse(known, "top_p", TOP_P)


def top_k(known: Known) -> Generator[Ask, Came, Finding]:
    """One candidate."""
    return _collapse(known, "top_k", TOP_K)


def logit_bias(known: Known) -> Generator[Ask, Came, Finding]:
    """A bias of 100 on one token makes every other one impossible."""
    return _collapse(known, "logit_bias", {ANY_ID: 100.0})


def _collapse(known: Known, setting: str, value: Any) -> Generator[Ask, Came, Finding]:
    tried = known.column(f"{setting} set", STORY, {setting: value}, tokens=STORY_TOKENS)
    without = known.column(f"{setting} not set", STORY, tokens=STORY_TOKENS)
    came = yield Ask(columns=(tried, without), repeats=known.part(0.4))
    found = trouble(setting, came[tried.name], came[without.name])
    if found is not None:
        return found
    test = same_answers(known, f"{setting} = {value}", came[tried.name], came[without.name])
    return by_test(setting, test, prompt=STORY, value=value)


def same_answers(known: Known, words: str, tried: Answers, without: Answers) -> EffectTest:
    """Test that the calls of a column agree, more than those of its baseline.

    The answer that counts is the most frequent one of both columns together: so chosen, it favours
    neither, and Fisher's test stays exact.
    """
    answer = Counter([*tried.texts, *without.texts]).most_common(1)[0][0]
    share = predicted_share(
        tried.texts.count(answer),
        len(tried.texts),
        without.texts.count(answer),
        len(without.texts),
        alpha=known.alpha,
    )
    return EffectTest(
        seen=f"With {words}, {share.hits} of {share.n} answers were the same; "
        f"without it {share.baseline_hits} of {share.baseline_n}",
        p=share.p,
        ratio=share.ratio,
        power=share.power,
        evidence={
            "same": share.hits,
            "n": share.n,
            "low": share.low,
            "high": share.high,
            "same_without": share.baseline_hits,
            "n_without": share.baseline_n,
            "answer": answer,
        },
    )

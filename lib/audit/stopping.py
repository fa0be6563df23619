"""stop: a letter that is in nearly every answer is in none where it stops them."""

from __future__ import annotations

from collections.abc import Generator, Mapping

from lib.analysis.predicted_share import predicted_share
from lib.audit.asking import Answers, Ask, Came
from lib.audit.finding import Conclusion, EffectTest, Finding, Judged, plain
from lib.audit.known import STORY, STORY_TOKENS, Known
from lib.audit.trouble import trouble

STOP = "e"
"""The most frequent letter, so that twelve tokens of English hardly ever lack it."""


def stop(known: Known) -> Generator[Ask, Came, Finding]:
    """With and without; answers that run past it are asked for again before anything is said."""
    tried = known.column("stop set", STORY, {"stop": (STOP,)}, tokens=STORY_TOKENS)
    without = known.column("stop not set", STORY, tokens=STORY_TOKENS)
    repeats = known.part(0.25)
    came = yield Ask(columns=(tried, without), repeats=repeats)
    stopped, free = came[tried.name], came[without.name]
    found = trouble("stop", stopped, free)
    if found is not None:
        return found
    test = _test(known, stopped, free)
    again: Answers | None = None
    if 0 < _past(stopped) < len(stopped.samples):
        came = yield Ask(columns=(tried,), repeats=repeats)
        again = came[tried.name]
    return Finding(
        tests={"stop": test},
        conclude=lambda judged: conclude(judged, stopped, again),
        evidence={"prompt": STORY, "value": STOP},
    )


def conclude(
    judged: Mapping[str, Judged], stopped: Answers, again: Answers | None = None
) -> Conclusion:
    """An answer that runs past the stop refutes it, if there is a second one."""
    found = judged["stop"]
    if found.test.evidence["ends_with_it"] == len(stopped.samples):
        says = f"Answers end there, but with {STOP!r} as their last letter. {found.test.seen}."
        return Conclusion("altered", says)
    if found.outcome != "effect" or again is None:
        return plain(found)
    past, n = _past(again), len(again.samples)
    if past + _past(stopped) > 1:
        says = f"Not always: {_past(stopped)} answers ran past it, and {past} of {n} asked again."
        return Conclusion("altered", f"{says} {found.says}")
    return Conclusion("honoured", f"{found.says} Of {n} asked again, none ran past it.")


def _test(known: Known, stopped: Answers, free: Answers) -> EffectTest:
    n, hits = len(stopped.samples), len(stopped.samples) - _past(stopped)
    baseline = len(free.samples) - _past(free)
    share = predicted_share(hits, n, baseline, len(free.samples), alpha=known.alpha)
    return EffectTest(
        seen=f"With stop = {STOP!r}, {hits} of {n} answers were without it; "
        f"when not set, {baseline} of {len(free.samples)}",
        p=share.p,
        ratio=share.ratio,
        power=share.power,
        evidence={
            "without_it": hits,
            "n": n,
            "low": share.low,
            "high": share.high,
            "without_it_when_not_set": baseline,
            "n_not_set": len(free.samples),
            "ends_with_it": sum(
                text.find(STOP) == len(text) - len(STOP) >= 0 for text in stopped.texts
            ),
        },
    )


def _past(answers: Answers) -> int:
    return sum(STOP in text for text in answers.texts)

"""determinism: at temperature 0 the same call gives the same answer. It can only be refuted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator

from lib.analysis.proportions import clopper_pearson
from lib.audit.asking import Answers, Ask, Came
from lib.audit.collapsing import same_answers
from lib.audit.finding import Conclusion, Finding, Judged, decided
from lib.audit.known import STORY, STORY_TOKENS, Known
from lib.audit.trouble import trouble

SEEN_TWICE = 2


def determinism(known: Known) -> Generator[Ask, Came, Finding]:
    """The first answer is the reference. One that differs refutes, if it happens again."""
    column = known.column("temperature 0", STORY, {"temperature": 0.0}, tokens=STORY_TOKENS)
    came = yield Ask(columns=(column,), repeats=known.part(0.5))
    first = came[column.name]
    found = trouble("temperature", first, known.pilot)
    if found is not None:
        return found
    differ, n = differing(first), len(first.texts) - 1
    evidence: dict[str, object] = {"differ": differ, "n": n, "prompt": STORY, "temperature": 0}
    if not differ:
        at_most = 1 - 0.05 ** (1 / n)
        says = (
            f"0 of {n} answers differ from the first: at most {at_most:.1%} do (95%). "
            "That it is always so can't be shown."
        )
        return decided("consistent", says, **evidence, at_most=at_most)
    came = yield Ask(columns=(column,), repeats=known.part(0.25))
    again = came[column.name]
    more = sum(text != first.texts[0] for text in again.texts)
    if differ + more < SEEN_TWICE:
        says = (
            f"{differ} of {n} answers differed from the first, and none of {len(again.texts)} "
            "when it was repeated: once may be a fault on the way."
        )
        return decided("cannot_tell", says, **evidence, repeated=len(again.texts))
    low, high = clopper_pearson(differ, n)
    seen = (
        f"{differ} of {n} answers differ from the first (95% CI {low:.2f} to {high:.2f}), and "
        f"{more} of {len(again.texts)} when it was repeated."
    )
    test = same_answers(known, "temperature = 0", first, known.pilot)
    return Finding(
        tests={"determinism": test},
        conclude=lambda judged: conclude(judged["determinism"], seen),
        evidence={**evidence, "low": low, "high": high, "repeated": len(again.texts)},
    )


def conclude(judged: Judged, seen: str) -> Conclusion:
    """Not always the same; and perhaps not even more alike than at other temperatures."""
    if judged.outcome == "no_effect":
        return Conclusion("ignored", f"{seen} {judged.says}")
    return Conclusion("altered", f"Not always the same: {seen} {judged.says}")


def differing(answers: Answers) -> int:
    """Answers that differ from the first."""
    counts = Counter(answers.texts)
    return len(answers.texts) - counts[answers.texts[0]]

"""n: several answers in one call. No experiment sends it: one call is one sample. An audit does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator

from lib.audit.asking import Ask, Came
from lib.audit.finding import Finding, decided
from lib.audit.known import STORY, STORY_TOKENS, Known
from lib.audit.trouble import trouble

CHOICES = 3


def n(known: Known) -> Generator[Ask, Came, Finding]:
    """Exactly three choices, and not all the same. Answers with fewer refute it, seen twice."""
    column = known.column(f"n = {CHOICES}", STORY, tokens=STORY_TOKENS)
    came = yield Ask(columns=(column,), repeats=known.part(0.15), choices=CHOICES)
    answers = came[column.name]
    found = trouble("n", answers, known.pilot)
    if found is not None:
        return found
    counts = Counter(len(choices) for choices in answers.choices)
    calls = len(answers.choices)
    evidence: dict[str, object] = {
        "calls": calls,
        "choices": {str(count): times for count, times in sorted(counts.items())},
        "value": CHOICES,
        "prompt": STORY,
    }
    right = counts[CHOICES]
    if right == calls:
        alike = sum(len(set(choices)) == 1 for choices in answers.choices)
        says = f"{right} of {calls} answers had {CHOICES} choices."
        if alike == calls:
            return decided("altered", f"{says} In each, all were the same.", **evidence)
        return decided("honoured", says, **evidence)
    if counts[1] == calls and calls > 1:
        return decided("ignored", f"{calls} of {calls} answers had one choice alone.", **evidence)
    if calls - right > 1:
        says = f"Only {right} of {calls} answers had {CHOICES} choices."
        return decided("altered", says, **evidence)
    says = f"{right} of {calls} answers had {CHOICES} choices, which is too little to tell."
    return decided("cannot_tell", says, **evidence)

"""seed: two calls of one seed agree, two of different seeds don't."""

from __future__ import annotations

from collections.abc import Generator

from lib.analysis.seed_pairs import seed_pairs
from lib.audit.asking import Ask, Came, Column
from lib.audit.finding import EffectTest, Finding, decided
from lib.audit.known import STORY, STORY_TOKENS, Known
from lib.audit.renaming import either_name, needs_another_name
from lib.audit.trouble import trouble

FIRST_SEED = 1001
OTHER_NAME = "random_seed"
"""Mistral's."""
FEWEST = 4
"""Seeds of which both calls must be answered."""


def seed(known: Known) -> Generator[Ask, Came, Finding]:
    """Pairs of calls, each with a seed of its own; under another name if this one does nothing."""
    seeds = range(FIRST_SEED, FIRST_SEED + known.part(0.25, least=FEWEST))
    own = [known.column(f"seed {n}", STORY, {"seed": n}, tokens=STORY_TOKENS) for n in seeds]
    came = yield Ask(columns=tuple(own), repeats=2)
    refusal, test = _pairs(known, "seed", own, came)
    tests = {} if test is None else {"seed": test}
    if came[own[0].name].unsendable:
        return refusal or decided("cannot_tell", "It was not sent.")
    if needs_another_name(test):
        renamed = [
            known.column(
                f"{OTHER_NAME} {n}", STORY, {"extra": {OTHER_NAME: n}}, tokens=STORY_TOKENS
            )
            for n in seeds
        ]
        came = yield Ask(columns=tuple(renamed), repeats=2)
        _, other = _pairs(known, OTHER_NAME, renamed, came)
        if other is not None:
            tests[OTHER_NAME] = other
    return either_name("seed", OTHER_NAME, tests, refusal, prompt=STORY, first_seed=FIRST_SEED)


def _pairs(
    known: Known, name: str, columns: list[Column], came: Came
) -> tuple[Finding | None, EffectTest | None]:
    """Why there is no test, or the test."""
    answers = [came[each.name] for each in columns]
    whole = [each for each in answers if len(each.samples) == 2]
    if len(whole) < FEWEST:
        worst = min(answers, key=lambda each: (each.refused is None, len(each.samples)))
        none = decided("cannot_tell", f"Only {len(whole)} pairs of calls were answered.")
        return trouble(name, worst, known.pilot) or none, None
    first, second = ([each.texts[i] for each in whole] for i in (0, 1))
    seen = seed_pairs(first, second, alpha=known.alpha)
    return None, EffectTest(
        seen=f"{seen.matches} of {seen.pairs} pairs of calls with one {name} gave the same answer, "
        f"and {seen.chance:.0%} of pairs with two different ones",
        p=seen.p,
        ratio=seen.ratio,
        power=seen.power,
        evidence={"matches": seen.matches, "pairs": seen.pairs, "chance": seen.chance},
    )

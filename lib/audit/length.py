"""max_tokens: answers are no longer than it, and a larger one lets them be longer."""

from __future__ import annotations

from collections.abc import Generator

from lib.analysis.predicted_share import predicted_share
from lib.analysis.tokens import tokens as words_of
from lib.audit.asking import Answers, Ask, Came
from lib.audit.finding import Conclusion, EffectTest, Finding, decided
from lib.audit.known import STORY, STORY_TOKENS, Known
from lib.audit.renaming import either_name, needs_another_name
from lib.audit.trouble import trouble
from lib.domain.vocabulary import Sample

SHORT, LONG = 2, STORY_TOKENS
OFTEN = 2
"""Answers that must be too long, as one alone may be a fault on the way."""
OWN, OTHER_NAME = "max_tokens", "max_completion_tokens"


def max_tokens(known: Known) -> Generator[Ask, Came, Finding]:
    """A short limit and a longer one; under OpenAI's newer name if this one does nothing."""
    tests: dict[str, EffectTest] = {}
    means: dict[str, Conclusion] = {}
    refusal: Finding | None = None
    for name in (OWN, OTHER_NAME):
        came = yield _ask(known, name)
        short, long = came[f"{name} {SHORT}"], came[f"{name} {LONG}"]
        found = trouble(name, short, long if long.samples else known.pilot)
        if (short.refused is not None or short.unsendable) and long.samples:
            return _from_above(short, long)
        if found is None:
            tests[name], means[name] = _test(known, name, short, long)
        elif name == OWN:
            refusal = found
        if not needs_another_name(tests.get(name)):
            break
    return either_name(OWN, OTHER_NAME, tests, refusal, means, prompt=STORY, values=[SHORT, LONG])


def _from_above(short: Answers, long: Answers) -> Finding:
    """So short a limit is refused, or can't be sent; a longer one is taken."""
    n, over = len(long.samples), sum(longer(sample, LONG) for sample in long.samples)
    why = f"was not sent ({short.unsendable})" if short.unsendable else "is refused"
    says = f"A limit of {SHORT} {why}, one of {LONG} is taken; "
    if over < OFTEN:
        says += f"{over} of {n} answers were longer than that."
        return decided("consistent", says, over=over, n=n, prompt=STORY)
    says += f"and yet {over} of {n} answers were longer than that."
    return decided("ignored" if over == n else "altered", says, over=over, n=n, prompt=STORY)


def _ask(known: Known, name: str) -> Ask:
    columns = tuple(
        known.column(f"{name} {limit}", STORY, _field(name, limit), tokens=limit, limited=False)
        for limit in (SHORT, LONG)
    )
    return Ask(columns=columns, repeats=known.part(0.2))


def _field(name: str, limit: int) -> dict[str, object]:
    return {OWN: limit} if name == OWN else {"extra": {name: limit}}


def _test(known: Known, name: str, short: Answers, long: Answers) -> tuple[EffectTest, Conclusion]:
    """Whether short answers come of the short limit; and what it means if they do."""
    over = [sample for sample in short.samples if longer(sample, SHORT)]
    over_long = sum(longer(sample, LONG) for sample in long.samples)
    hits, n = len(short.samples) - len(over), len(short.samples)
    baseline = sum(not longer(sample, SHORT) for sample in long.samples)
    seen = f"With {name} = {SHORT}, {hits} of {n} answers were that short; with {LONG}, {baseline}"
    sizes = {size(sample) for sample in over}
    raised = len(over) == n and len(sizes) == 1 and _all_cut(over)
    if raised and not over_long and min(sizes) < LONG:
        # The limit acts, though not as it was sent: the event to test is that one.
        least = min(sizes)
        hits, baseline = n, sum(size(sample) <= least for sample in long.samples)
        means = Conclusion("altered", f"A limit of {SHORT} acts like one of {least}.")
        seen = f"With {name} = {SHORT}, all {n} answers ended after {least} tokens"
    elif over or over_long:
        means = Conclusion(
            "altered",
            f"Not always: {len(over)} of {n} answers were longer than {SHORT} tokens, and "
            f"{over_long} of {len(long.samples)} longer than {LONG}.",
        )
    else:
        means = Conclusion("honoured", f"No answer was longer than its limit of {LONG} either.")
    share = predicted_share(hits, n, baseline, len(long.samples), alpha=known.alpha)
    test = EffectTest(
        seen=seen,
        p=share.p,
        ratio=share.ratio,
        power=share.power,
        evidence={
            "within": hits,
            "n": n,
            "low": share.low,
            "high": share.high,
            "as_short_with_the_longer_limit": baseline,
            "n_longer_limit": len(long.samples),
            "counted_by": "usage" if _reported(short) else "words of the text",
        },
    )
    return test, means


def size(sample: Sample) -> int:
    """Tokens of an answer as reported, else its words and marks."""
    reported = sample.usage.output_tokens
    return len(words_of(sample.text)) if reported is None else reported


def longer(sample: Sample, limit: int) -> bool:
    """Whether an answer is longer than its limit. One token may hold two words or marks."""
    reported = sample.usage.output_tokens
    return size(sample) > (limit if reported is not None else 2 * limit)


def _all_cut(samples: list[Sample]) -> bool:
    return all(sample.finish_reason == "length" for sample in samples)


def _reported(answers: Answers) -> bool:
    return all(sample.usage.output_tokens is not None for sample in answers.samples)

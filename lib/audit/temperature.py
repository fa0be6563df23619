"""temperature, from both sides: at 0 all answers are the same, at 2 they vary more than at 1.

Below and above are tested apart, as some endpoints take values above 1 as 1.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Mapping
from math import exp, fsum

from lib.analysis.flattening import flattening
from lib.analysis.reweighting import reweighting
from lib.analysis.sampling import known as as_logprobs
from lib.audit.asking import Answers, Ask, Came
from lib.audit.collapsing import same_answers
from lib.audit.finding import Conclusion, EffectTest, Finding, Judged
from lib.audit.known import FRUIT, STORY, STORY_TOKENS, Known
from lib.audit.trouble import trouble
from lib.domain.vocabulary import Sample

HIGH = 2.0
BELOW, ABOVE = "temperature below 1", "temperature above 1"


def temperature(known: Known) -> Generator[Ask, Came, Finding]:
    """0 against 1 in whole answers; 2 against 1 in first tokens, twice as many calls at 2."""
    words = {} if known.logprobs is None else {"logprobs": known.logprobs}
    zero, one = (
        known.column(f"T = {t:g}", STORY, {"temperature": t}, tokens=STORY_TOKENS)
        for t in (0.0, 1.0)
    )
    first, *high = (
        known.column(name, FRUIT, {"temperature": t, **words}, tokens=1)
        for name, t in (
            ("first token, T = 1", 1.0),
            ("first token, T = 2", HIGH),
            ("first token, T = 2, again", HIGH),
        )
    )
    came = yield Ask(columns=(zero, one, first, *high), repeats=known.part(0.2))
    baseline = came[one.name] if came[one.name].samples else known.pilot
    found = trouble("temperature", came[zero.name], baseline)
    if found is not None:
        return found
    tests = {BELOW: same_answers(known, "temperature = 0", came[zero.name], came[one.name])}
    above = _together([came[each.name] for each in high])
    missing = trouble("temperature", above, came[first.name])
    if missing is None:
        tests[ABOVE] = _above(known, came[first.name], above)
    untried = None if missing is None else missing.decided
    return Finding(
        tests=tests,
        conclude=lambda judged: conclude(judged, untried),
        evidence={"prompts": [STORY, FRUIT], "values": [0, 1, HIGH]},
    )


def conclude(judged: Mapping[str, Judged], untried: Conclusion | None = None) -> Conclusion:
    """From both sides to one verdict: it is `honoured` only where both show an effect.

    Args:
        judged: the tests.
        untried: why there is none above 1. An endpoint that refuses such values has no such side.
    """
    below, above = judged[BELOW], judged.get(ABOVE)
    note = f"At temperature 2: {untried.says}" if untried is not None else ""
    says = " ".join(filter(None, (below.says, above.says if above else note)))
    match below.outcome, above.outcome if above else None:
        case "effect", "effect":
            return Conclusion("honoured", says)
        case "effect", "no_effect":
            return Conclusion("altered", f"Values above 1 act like 1, those below 1 act. {says}")
        case "effect", None if untried is not None and untried.verdict == "refused":
            return Conclusion("honoured", f"Below 1 it is honoured. {says}")
        case "effect", "nothing" | None:
            return Conclusion("consistent", f"Below 1 it acts; above 1 can't be told. {says}")
        case "no_effect", "no_effect":
            return Conclusion("ignored", says)
        case "no_effect", "nothing" | None:
            return Conclusion("ignored", below.says)
        case "no_effect", "effect":
            return Conclusion("altered", f"Above 1 it acts, but 0 is not the likeliest. {says}")
        case "nothing", "effect":
            return Conclusion("consistent", f"Above 1 it acts; below 1 can't be told. {says}")
    return Conclusion("cannot_tell", says)


def _together(columns: list[Answers]) -> Answers:
    first = columns[0]
    return Answers(
        asked=sum(each.asked for each in columns),
        samples=tuple(sample for each in columns for sample in each.samples),
        refused=next((each.refused for each in columns if each.refused is not None), None),
        unsendable=first.unsendable,
        errors=sum((Counter(each.errors) for each in columns), Counter()),
    )


def _above(known: Known, one: Answers, high: Answers) -> EffectTest:
    """Against the reported probabilities where there are any, else against the answers at 1."""
    reported = at_one(one.samples)
    drawn = Counter(
        sample.first_token.drawn.key for sample in high.samples if sample.first_token is not None
    )
    if reported and drawn.total() >= 0.75 * len(high.samples):
        found = reweighting(drawn, reported, HIGH, alpha=known.alpha)
        if found is not None:
            likeliest = max(reported, key=lambda key: reported[key])
            return EffectTest(
                seen=f"At temperature 2, {drawn[likeliest]} of {found.n} first tokens were the "
                f"likeliest, which has a probability of {reported[likeliest]:.2f} at 1",
                p=found.p,
                ratio=found.ratio,
                power=found.power,
                evidence={
                    "n": found.n,
                    "likeliest_drawn": drawn[likeliest],
                    "likeliest_at_1": reported[likeliest],
                    "reported_draws": found.reported_draws,
                    "against": "reported probabilities at temperature 1",
                },
            )
    what = "tokens" if known.one_token else "words"
    seen = flattening(_firsts(known, one), _firsts(known, high), HIGH, alpha=known.alpha)
    return EffectTest(
        seen=f"At temperature 2 two first {what} agree with {seen.collision:.2f} (N={seen.n}), "
        f"at 1 with {seen.collision_one:.2f} (N={seen.n_one})",
        p=seen.p,
        ratio=seen.ratio,
        power=seen.power,
        refutes=known.one_token,  # the prediction is one about tokens
        evidence={
            "n": seen.n,
            "n_at_1": seen.n_one,
            "collision": seen.collision,
            "collision_at_1": seen.collision_one,
            "against": "answers at temperature 1",
        },
    )


def _firsts(known: Known, answers: Answers) -> tuple[str, ...]:
    """First tokens; where answers can't be kept that short, their first words."""
    if known.one_token:
        return answers.texts
    return tuple(next(iter(text.split(maxsplit=1)), "") for text in answers.texts)


def at_one(samples: tuple[Sample, ...]) -> dict[str, float]:
    """The mean reported probability of the tokens that every call at temperature 1 reports.

    At 1 it makes no difference whether an endpoint reports before or after the temperature.
    """
    tops = [as_logprobs(s.first_token.top) for s in samples if s.first_token is not None]
    if not tops:
        return {}
    keys = set.intersection(*(set(top) for top in tops))
    found = {key: fsum(exp(top[key]) for top in tops) / len(tops) for key in keys}
    total = fsum(found.values())
    return found if 0 < total <= 1.001 and min(found.values()) > 0 else {}

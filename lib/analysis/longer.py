"""Whose answers are longer, and whose calls take longer."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from statistics import median

from lib.analysis.brunner_munzel import brunner_munzel, longer
from lib.analysis.finding import Finding, Rules, target, untested
from lib.analysis.lengths import cut_off, token_lengths
from lib.analysis.sides import Side
from lib.analysis.verdict import Evidence, Interval, calls_words, ends_words, number, way

CLIFF_MARGIN = 0.147
"""Below this, by convention, Cliff's delta is negligible."""
NOT_IN_TURN = (
    "Nothing is known of when these calls were made: if not in turn, a busy hour looks the same."
)


def length(a: Side, b: Side, rules: Rules) -> Finding:
    """Whose answers are longer, in reported tokens, or in characters where those aren't known."""
    metric, values_a, values_b = _lengths(a, b)
    cut_a, cut_b = cut_off(a.group.texts), cut_off(b.group.texts)
    caution = f"Cut off by a limit, and so counted too short: {cut_a} and {cut_b}."
    return _apart(
        (a, b),
        (values_a, values_b),
        rules,
        metric=metric,
        unit=metric.removeprefix("length_"),
        words=("'s answers are", "shorter than", "longer than", "as long as"),
        about="length (Cliff's delta)",
        caution=caution if cut_a or cut_b else "",
    )


def latency(a: Side, b: Side, rules: Rules) -> Finding | None:
    """Whose calls take longer, in seconds; `None` where times aren't known.

    Over all samples: a filtered answer took its time too. Right where the calls of both were made
    in turn, as the plan of a run has them: otherwise a busy hour looks like a slow setting.
    """
    seconds_a, seconds_b = ([s.seconds for s in x.group.samples if s.seconds > 0] for x in (a, b))
    if not seconds_a or not seconds_b:
        return None
    return _apart(
        (a, b),
        (seconds_a, seconds_b),
        rules,
        metric="latency",
        unit="seconds",
        words=("'s calls are", "faster than", "slower than", "as fast as"),
        about="how long calls take (Cliff's delta)",
        caution="" if _in_turn(a, b) else NOT_IN_TURN,
    )


def _in_turn(a: Side, b: Side) -> bool:
    """Whether the plan of a run mixed the calls of both: outputs from elsewhere have no plan."""
    return all(sample.slot.id for side in (a, b) for sample in side.group.samples[:1])


def _apart(
    sides: tuple[Side, Side],
    values: tuple[Sequence[float], Sequence[float]],
    rules: Rules,
    *,
    metric: str,
    unit: str,
    words: tuple[str, str, str, str],
    about: str,
    caution: str,
) -> Finding:
    (a, b), (values_a, values_b) = sides, values
    n_a, n_b = len(values_a), len(values_b)
    why_not = untested(n_a, n_b)
    wide = narrow = p = needed = None
    finding, aim, method = "", CLIFF_MARGIN / 2, ""
    if min(n_a, n_b) > 1:
        found = longer(values_a, values_b)
        wide = Interval(found.delta, *found.interval(rules.alpha))
        narrow = Interval(found.delta, *found.interval(2 * rules.alpha))
        possessive, less, more, equal = words
        sign = way(found.delta, less=less, more=more, equal=equal)
        finding = (
            f"{a.name}{possessive} {sign} {b.name}'s: median {median(values_a):.4g} vs "
            f"{median(values_b):.4g} {unit}, Cliff's delta {number(found.delta)} "
            f"({ends_words(wide, rules.alpha)})"
        )
        aim = target(wide, CLIFF_MARGIN)
        if not why_not:
            tested = brunner_munzel(
                values_a, values_b, permutations=rules.permutations, seed=rules.seed
            )
            p, method = tested.p, f", {tested.method}"
            needed = ceil(max(n_a, n_b) * (wide.half_width / aim) ** 2)
    return Finding(
        a=a.name,
        b=b.name,
        metric=metric,
        family="exploratory",
        effect=wide.difference if wide else None,
        method=f"Brunner-Munzel{method}; difference and effect: Cliff's delta",
        evidence=Evidence(
            finding=finding,
            about=about,
            calls=calls_words(n_a, n_b),
            p=p,
            wide=wide,
            narrow=narrow,
            margin=CLIFF_MARGIN,
            calls_needed=needed,
            target=aim,
            caution=caution,
            untested=why_not,
        ),
    )


def _lengths(a: Side, b: Side) -> tuple[str, Sequence[int], Sequence[int]]:
    tokens_a, tokens_b = token_lengths(a.group.texts), token_lengths(b.group.texts)
    if isinstance(tokens_a, str) or isinstance(tokens_b, str):
        in_a, in_b = ([len(s.text) for s in side.group.texts] for side in (a, b))
        return "length_characters", in_a, in_b
    return "length_tokens", tokens_a, tokens_b

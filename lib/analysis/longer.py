"""Whose answers are longer."""

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


def length(a: Side, b: Side, rules: Rules) -> Finding:
    """Whose answers are longer, in reported tokens, or in characters where those aren't known."""
    metric, values_a, values_b = _lengths(a, b)
    unit = metric.removeprefix("length_")
    n_a, n_b = len(values_a), len(values_b)
    why_not = untested(n_a, n_b)
    wide = narrow = p = needed = None
    finding, aim, method = "", CLIFF_MARGIN / 2, ""
    if min(n_a, n_b) > 1:
        found = longer(values_a, values_b)
        wide = Interval(found.delta, *found.interval(rules.alpha))
        narrow = Interval(found.delta, *found.interval(2 * rules.alpha))
        sign = way(found.delta, less="shorter than", more="longer than", equal="as long as")
        finding = (
            f"{a.name}'s answers are {sign} {b.name}'s: median {median(values_a):g} vs "
            f"{median(values_b):g} {unit}, Cliff's delta {number(found.delta)} "
            f"({ends_words(wide, rules.alpha)})"
        )
        aim = target(wide, CLIFF_MARGIN)
        if not why_not:
            tested = brunner_munzel(
                values_a, values_b, permutations=rules.permutations, seed=rules.seed
            )
            p, method = tested.p, f", {tested.method}"
            needed = ceil(max(n_a, n_b) * (wide.half_width / aim) ** 2)
    cut_a, cut_b = cut_off(a.group.texts), cut_off(b.group.texts)
    caution = f"Cut off by a limit, and so counted too short: {cut_a} and {cut_b}."
    return Finding(
        a=a.name,
        b=b.name,
        metric=metric,
        family="exploratory",
        effect=wide.difference if wide else None,
        method=f"Brunner-Munzel{method}; difference and effect: Cliff's delta",
        evidence=Evidence(
            finding=finding,
            about="length (Cliff's delta)",
            calls=calls_words(n_a, n_b),
            p=p,
            wide=wide,
            narrow=narrow,
            margin=CLIFF_MARGIN,
            calls_needed=needed,
            target=aim,
            caution=caution if cut_a or cut_b else "",
            untested=why_not,
        ),
    )


def _lengths(a: Side, b: Side) -> tuple[str, Sequence[int], Sequence[int]]:
    tokens_a, tokens_b = token_lengths(a.group.texts), token_lengths(b.group.texts)
    if isinstance(tokens_a, str) or isinstance(tokens_b, str):
        in_a, in_b = ([len(s.text) for s in side.group.texts] for side in (a, b))
        return "length_characters", in_a, in_b
    return "length_tokens", tokens_a, tokens_b

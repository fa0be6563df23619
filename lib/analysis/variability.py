"""Whose outputs vary more: how often two calls agree, and how alike they are."""

from __future__ import annotations

from typing import Literal

from lib.analysis import mover, sequential
from lib.analysis.finding import Finding, Rules, target, untested
from lib.analysis.sequential import Looked
from lib.analysis.sides import Side
from lib.analysis.u_statistic import PairMean
from lib.analysis.verdict import Evidence, Interval, calls_words, interval_words, number, way


def collision(a: Side, b: Side, rules: Rules) -> Finding:
    """Whose outputs agree more often: the primary question, the one that a run may stop at."""
    looked = None
    if rules.stop is not None:
        looked = sequential.looked(a.column, b.column, rules.stop, alpha=rules.alpha)
    return _pair_means(
        (a, b),
        (a.agreement, b.agreement),
        rules,
        metric="collision_probability",
        words=("'s outputs agree", "less often than", "more often than", "as often as"),
        about="how often two calls agree",
        looked=looked,
    )


def mean_similarity(a: Side, b: Side, rules: Rules) -> Finding:
    """Whose outputs are more alike."""
    return _pair_means(
        (a, b),
        (a.similar, b.similar),
        rules,
        metric="mean_similarity",
        words=("'s outputs are", "less alike than", "more alike than", "as alike as"),
        about="how alike two calls are",
    )


def _pair_means(
    sides: tuple[Side, Side],
    means: tuple[PairMean | None, PairMean | None],
    rules: Rules,
    *,
    metric: Literal["collision_probability", "mean_similarity"],
    words: tuple[str, str, str, str],
    about: str,
    looked: Looked | None = None,
) -> Finding:
    (a, b), (u_a, u_b) = sides, means
    n_a, n_b = (len(s.outputs) if u is None else u.n for s, u in zip(sides, means, strict=True))
    why_not = untested(n_a, n_b)
    wide = narrow = p = needed = None
    finding, aim = "", rules.margin / 2
    if u_a is not None and u_b is not None:
        possessive, less, more, equal = words
        sign = way(u_a.u - u_b.u, less=less, more=more, equal=equal)
        finding = f"{a.name}{possessive} {sign} {b.name}'s: {number(u_a.u)} vs {number(u_b.u)}"
        wide = _interval(mover.difference(u_a, u_b, alpha=rules.alpha))
        narrow = _interval(mover.difference(u_a, u_b, alpha=2 * rules.alpha))
        if looked is not None:
            wide, narrow = looked.wide, looked.narrow
        if wide is None and not why_not:
            why_not = "No interval can be given: all pairs of calls are equally alike."
        if wide is not None:
            finding += f", {interval_words(wide, rules.alpha)}"
            aim = target(wide, rules.margin)
        if not why_not:
            p = mover.p_value(u_a, u_b) if looked is None else looked.p
            needed = mover.calls_needed(u_a, u_b, alpha=rules.alpha, half_width=aim)
    return Finding(
        a=a.name,
        b=b.name,
        metric=metric,
        family="primary" if metric == "collision_probability" else "exploratory",
        effect=wide.difference if wide else None,
        method="MOVER of widened logit-t intervals, p by inversion"
        + (f"; {sequential.METHOD}" if looked is not None else ""),
        evidence=Evidence(
            finding=finding,
            about=about,
            calls=calls_words(n_a, n_b),
            p=p,
            wide=wide,
            narrow=narrow,
            margin=rules.margin,
            calls_needed=needed,
            target=aim,
            untested=why_not,
        ),
    )


def _interval(ends: tuple[float, float, float] | None) -> Interval | None:
    return None if ends is None else Interval(*ends)

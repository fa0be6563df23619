"""Which share of the answers ends for a reason, or passes a check."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from lib.analysis.contingency import chi_squared, cramers_v, fisher
from lib.analysis.finding import Finding, Rules, target, untested
from lib.analysis.proportions import newcombe
from lib.analysis.sides import Side
from lib.analysis.u_statistic import smallest_n
from lib.analysis.verdict import Evidence, Interval, calls_words, interval_words, way


def finish_reasons(a: Side, b: Side, rules: Rules) -> Finding:
    """Whether both end for the same reasons. Over all samples."""
    counts_a = Counter[str](s.finish_reason for s in a.group.samples)
    counts_b = Counter[str](s.finish_reason for s in b.group.samples)
    n_a, n_b = counts_a.total(), counts_b.total()
    reasons = sorted({**counts_a, **counts_b}, key=lambda r: (r == "stop", r))
    if not min(n_a, n_b) or len(reasons) > 2:
        return _together(a, b, counts_a, counts_b, rules)
    return _proportion(
        (a, b),
        (counts_a[reasons[0]], n_a, counts_b[reasons[0]], n_b),
        rules,
        metric="finish_reasons",
        words=(f"ends with {reasons[0]}", f"how often answers end with {reasons[0]}"),
    )


def _together(
    a: Side, b: Side, counts_a: Counter[str], counts_b: Counter[str], rules: Rules
) -> Finding:
    """Three reasons or more at once: their shares have no single difference."""
    n_a, n_b = counts_a.total(), counts_b.total()
    why_not = untested(n_a, n_b)
    p, narrow, effect, method, told = None, None, None, "permuted chi-squared", ""
    if min(n_a, n_b):
        tables = {r: (counts_a[r], n_a, counts_b[r], n_b) for r in {**counts_a, **counts_b}}
        effect = cramers_v(counts_a, counts_b)
        narrow = _hull(list(tables.values()), 2 * rules.alpha)
        far = sorted(tables, key=lambda r: (-abs(counts_a[r] / n_a - counts_b[r] / n_b), r))
        told = ", ".join(f"{r} {counts_a[r]} of {n_a} vs {counts_b[r]} of {n_b}" for r in far[:3])
    if not why_not:
        tested = chi_squared(counts_a, counts_b, permutations=rules.permutations, seed=rules.seed)
        p, method = tested.p, f"{method}, {tested.method}; effect: Cramer's V"
    return Finding(
        a=a.name,
        b=b.name,
        metric="finish_reasons",
        family="exploratory",
        effect=effect,
        method=method,
        evidence=Evidence(
            finding=told and f"{a.name} and {b.name} end for different reasons: {told}",
            described=told,
            about="the share of any finish reason",
            calls=calls_words(n_a, n_b),
            p=p,
            narrow=narrow,
            margin=rules.margin,
            target=rules.margin / 2,
            untested=why_not,
        ),
    )


def check(name: str, a: Side, b: Side, rules: Rules) -> Finding:
    """Whose answers pass a check more often."""
    passed_a, passed_b, undecided = a.passed[name], b.passed[name], ""
    if isinstance(passed_a, str) or isinstance(passed_b, str):
        undecided = f"“{name}” can't be decided: {passed_a}."
        passed_a = passed_b = 0
    return _proportion(
        (a, b),
        (passed_a, len(a.outputs), passed_b, len(b.outputs)),
        rules,
        metric=f"check: {name}",
        words=(f"passes “{name}”", f"how often “{name}” is passed"),
        undecided=undecided,
    )


def _proportion(
    sides: tuple[Side, Side],
    table: tuple[int, int, int, int],
    rules: Rules,
    *,
    metric: str,
    words: tuple[str, str],
    undecided: str = "",
) -> Finding:
    """Two shares: Fisher's test, Newcombe's interval."""
    (a, b), (count_a, n_a, count_b, n_b) = sides, table
    why_not = undecided or untested(n_a, n_b)
    wide = narrow = p = needed = effect = None
    finding, aim = "", rules.margin / 2
    if min(n_a, n_b) and not undecided:
        wide = Interval(*newcombe(*table, alpha=rules.alpha))
        narrow = Interval(*newcombe(*table, alpha=2 * rules.alpha))
        sign = way(
            wide.difference, less="less often than", more="more often than", equal="as often as"
        )
        finding = (
            f"{a.name} {words[0]} {sign} {b.name}: {count_a} of {n_a} vs {count_b} of {n_b}, "
            f"{interval_words(wide, rules.alpha)}"
        )
        effect = cramers_v(
            {"yes": count_a, "no": n_a - count_a}, {"yes": count_b, "no": n_b - count_b}
        )
        aim = target(wide, rules.margin)
        if not why_not:
            p = fisher(*table)
            needed = _calls_for_shares(count_a / n_a, count_b / n_b, max(n_a, n_b), aim, rules)
    return Finding(
        a=a.name,
        b=b.name,
        metric=metric,
        family="exploratory",
        effect=effect,
        method="Fisher's exact test, Newcombe's interval; effect: Cramer's V",
        evidence=Evidence(
            finding=finding,
            about=words[1],
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


def _hull(tables: Sequence[tuple[int, int, int, int]], alpha: float) -> Interval:
    """From the lowest to the highest end over all reasons: all of them lie within."""
    found = [newcombe(*table, alpha=alpha) for table in tables]
    return Interval(0.0, min(low for _, low, _ in found), max(high for _, _, high in found))


def _calls_for_shares(
    share_a: float, share_b: float, n: int, half_width: float, rules: Rules
) -> int | None:
    def enough(n: int) -> bool:
        _, low, high = newcombe(share_a * n, n, share_b * n, n, alpha=rules.alpha)
        return (high - low) / 2 <= half_width

    return smallest_n(enough, start=n)

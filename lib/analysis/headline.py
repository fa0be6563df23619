"""The finding of a run in one or two sentences that need no statistics to be read."""

from __future__ import annotations

from collections.abc import Sequence

from lib.analysis.analysed import Analysis, Summary
from lib.analysis.comparison import Comparison
from lib.analysis.verdict import Verdict

_WORTH_TELLING = 0.1
"""From this share on it is told that answers were cut off."""


def headline(analysis: Analysis) -> str:
    """What was found, in plain words, never stronger than its test."""
    columns = analysis.configurations
    silent = [summary.name for summary in columns if not summary.samples]
    if len(silent) == len(columns):
        return "No call has brought an answer."
    if not analysis.final:
        return f"No verdict while the run goes on: {_so_far(columns)}."
    sentences = [_alone(columns[0]) if len(columns) == 1 else _primary(analysis)]
    if silent:
        sentences.append(f"No call of {_listed(silent)} brought an answer.")
    elif second := _cut_off(columns) or _content(analysis):
        sentences.append(second)
    if analysis.n_changed_after_results and len(columns) > 1:
        sentences.append("N was changed after results were seen: take it as a hint.")
    return " ".join(sentences)


def _so_far(columns: Sequence[Summary]) -> str:
    told = (f"{quoted(s.name)} {s.samples} of {s.group.planned} calls" for s in columns[:4])
    more = f" and {len(columns) - 4} more" if len(columns) > 4 else ""
    return f"so far {', '.join(told)}{more}"


def _alone(summary: Summary) -> str:
    name = quoted(summary.name)
    collision, distinct = summary.metrics["collision_probability"], summary.metrics["distinct"]
    if collision.value is None or distinct.value is None:
        return f"{name}: {summary.samples} answered, variability not known ({collision.why})."
    different = f"{distinct.value:g} different answer{'s' * (distinct.value != 1)}"
    told = f"{name}: {different} in {distinct.n} calls; "
    if distinct.value == 1:
        told = f"{name}: all {distinct.n} calls gave the same answer"
        if collision.low is None:
            return f"{told}."
        return f"{told}; two calls agree at least {share(collision.low)} of the time."
    ends = (
        ""
        if collision.low is None or collision.high is None
        else f" (between {share(collision.low)} and {share(collision.high)})"
    )
    return f"{told}two calls agree {share(collision.value)} of the time{ends}."


def _primary(analysis: Analysis) -> str:
    """How often answers repeat: the one question that was asked beforehand."""
    found = [c for c in analysis.comparisons if c.family == "primary"]
    if len(found) == 1:
        return _pair(found[0], analysis)
    by_verdict: dict[Verdict, list[Comparison]] = {}
    for comparison in found:
        by_verdict.setdefault(comparison.verdict, []).append(comparison)
    different = by_verdict.get("different", []) + by_verdict.get("different_but_small", [])
    open_ones = by_verdict.get("inconclusive", [])
    if different:
        clearest = max(different, key=lambda c: abs(c.difference or 0))
        rest = " Others can't be told apart yet." if open_ones else ""
        return (
            f"{len(different)} of {len(found)} pairs differ in how often their answers repeat; "
            f"most of all {_against(clearest, analysis)}.{rest}"
        )
    if open_ones:
        return (
            f"Not enough calls to tell which of the {len(analysis.configurations)} "
            f"configurations varies more{_needed(open_ones)}."
        )
    if equivalent := by_verdict.get("equivalent"):
        pairs = "no two configurations" if len(equivalent) == len(found) else "no pair tested"
        points = f"{100 * analysis.rules.margin:g} percentage points"
        return f"How often answers repeat: {pairs} differ by more than {points}."
    return f"Described, not compared: {found[0].says}" if found else "Nothing was compared."


def _pair(c: Comparison, analysis: Analysis) -> str:
    a, b = quoted(c.a), quoted(c.b)
    match c.verdict:
        case "different" | "different_but_small":
            small = "A real but small difference: " if c.verdict == "different_but_small" else ""
            return f"{small}{_repeats(c, analysis)}."
        case "equivalent":
            points = f"{100 * analysis.rules.margin:g} percentage points"
            return f"{a} and {b} repeat their answers about equally often: within {points}."
        case "inconclusive":
            return f"Not enough calls to tell whether {a} or {b} varies more{_needed([c])}."
        case "describe_only":
            return f"{a} and {b} are described, not compared. {c.says}"


def _repeats(c: Comparison, analysis: Analysis) -> str:
    first, second = (c.a, c.b) if (c.difference or 0) > 0 else (c.b, c.a)
    return (
        f"{quoted(first)} repeats its answers more than {quoted(second)}: two calls agree "
        f"{_agree(analysis, first)} of the time, against {_agree(analysis, second)}"
    )


def _against(c: Comparison, analysis: Analysis) -> str:
    first, second = (c.a, c.b) if (c.difference or 0) > 0 else (c.b, c.a)
    return (
        f"{quoted(first)}, where two calls agree {_agree(analysis, first)} of the time, "
        f"and {quoted(second)}, {_agree(analysis, second)}"
    )


def _agree(analysis: Analysis, name: str) -> str:
    summary = next(s for s in analysis.configurations if s.name == name)
    return share(summary.metrics["collision_probability"].value or 0.0)


def _needed(found: Sequence[Comparison]) -> str:
    needed = [c.calls_needed for c in found if c.calls_needed is not None]
    return f": it takes about {max(needed):,} calls of each" if needed else ""


def _cut_off(columns: Sequence[Summary]) -> str:
    """Which configuration a limit cut off most, if it cut off many."""
    shares = [(s.finish_reasons.get("length"), s) for s in columns]
    cut = [(found.share, found, s) for found, s in shares if found is not None]
    most = max(cut, key=lambda entry: entry[0], default=None)
    if most is None or most[0] < _WORTH_TELLING:
        return ""
    _, found, summary = most
    return f"A length limit cut off {found.count} of {found.n} answers of {quoted(summary.name)}."


def _content(analysis: Analysis) -> str:
    """Whether content differs although variability isn't known to."""
    differ = [
        c
        for c in analysis.comparisons
        if c.metric == "distribution" and c.verdict in {"different", "different_but_small"}
    ]
    if not differ:
        return ""
    if len(analysis.configurations) == 2:
        return "What they answer differs."
    return f"What they answer differs in {len(differ)} pair{'s' * (len(differ) > 1)}."


def quoted(name: str) -> str:
    """A name that the user typed, told apart from the sentence around it."""
    return f"“{name}”"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(quoted(name) for name in names)


def share(value: float) -> str:
    """Whole percents, but never 0% or 100% of what isn't."""
    percent = round(100 * value)
    if percent == 100 and value < 1:
        return "over 99%"
    if percent == 0 and value > 0:
        return "under 1%"
    return f"{percent}%"

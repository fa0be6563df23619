"""The finding of a run in one or two sentences that need no statistics to be read."""

from __future__ import annotations

from collections.abc import Sequence

from lib.analysis.analysed import Analysis, Summary
from lib.analysis.comparison import Comparison
from lib.analysis.verdict import Verdict
from lib.domain.vocabulary import Estimate

_WORTH_TELLING = 0.1
"""From this share on it is told that answers were cut off."""
_MOST_NAMED = 3
"""Configurations. A sentence with more names is not read."""
_MOST_CHECKS = 2
"""Checks that are told one by one."""


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
    sentences += _checks(analysis)
    if analysis.n_changed_after_results and len(columns) > 1:
        sentences.append("Calls were added after results were seen: take it as a hint.")
    return " ".join(sentences)


def _so_far(columns: Sequence[Summary]) -> str:
    told = (f"{quoted(s.name)} {s.samples} of {s.group.planned} calls" for s in columns[:4])
    more = f" and {len(columns) - 4} more" if len(columns) > 4 else ""
    return f"so far {', '.join(told)}{more}"


def _alone(summary: Summary) -> str:
    name = quoted(summary.name)
    collision, distinct = summary.metrics["collision_probability"], summary.metrics["distinct"]
    if collision.value is None or distinct.value is None:
        answered = f"{summary.samples} call{'s' * (summary.samples != 1)} answered"
        return f"{name}: {answered}. How much its answers vary is not known ({collision.why})."
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
    same = _all_the_same(analysis)
    if same and all(c.verdict == "inconclusive" for c in found):
        return f"{same} Not enough calls to tell whether any varies{_needed(found, analysis)}."
    if len(found) == 1:
        return _pair(found[0], analysis)
    by_verdict: dict[Verdict, list[Comparison]] = {}
    for comparison in found:
        by_verdict.setdefault(comparison.verdict, []).append(comparison)
    different = by_verdict.get("different", []) + by_verdict.get("different_but_small", [])
    open_ones = by_verdict.get("inconclusive", [])
    if different:
        many = _of(len(different), len(found), "pair")
        clearest = max(different, key=lambda c: abs(c.difference or 0))
        rest = f" {len(open_ones)} can't be told apart yet." if open_ones else ""
        return (
            f"{many[0].upper()}{many[1:]} differ{'s' * (len(different) == 1)} in how often their "
            f"answers repeat, most of all {_against(clearest, analysis)}.{rest}"
        )
    if open_ones:
        answered = sum(bool(each.samples) for each in analysis.configurations)
        which = f"which of the {answered} configurations" if answered > 2 else "which configuration"
        return f"Not enough calls to tell {which} varies more{_needed(open_ones, analysis)}."
    if equivalent := by_verdict.get("equivalent"):
        points = f"more than {100 * analysis.rules.margin:g} percentage points"
        if len(equivalent) == len(found):
            return f"How often answers repeat: no two configurations differ by {points}."
        return f"How often answers repeat: no pair that was tested differs by {points}."
    return f"Nothing is compared. {found[0].says}" if found else "Nothing was compared."


def _all_the_same(analysis: Analysis) -> str:
    """A sentence, if every call of every configuration gave the same answer."""
    texts = [text for each in analysis.configurations for text in each.outputs]
    if len(set(texts)) != 1 or any(not each.outputs for each in analysis.configurations):
        return ""
    return f"All {len(texts)} answers are the same, under every configuration."


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
            return (
                f"Not enough calls to tell whether {a} or {b} varies more{_needed([c], analysis)}."
            )
        case "describe_only":
            return f"{a} and {b} are not compared. {c.says}"


def _repeats(c: Comparison, analysis: Analysis) -> str:
    first, second = (c.a, c.b) if (c.difference or 0) > 0 else (c.b, c.a)
    return (
        f"{quoted(first)} repeats its answers more often than {quoted(second)}. "
        f"{quoted(first)}: {_agree(analysis, first)}. {quoted(second)}: {_agree(analysis, second)}"
    )


def _against(c: Comparison, analysis: Analysis) -> str:
    first, second = (c.a, c.b) if (c.difference or 0) > 0 else (c.b, c.a)
    return (
        f"{quoted(first)} ({_agree(analysis, first)}) and {quoted(second)} "
        f"({_agree(analysis, second)})"
    )


def _agree(analysis: Analysis, name: str) -> str:
    """How often two calls agree. All or none of so many is no promise that it stays so."""
    summary = next(s for s in analysis.configurations if s.name == name)
    e = summary.metrics["collision_probability"]
    if e.value == 1:
        return f"all {e.n} answers the same"
    if e.value == 0:
        return f"no two of {e.n} answers the same"
    return f"two calls agree {share(e.value or 0.0)} of the time"


def _needed(found: Sequence[Comparison], analysis: Analysis) -> str:
    """How many calls it takes, for the easiest pair and for all that are open.

    In a new run: more of them in this one, after a look at its results, would make a hint of any
    verdict. A run that was declared to look in between may go on.
    """
    needed = {c: c.calls_needed for c in found if c.calls_needed is not None}
    if not needed:
        return ""
    anew = analysis.rules.stop is None
    easiest, most = min(needed, key=lambda c: needed[c]), max(needed.values())
    if needed[easiest] == most:
        return f": it takes about {most:,} calls of each{', in a new run' * anew}"
    all_ = "both" if len(needed) == 2 else f"all {len(needed)}"
    return (
        f": {'in a new run, ' * anew}about {needed[easiest]:,} calls of each would do for the pair "
        f"that needs fewest, {quoted(easiest.a)} and {quoted(easiest.b)}, and about {most:,} for "
        f"{all_} open pairs"
    )


def _checks(analysis: Analysis) -> list[str]:
    """Which checks tell configurations apart; of a configuration alone, how many pass."""
    columns = analysis.configurations
    if len(columns) == 1:
        told = [f"{quoted(name)}: {passing(e)}." for name, e in columns[0].checks.items() if e.n]
        return told[:_MOST_CHECKS]
    told = [_check(name, analysis) for name in columns[0].checks]
    told = [sentence for sentence in told if sentence]
    more = len(told) - _MOST_CHECKS
    rest = [f"{more} more check{'s differ' if more > 1 else ' differs'}."] if more > 0 else []
    return told[:_MOST_CHECKS] + rest


def _check(name: str, analysis: Analysis) -> str:
    """In how many pairs a check is passed more often by one; empty where none is known."""
    tested = [c for c in analysis.comparisons if c.metric == f"check: {name}"]
    differ = [c for c in tested if c.verdict in {"different", "different_but_small"}]
    if not differ:
        return ""
    clearest = max(differ, key=lambda c: abs(c.difference or 0))
    pair = (clearest.a, clearest.b)
    more, less = pair if (clearest.difference or 0) > 0 else reversed(pair)
    shares = {each.name: each.checks[name] for each in analysis.configurations}
    first, second = (counted(shares[each]) for each in (more, less))
    if len(tested) == 1:
        small = " A real but small difference." * (clearest.verdict == "different_but_small")
        return (
            f"{quoted(name)}: {quoted(more)} passes more often ({first}) than {quoted(less)} "
            f"({second}).{small}"
        )
    return (
        f"{quoted(name)}: {_of(len(differ), len(tested), 'pair')} differ{'s' * (len(differ) == 1)},"
        f" most of all {quoted(more)} ({first} pass) and {quoted(less)} ({second})."
    )


def counted(e: Estimate) -> str:
    """A share as the count that it is made from, such as `12 of 20`."""
    return f"{round((e.value or 0.0) * e.n):,} of {e.n:,}"


def passing(e: Estimate) -> str:
    """The answers that pass a check, with the share and its interval, or why it isn't known."""
    if e.value is None:
        return f"not known ({e.why})"
    told = f"{counted(e)} pass{'es' * (e.n == 1)}, {share(e.value)}"
    if e.low is None or e.high is None:
        return f"{told}, without an interval"
    return f"{told} ({share(e.low)} to {share(e.high)})"


def _cut_off(columns: Sequence[Summary]) -> str:
    """Which configurations a limit cut off, of those where it cut off many answers."""
    cut = [
        (found, each.name)
        for each in columns
        if (found := each.finish_reasons.get("length")) is not None
        and found.share >= _WORTH_TELLING
    ]
    if not cut:
        return ""
    if len(cut) <= _MOST_NAMED:
        (first, name), *others = cut
        told = [f"{first.count} of {first.n} answers of {quoted(name)}"]
        told += [f"{found.count} of {found.n} of {quoted(name)}" for found, name in others]
        return f"A length limit cut off {_and(told)}."
    most, name = max(cut, key=lambda entry: entry[0].share)
    return (
        f"A length limit cut off answers of {_of(len(cut), len(columns), 'configuration')}, "
        f"most of all of {quoted(name)}: {most.count} of {most.n}."
    )


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
    tested = sum(c.metric == "distribution" for c in analysis.comparisons)
    return f"What they answer differs in {_of(len(differ), tested, 'pair')}."


def quoted(name: str) -> str:
    """A name that the user typed, told apart from the sentence around it."""
    return f"“{name}”"


def _listed(names: Sequence[str]) -> str:
    """The names; of many the first few, and how many more there are."""
    told = [quoted(name) for name in names[:_MOST_NAMED]]
    more = len(names) - len(told)
    return _and([*told, f"{more} more"] if more else told)


def _and(words: Sequence[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def _of(some: int, all_: int, what: str) -> str:
    """`3 of 4 pairs`, `all 4 pairs`."""
    return f"all {all_} {what}s" if some == all_ > 1 else f"{some} of {all_} {what}s"


def share(value: float) -> str:
    """Whole percents, but never 0% or 100% of what isn't."""
    percent = round(100 * value)
    if percent == 100 and value < 1:
        return "over 99%"
    if percent == 0 and value > 0:
        return "under 1%"
    return f"{percent}%"

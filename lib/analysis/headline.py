"""The finding of a run in one or two sentences that need no statistics to be read."""

from __future__ import annotations

from collections.abc import Sequence

from lib.analysis.analysed import Analysis, Summary
from lib.analysis.phrases import MOST_NAMED, and_, counted, listed, of, passing, quoted, share
from lib.analysis.primary_finding import primary

_WORTH_TELLING = 0.1
"""From this share on it is told that answers were cut off."""
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
    sentences = [_alone(columns[0]) if len(columns) == 1 else primary(analysis)]
    if silent:
        sentences.append(f"No call of {listed(silent)} brought an answer.")
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
        f"{quoted(name)}: {of(len(differ), len(tested), 'pair')} differ{'s' * (len(differ) == 1)},"
        f" most of all {quoted(more)} ({first} pass) and {quoted(less)} ({second})."
    )


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
    if len(cut) <= MOST_NAMED:
        (first, name), *others = cut
        told = [f"{first.count} of {first.n} answers of {quoted(name)}"]
        told += [f"{found.count} of {found.n} of {quoted(name)}" for found, name in others]
        return f"A length limit cut off {and_(told)}."
    most, name = max(cut, key=lambda entry: entry[0].share)
    return (
        f"A length limit cut off answers of {of(len(cut), len(columns), 'configuration')}, "
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
    return f"What they answer differs in {of(len(differ), tested, 'pair')}."

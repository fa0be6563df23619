"""Whose answers repeat more often, in plain words: the one question that was asked beforehand."""

from __future__ import annotations

from collections.abc import Sequence

from lib.analysis.analysed import Analysis
from lib.analysis.comparison import Comparison
from lib.analysis.more_calls import MOST, MoreCalls, more_calls
from lib.analysis.phrases import of, quoted, share
from lib.analysis.trend import Trend
from lib.analysis.verdict import Verdict


def primary(analysis: Analysis) -> str:
    """How often answers repeat: the one question that was asked beforehand."""
    found = [c for c in analysis.comparisons if c.family == "primary"]
    same = _all_the_same(analysis)
    if same and all(c.verdict == "inconclusive" for c in found):
        return f"{same} Not enough calls to tell whether any varies{_needed(analysis)}."
    if len(found) == 1:
        return _pair(found[0], analysis)
    by_verdict: dict[Verdict, list[Comparison]] = {}
    for comparison in found:
        by_verdict.setdefault(comparison.verdict, []).append(comparison)
    different = by_verdict.get("different", []) + by_verdict.get("different_but_small", [])
    if along := _along(analysis):
        return f"{along} {_pairs(found, len(different), analysis)}"
    open_ones = by_verdict.get("inconclusive", [])
    if different:
        many = of(len(different), len(found), "pair")
        clearest = max(different, key=lambda c: abs(c.difference or 0))
        rest = f" {_open(len(open_ones), analysis)}." if open_ones else ""
        return (
            f"{many[0].upper()}{many[1:]} differ{'s' * (len(different) == 1)} in how often their "
            f"answers repeat, most of all {_against(clearest, analysis)}.{rest}"
        )
    if open_ones:
        answered = sum(bool(each.samples) for each in analysis.configurations)
        which = f"which of the {answered} configurations" if answered > 2 else "which configuration"
        return f"Not enough calls to tell {which} varies more{_needed(analysis)}."
    if equivalent := by_verdict.get("equivalent"):
        beyond = f"more than {_points(analysis)}, the declared margin"
        if len(equivalent) == len(found):
            return f"How often answers repeat: no two configurations differ by {beyond}."
        return f"How often answers repeat: no pair that was tested differs by {beyond}."
    return f"Nothing is compared. {found[0].says}" if found else "Nothing was compared."


def _along(analysis: Analysis) -> str:
    """What a ladder of one setting does, where that can be told; else nothing."""
    found = analysis.trend
    if found is None or found.change is None:
        return ""
    rises = f"As {found.setting} rises from {found.values[0]} to {found.values[-1]}"
    more = "more" if found.change > 0 else "less"
    match found.verdict:
        case "different":
            return f"{rises}, answers repeat {more} often: {_ends(found, analysis)}."
        case "different_but_small":
            return (
                f"{rises}, answers repeat {more} often, by less than {_points(analysis)}, the "
                f"declared margin: {_ends(found, analysis)}."
            )
        case "equivalent":
            return (
                f"{rises}, there is no trend of more than {_points(analysis)}, the declared "
                f"margin, in how often answers repeat: {_ends(found, analysis)}."
            )
        case "inconclusive" | "describe_only":
            return ""


def _ends(found: Trend, analysis: Analysis) -> str:
    first, last = (
        _agree(analysis, name) for name in (found.configurations[0], found.configurations[-1])
    )
    return f"at {found.values[0]}, {first}; at {found.values[-1]}, {last}"


def _pairs(found: Sequence[Comparison], different: int, analysis: Analysis) -> str:
    """How many pairs got which verdict, after a sentence on all of them."""
    alike = sum(c.verdict == "equivalent" for c in found)
    open_ones = sum(c.verdict == "inconclusive" for c in found)
    told = []
    if different:
        told.append(f"{of(different, len(found), 'pair')} differ{'s' * (different == 1)}")
    if alike:
        told.append(
            f"{of(alike, len(found), 'pair')} {'is' if alike == 1 else 'are'} within "
            f"{_points(analysis)}, the declared margin"
        )
    whole = ", and ".join(told)
    if open_ones:
        whole = "; ".join(filter(None, [whole, _open(open_ones, analysis)]))
    return f"{whole[:1].upper()}{whole[1:]}."


def _open(pairs: int, analysis: Analysis) -> str:
    """How many pairs are open, and what would tell all of them; nothing, where that isn't known."""
    found = more_calls(analysis)
    hardest = max(found, key=_calls_in_all)
    known = all(each.needed is not None for each in found)
    needed = f": about {hardest.more:,} more of each would tell{_anew(hardest, analysis)}" * known
    return f"{pairs} can't be told apart yet{needed}"


def _all_the_same(analysis: Analysis) -> str:
    """A sentence, if every call of every configuration gave the same answer."""
    texts = [text for each in analysis.configurations for text in each.outputs]
    if len(set(texts)) != 1 or any(not each.outputs for each in analysis.configurations):
        return ""
    return f"All {len(texts)} answers are the same, under every configuration."


def _pair(c: Comparison, analysis: Analysis) -> str:
    a, b = quoted(c.a), quoted(c.b)
    match c.verdict:
        case "different":
            return f"{_repeats(c, analysis)}."
        case "different_but_small":
            return (
                f"A real but small difference, less than {_points(analysis)}, the declared margin: "
                f"{_repeats(c, analysis)}."
            )
        case "equivalent":
            return (
                f"{a} and {b} repeat their answers about equally often: any difference is less "
                f"than {_points(analysis)}, the declared margin."
            )
        case "inconclusive":
            return f"Not enough calls to tell whether {a} or {b} varies more{_needed(analysis)}."
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
    return f"any two of {e.n} answers agree {share(e.value or 0.0)} of the time"


def _needed(analysis: Analysis) -> str:
    """How many more calls would tell, for the easiest pair and for all that are open.

    In a new run: more of them in this one, after a look at its results, would make a hint of any
    verdict. A run that was declared to look in between may go on.
    """
    found = more_calls(analysis)
    known = [each for each in found if each.needed is not None]
    if not known:
        return f": even {MOST:,} calls of each might not" * bool(found)
    easiest, hardest = min(known, key=_calls_in_all), max(known, key=_calls_in_all)
    if easiest.needed == hardest.needed and len(known) == len(found):
        return f": about {easiest.more:,} more of each would tell{_anew(easiest, analysis)}"
    told = (
        f": about {easiest.more:,} more of each would tell for the pair that needs fewest, "
        f"{quoted(easiest.a)} and {quoted(easiest.b)}"
    )
    if len(known) < len(found):
        return f"{told}{_anew(easiest, analysis)}"
    all_ = "both" if len(found) == 2 else f"all {len(found)}"
    return (
        f"{told}, and about {hardest.more:,} more for {all_} open pairs{_anew(hardest, analysis)}"
    )


def _calls_in_all(found: MoreCalls) -> int:
    return found.needed or 0


def _anew(found: MoreCalls, analysis: Analysis) -> str:
    """Where the calls are to be asked for, unless this run was declared to go on so far."""
    stop = analysis.rules.stop
    if stop is not None and _calls_in_all(found) <= stop.most:
        return ""
    return f" (a new run of {_calls_in_all(found):,} calls of each)"


def _points(analysis: Analysis) -> str:
    return f"{100 * analysis.rules.margin:g} percentage points"

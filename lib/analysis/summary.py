"""The whole analysis of a run: what each configuration brought, and how they differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from lib.analysis.analysed import Analysis, Ending, Summary
from lib.analysis.answers import Answers, answers
from lib.analysis.as_json import as_json
from lib.analysis.checks import check_share
from lib.analysis.comparison import MOST_ALL_PAIRS, compare
from lib.analysis.finding import Rules
from lib.analysis.finish_reasons import finish_reasons, provider_finish_reasons
from lib.analysis.first_token import first_token
from lib.analysis.groups import ONE_SEED, Group, complete_rounds
from lib.analysis.headline import headline
from lib.analysis.latency import latency_s
from lib.analysis.metrics import metrics
from lib.analysis.phrases import quoted
from lib.analysis.sides import Side, prepared
from lib.analysis.trend import trend
from lib.domain.checks import Check
from lib.domain.declared import Declared
from lib.domain.errors import InputError
from lib.domain.vocabulary import FINISH_REASONS, OUTCOMES, FinishReason, Outcome

__all__ = ["Analysis", "Summary", "analyse", "as_json", "described", "headline"]

USAGE = ("input_tokens", "output_tokens", "cached_tokens", "reasoning_tokens")


def analyse(
    groups: Sequence[Group],
    *,
    checks: Sequence[Check] = (),
    declared: Declared | None = None,
    permutations: int = 9999,
    seed: int = 1,
    final: bool = True,
    n_changed_after_results: bool = False,
) -> Analysis:
    """Every number of every configuration, and every comparison.

    Args:
        groups: one for each configuration, in order; their names must differ.
        checks: what a good answer is.
        declared: with the experiment: alpha, margin, what an answer is, when to stop.
        permutations: of each permutation test.
        seed: of the permutations.
        final: whether the run has ended. While it goes on, numbers are over complete rounds, and
            nothing is compared.
        n_changed_after_results: whether calls were added after results were seen.

    Raises:
        InputError: if two configurations have the same name.
    """
    found, sides = described(
        groups,
        checks=checks,
        declared=declared,
        permutations=permutations,
        seed=seed,
        final=final,
        n_changed_after_results=n_changed_after_results,
    )
    if not final:
        return found
    return replace(
        found,
        comparisons=compare(
            sides, rules=found.rules, n_changed_after_results=n_changed_after_results
        ),
        trend=trend(sides, found.rules, n_changed=n_changed_after_results),
    )


def described(
    groups: Sequence[Group],
    *,
    checks: Sequence[Check] = (),
    declared: Declared | None = None,
    permutations: int = 9999,
    seed: int = 1,
    final: bool = True,
    n_changed_after_results: bool = False,
) -> tuple[Analysis, list[Side]]:
    """The same without comparisons, and what these are made from.

    Raises:
        InputError: if two configurations have the same name.
    """
    twice = [name for name, times in Counter(g.name for g in groups).items() if times > 1]
    if twice:
        raise InputError(f"Several configurations are named {twice[0]!r}.", "Rename all but one.")
    declared = Declared() if declared is None else declared
    rules = Rules.of(declared, permutations=permutations, seed=seed)
    groups = groups if final else complete_rounds(groups)
    found_answers = answers(groups, declared)
    sides = prepared(groups, checks, found_answers)
    seen = {s.finish_reason for side in sides for s in side.group.samples}
    among = tuple(reason for reason in FINISH_REASONS if reason in seen)
    found = Analysis(
        rules=rules,
        final=final,
        n_changed_after_results=n_changed_after_results,
        configurations=tuple(_summary(side, among, rules) for side in sides),
        comparisons=(),
        trend=None,
        answers=found_answers,
        warnings=(
            *_warnings([side.group for side in sides], final),
            *_of_answers(found_answers, declared, [side.group for side in sides]),
        ),
    )
    return found, sides


def _summary(side: Side, among: Sequence[FinishReason], rules: Rules) -> Summary:
    group, alpha = side.group, rules.alpha
    return Summary(
        group=group,
        outputs=side.outputs,
        outcomes=_outcomes(group),
        finish_reasons=finish_reasons(group, among=among, alpha=alpha),
        provider_finish_reasons=provider_finish_reasons(group),
        metrics=metrics(side, alpha=alpha),
        checks={name: check_share(n, group, alpha=alpha) for name, n in side.passed.items()},
        usage={name: _total(group, name) for name in USAGE},
        latency_s=latency_s(group.samples, alpha=alpha),
        first_token=first_token(
            group, alpha=alpha, permutations=rules.permutations, seed=rules.seed
        ),
    )


def _outcomes(group: Group) -> dict[Outcome | Ending, int]:
    answered = Counter(sample.outcome for sample in group.samples)
    malformed = group.errors.get("malformed", 0)
    counts: dict[Outcome | Ending, int] = {outcome: answered[outcome] for outcome in OUTCOMES}
    counts["malformed"] = malformed
    counts["failed"] = sum(group.errors.values()) - malformed
    counts["not_sent"] = group.not_sent
    if group.set_aside:
        counts["set_aside"] = group.set_aside
    return counts


def _total(group: Group, name: str) -> int | None:
    values = [getattr(sample.usage, name) for sample in group.samples]
    known = [value for value in values if value is not None]
    return sum(known) if known and len(known) == len(values) else None


def _warnings(groups: Sequence[Group], final: bool) -> list[str]:
    told = []
    if not final:
        aside = sum(group.set_aside for group in groups)
        told.append(
            "The run goes on: complete rounds only, as short answers arrive first"
            + (f" ({aside} answers set aside)." if aside else ".")
        )
    if final and len(groups) > MOST_ALL_PAIRS:
        told.append(
            f"{len(groups)} configurations: each is compared with the first, "
            f"{quoted(groups[0].name)}, and not with every other."
        )
    for group in groups:
        told += _warnings_of(group)
    return told


def _of_answers(found: Answers, declared: Declared, groups: Sequence[Group]) -> Iterator[str]:
    """What was declared about answers and looks, to be read beside every number."""
    if declared.answer is not None:
        yield f"Answers are compared by their value: {declared.answer.rule}."
    for values in found.values:
        if values.without:
            yield (
                f"{quoted(values.name)}: {values.without} of {len(values.values)} answers have no "
                "such value. They count as one value of their own."
            )
    if found.clusters is not None:
        yield (
            f"Answers that are {found.clusters.similar:g} alike in their words count as one "
            f"({len(found.clusters.sizes)} lexical clusters). That says nothing of their meaning."
        )
    if (stop := declared.stop) is not None:
        planned = min((group.planned for group in groups), default=0)
        yield (
            f"Looked after every {stop.batch} calls of each: {planned} of at most {stop.most} were "
            f"asked. Verdicts on agreement hold at {declared.alpha:g} over all looks together."
        )


def _warnings_of(group: Group) -> list[str]:
    told = []
    if group.one_seed:
        told.append(f"{quoted(group.name)}: {ONE_SEED}, so there is no variability to measure.")
    answers = Counter((s.response_id, s.text) for s in group.samples if s.response_id)
    if repeated := answers.total() - len(answers):
        told.append(
            f"{quoted(group.name)}: {repeated} answers repeat id and text of another. If the "
            "endpoint keeps answers and gives them again, these are no draws of their own."
        )
    models = sorted({s.model for s in group.samples if s.model})
    if len(models) > 1:
        told.append(f"{quoted(group.name)}: answered by {len(models)} models: {', '.join(models)}.")
    prints = {s.fingerprint for s in group.samples if s.fingerprint}
    if len(prints) > 1:
        told.append(
            f"{quoted(group.name)}: {len(prints)} different fingerprints: "
            "the endpoint changed while it was asked."
        )
    return told

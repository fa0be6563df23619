"""The parts of a report, in the order in which they are read."""

from __future__ import annotations

from collections.abc import Iterator

from lib.analysis.summary import Analysis, headline
from lib.charts.finish_reasons import finish_reasons
from lib.charts.forest import forest
from lib.charts.metric_words import METRICS, check
from lib.domain.message import Message
from lib.domain.vocabulary import Estimate
from lib.engine.progress import Snapshot
from lib.report import drawings, tables
from lib.report.about import About
from lib.report.markup import Element, element

MOST_SAMPLES, MOST_CHARACTERS = 400, 8_000
"""Samples in a report, and characters of each; the export has them all, whole."""
_UNIT = ("collision_probability", "mean_similarity")
_OTHERS = ("length_tokens",)


def top(snapshot: Snapshot, about: About) -> Element:
    """Its name, and what it is."""
    done = f"{snapshot.done:,} of {len(snapshot.slots):,} planned calls answered"
    return element(
        "header",
        element("h1", snapshot.experiment.name),
        element("p", f"{about.made:%d %B %Y, %H:%M %Z}. {done}, {about.state}."),
        element("p", f"Run {snapshot.run}", class_="small"),
        element("p", " ".join(f"#{tag}" for tag in about.tags)) if about.tags else None,
        element("p", element("strong", "Note: "), about.note, class_="text")
        if about.note
        else None,
    )


def question(snapshot: Snapshot) -> Element:
    """What was asked, and of whom."""
    experiment = snapshot.experiment
    own = [each for each in experiment.configurations if each.messages is not None]
    parts = [element("h2", "Question"), *_messages(experiment.messages, experiment.prefill)]
    if experiment.variables:
        told = ((f"{{{{{name}}}}}", value) for name, value in experiment.variables.items())
        parts.append(tables.table(("Variable", "Value"), told, "Variables"))
    for each in own:
        parts += [element("h3", f"{each.name} is asked this instead")]
        parts += _messages(each.messages or (), each.prefill or "")
    for each in experiment.configurations:
        if each.messages is None and each.prefill is not None:
            told_as = f"begins with “{each.prefill}”" if each.prefill else "has no prefill"
            parts.append(element("p", f"{each.name} {told_as}.", class_="text"))
    parts += [
        element("h2", "Settings"),
        element(
            "p",
            f"{experiment.repeats:,} calls of each configuration, in shuffled rounds. A setting "
            "that isn't named was not sent: the provider's own default held.",
        ),
        tables.configurations(experiment),
    ]
    return element("section", *parts)


def verdicts(found: Analysis, snapshot: Snapshot) -> Element:
    """What was found, never stronger than its test."""
    warnings = [*found.warnings, *snapshot.warnings]
    warnings += [f"{_names(snapshot)[number]}: {error}" for number, error in snapshot.ended.items()]
    return element(
        "section",
        element("h2", "Verdict"),
        element("p", headline(found), class_="verdict"),
        *(element("p", each, class_="warning") for each in warnings),
        tables.comparisons(found, primary=True),
        tables.folded("All other comparisons", tables.comparisons(found, primary=False)),
    )


def charts(found: Analysis) -> Element:
    """Drawings, each with its numbers."""
    shares = {each.name: each.finish_reasons for each in found.configurations}
    parts = [
        element("h2", "Charts"),
        element("h3", "Why answers ended"),
        _drawn(drawings.bars(shares, says=finish_reasons(shares).alt)),
        tables.reasons(found),
    ]
    for title, estimates, unit in _forests(found):
        says = forest(estimates, metric=title, unit=unit).alt
        drawn = _drawn(drawings.forest(estimates, unit=unit, says=says))
        parts += [element("h3", title), drawn]
    return element("section", *parts)


def numbers(found: Analysis) -> Element:
    """Every number, and what became of the calls."""
    return element(
        "section",
        element("h2", "Numbers"),
        tables.outcomes(found),
        tables.folded("Every metric, with its method", tables.metrics(found)),
    )


def answers(found: Analysis) -> Element:
    """The answers, grouped."""
    return element(
        "section",
        element("h2", "Answers"),
        *(tables.answers(each, found.rules.alpha) for each in found.configurations),
    )


def samples(snapshot: Snapshot) -> Iterator[Element]:
    """Every sample's text, configuration by configuration, folded."""
    shown = 0
    yield element("h2", "Samples")
    for number, configuration in enumerate(snapshot.experiment.configurations, start=1):
        mine = sorted(
            (s for s in snapshot.samples.values() if s.slot.number == number),
            key=lambda s: s.slot.repeat,
        )
        some = mine[: max(0, MOST_SAMPLES - shown)]
        shown += len(some)
        rest = len(mine) - len(some)
        more = f"; {rest:,} more are in the export" if rest else ""
        yield element(
            "details",
            element("summary", f"{configuration.name}: {len(mine):,} samples{more}"),
            *(
                element(
                    "article",
                    element("h4", f"{s.slot.name} [{s.finish_reason}] {s.seconds:.2f} s"),
                    element("pre", tables.cut(s.text, MOST_CHARACTERS) or "(empty)"),
                )
                for s in some
            ),
        )


def method(found: Analysis, snapshot: Snapshot, about: About) -> Element:
    """How the numbers came about, so that they can be checked."""
    rules = found.rules
    changed = " Calls were added after results were seen." * found.n_changed_after_results
    said = [
        f"Intervals at {100 * (1 - rules.alpha):g}%. A difference of less than {rules.margin:g} in "
        "a probability was declared not to matter. One comparison answers the main question, "
        "whether one configuration repeats its answers more often: adjusted by Holm over all "
        f"pairs. All others are exploratory, adjusted by Benjamini and Hochberg.{changed}",
        f"Permutation tests use {rules.permutations:,} permutations with seed {rules.seed}. Texts "
        "that differ in white space only count as the same. Failed calls are counted beside the "
        "answers, never in them. The method of each number stands in its table; docs/metrics.md of "
        "Sampling Lab says what it is.",
        "Each sample is a call of its own: no answer was taken from an earlier one. The order of "
        "the calls within a round was shuffled, so that a drift over time doesn't look like an "
        "effect of a setting.",
    ]
    models = sorted({s.model for s in snapshot.samples.values() if s.model})
    facts = [
        ("Experiment", about.experiment_id),
        ("Models, as they named themselves", ", ".join(models) or "not said"),
        ("Came from a file", "yes, nothing of it was asked here" if about.imported else "no"),
        ("Report made", f"{about.written:%d %B %Y, %H:%M %Z}"),
    ]
    return element(
        "section",
        element("h2", "Method"),
        *(element("p", each) for each in said),
        tables.table(("What", "Which"), facts, "Where it comes from"),
    )


def _forests(found: Analysis) -> Iterator[tuple[str, dict[str, Estimate], bool]]:
    for name in (*_UNIT, *_OTHERS):
        estimates = {each.name: each.metrics[name] for each in found.configurations}
        if any(e.value is not None or e.low is not None for e in estimates.values()):
            yield METRICS[name], estimates, name in _UNIT
    for name in found.configurations[0].checks:
        yield check(name), {each.name: each.checks[name] for each in found.configurations}, True


def _drawn(drawing: Element) -> Element:
    return element("div", drawing, class_="wide", tabindex="0", role="group", aria_label="Chart")


def _messages(messages: tuple[Message, ...], prefill: str) -> list[Element]:
    turns: list[tuple[str, str]] = [(each.role, each.content) for each in messages]
    if prefill:
        turns.append(("assistant", prefill))
    if turns and turns[-1][0] == "assistant":
        turns[-1] = ("assistant, to be continued", turns[-1][1])
    return [
        element("div", element("span", role, class_="role"), element("pre", content))
        for role, content in turns
    ]


def _names(snapshot: Snapshot) -> dict[int, str]:
    columns = snapshot.experiment.configurations
    return {number: each.name for number, each in enumerate(columns, start=1)}

"""What the shell shows of a run: as one JSON document, or as tables for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from lib.analysis import summary
from lib.analysis.groups import outputs
from lib.analysis.phrases import counted, share
from lib.analysis.surprisal import Surprisal
from lib.cli import details
from lib.cli.terminal import plain
from lib.cli.warning import warnings_of
from lib.domain.declared import Declared
from lib.domain.vocabulary import Estimate
from lib.engine.costing import told
from lib.engine.progress import Snapshot
from lib.results.grouping import groups

MOST_OUTPUTS = 5
"""Of a configuration, the most frequent first."""


def document(
    snapshot: Snapshot,
    *,
    declared: Declared | None = None,
    notes: Sequence[str] = (),
    surprisals: Mapping[str, Surprisal] | None = None,
) -> dict[str, Any]:
    """The JSON of `run --json` and `analyze --json`: its words are those of docs/commands.md.

    Args:
        snapshot: the run.
        declared: how it is judged, where that isn't what its experiment says.
        notes: what else must be read beside the numbers.
        surprisals: of the answers, where their tokens were read.
    """
    return _document(
        run=snapshot.run,
        experiment=snapshot.experiment.name,
        complete=snapshot.done == len(snapshot.slots),
        warnings=[*warnings_of(snapshot), *notes],
        found=_analysis(snapshot, declared, surprisals),
    )


def document_of_file(
    name: str, found: summary.Analysis, notes: Sequence[str] = ()
) -> dict[str, Any]:
    """The same of outputs from elsewhere: there is no run, and nothing is missing."""
    return _document(run=None, experiment=name, complete=True, warnings=[*notes], found=found)


def _document(
    *,
    run: str | None,
    experiment: str,
    complete: bool,
    warnings: list[str],
    found: summary.Analysis,
) -> dict[str, Any]:
    return {
        "format": 1,
        "run": run,
        "experiment": experiment,
        "complete": complete,
        "warnings": [*warnings, *found.warnings],
        **summary.as_json(found),
    }


def _analysis(
    snapshot: Snapshot,
    declared: Declared | None,
    surprisals: Mapping[str, Surprisal] | None = None,
) -> summary.Analysis:
    return summary.analyse(
        groups(snapshot, surprisals),
        checks=snapshot.experiment.checks,
        declared=snapshot.experiment.declared if declared is None else declared,
        final=not snapshot.running,
        n_changed_after_results=snapshot.n_changed_after_results,
    )


def show(
    snapshot: Snapshot,
    console: Console,
    *,
    declared: Declared | None = None,
    notes: Sequence[str] = (),
) -> None:
    """The comparison, as tables. See `document`."""
    console.print(plain(f"{snapshot.experiment.name}: run {snapshot.run}"), style="bold")
    for warning in (*warnings_of(snapshot), *notes):
        console.print(plain(warning), style="yellow")
    found = _analysis(snapshot, declared)
    show_analysis(found, console)
    for each in found.configurations:
        group = each.group
        console.print(plain(f"\n{group.name}"), style="bold")
        for output in outputs(group)[:MOST_OUTPUTS]:
            reasons = ", ".join(output.finish_reasons)
            console.print(plain(f"{output.count:>5} ×  {_one_line(output.text)}  [{reasons}]"))
        errors = ", ".join(f"{count} × {code}" for code, count in group.errors.items())
        if errors:
            console.print(plain(f"  without an answer: {errors}"))
    if (cost := told(snapshot.cost)) is not None:
        console.print(plain(f"\n{cost}"))


def show_analysis(found: summary.Analysis, console: Console) -> None:
    """The finding in words, and the numbers that lead to it."""
    for warning in found.warnings:
        console.print(plain(warning), style="yellow")
    console.print(plain(summary.headline(found)))
    if found.trend is not None:
        console.print(plain(found.trend.says))
    details.show_open(found, console)
    console.print(_comparison(summary.as_json(found)))
    details.show_answers(found, console)
    if any(each.checks for each in found.configurations):
        console.print(_checks(found))


def _one_line(text: str) -> str:
    shown = text.replace("\n", "↵")
    return shown if len(shown) <= 100 else f"{shown[:99]}…"


def _comparison(found: dict[str, Any]) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for title in ("configuration", "samples", "distinct", "two calls agree", "finish reasons"):
        table.add_column(title, overflow="fold")
    for each in found["configurations"]:
        reasons = each["finish_reasons"]
        table.add_row(
            plain(each["name"], most=40),
            plain(f"{each['samples']} of {each['planned']}"),
            plain(_estimate(each["metrics"]["distinct"], digits=0)),
            plain(_estimate(each["metrics"]["collision_probability"], digits=2)),
            plain(", ".join(f"{name} {share['count']}" for name, share in reasons.items())),
        )
    return table


def _checks(found: summary.Analysis) -> Table:
    """The share of answers that pass each check, a row for each configuration."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("answers that pass", overflow="fold")
    for name in found.configurations[0].checks:
        table.add_column(plain(name, most=40), overflow="fold")
    for each in found.configurations:
        shares = [plain(_passing(e)) for e in each.checks.values()]
        table.add_row(plain(each.name, most=40), *shares)
    return table


def _passing(e: Estimate) -> str:
    if e.value is None:
        return f"not known: {e.why}"
    told = f"{counted(e)}, {share(e.value)}"
    return told if e.low is None or e.high is None else f"{told} ({share(e.low)}–{share(e.high)})"


def _estimate(estimate: dict[str, Any], *, digits: int) -> str:
    value, low, high = (estimate.get(key) for key in ("value", "low", "high"))
    if value is None:
        return f"not known: {estimate['why']}"
    shown = f"{value:.{digits}f}"
    return shown if low is None or high is None else f"{shown} ({low:.{digits}f}–{high:.{digits}f})"

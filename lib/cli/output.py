"""What the shell shows of a plan and of a run: as one JSON document, or as tables for people."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.table import Table

from lib.analysis import summary
from lib.analysis.groups import outputs
from lib.cli.terminal import plain
from lib.domain.experiment import Experiment
from lib.domain.plan import size
from lib.domain.vocabulary import Request
from lib.engine.progress import Snapshot
from lib.results.grouping import groups


def document(snapshot: Snapshot) -> dict[str, Any]:
    """The JSON of `run --json` and `analyze --json`: see the contract in docs/contract.md."""
    return {
        "format": 1,
        "run": snapshot.run,
        "experiment": snapshot.experiment.name,
        "complete": snapshot.done == len(snapshot.slots),
        "warnings": warnings(snapshot),
        **summary.as_json(analysis(snapshot)),
    }


def analysis(snapshot: Snapshot) -> summary.Analysis:
    """The analysis of a run at rest."""
    return summary.analyse(
        groups(snapshot),
        checks=snapshot.experiment.checks,
        final=not snapshot.running,
        n_changed_after_results=snapshot.n_changed_after_results,
    )


def warnings(snapshot: Snapshot) -> list[str]:
    """What should be read beside the numbers."""
    ended = [
        f"{snapshot.experiment.configurations[number - 1].name}: {error}"
        for number, error in sorted(snapshot.ended.items())
    ]
    return [*snapshot.warnings, *ended]


def show(snapshot: Snapshot, console: Console) -> None:
    """The comparison, as tables."""
    console.print(plain(f"{snapshot.experiment.name}: run {snapshot.run}"), style="bold")
    for warning in warnings(snapshot):
        console.print(plain(warning), style="yellow")
    show_analysis(analysis(snapshot), console)
    for group in groups(snapshot):
        console.print(plain(f"\n{group.name}"), style="bold")
        for each in outputs(group)[:5]:
            reasons = ", ".join(each.finish_reasons)
            console.print(plain(f"{each.count:>5} ×  {_one_line(each.text)}  [{reasons}]"))
        errors = ", ".join(f"{count} × {code}" for code, count in group.errors.items())
        if errors:
            console.print(plain(f"  without an answer: {errors}"))


def show_analysis(found: summary.Analysis, console: Console) -> None:
    """The finding in words, and the numbers that lead to it."""
    console.print(plain(summary.headline(found)))
    console.print(_comparison(summary.as_json(found)))


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


def _estimate(estimate: dict[str, Any], *, digits: int) -> str:
    value, low, high = (estimate.get(key) for key in ("value", "low", "high"))
    if value is None:
        return f"not known: {estimate['why']}"
    shown = f"{value:.{digits}f}"
    return shown if low is None or high is None else f"{shown} ({low:.{digits}f}–{high:.{digits}f})"


def plan_document(experiment: Experiment, requests: Sequence[Request]) -> dict[str, Any]:
    """The JSON of `run --dry-run --json`."""
    return {
        "format": 1,
        "experiment": experiment.name,
        "plan": asdict(size(experiment)),
        "configurations": [
            {
                "name": configuration.name,
                "calls": experiment.repeats,
                "path": request.path,
                "request": json.loads(request.body),
                "user_set": dict(request.notes.user_set),
                "added": [asdict(each) for each in request.notes.added],
                "not_sent": list(request.notes.not_sent),
            }
            for configuration, request in zip(experiment.configurations, requests, strict=True)
        ],
    }


def show_plan(experiment: Experiment, requests: Sequence[Request], console: Console) -> None:
    """The plan for people."""
    console.print(plain(f"{experiment.name}: {plan_in_words(experiment)}"), style="bold")
    for configuration, request in zip(experiment.configurations, requests, strict=True):
        console.print(plain(f"\n{configuration.name}: POST {request.path}"), style="bold")
        console.print(plain(json.dumps(json.loads(request.body), ensure_ascii=False, indent=2)))
        for each in request.notes.added:
            console.print(plain(f"  the lab adds {each.field}: {each.why}"), style="dim")
        left = ", ".join(request.notes.not_sent)
        console.print(plain(f"  not sent, so the endpoint's own default holds: {left}"))
    console.print("\nNothing was sent.")


def plan_in_words(experiment: Experiment) -> str:
    """How big a plan is, in a line."""
    planned = size(experiment)
    most = (
        "no limit on output tokens"
        if planned.output_tokens is None
        else f"at most {planned.output_tokens:,} output tokens"
    )
    cost = (
        planned.why_no_cost or "cost unknown"
        if planned.cost_usd is None
        else "free"
        if planned.cost_usd == 0
        else f"at most ${planned.cost_usd:.2f}"
    )
    return f"{planned.calls:,} calls, about {planned.input_tokens:,} input tokens, {most}, {cost}"

"""`run --dry-run`: the plan and each request body as it would be sent. Nothing is sent or kept."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Console

from lib.cli.exits import Exit
from lib.cli.terminal import console, plain, write_json
from lib.domain.experiment import Experiment
from lib.domain.plan import size
from lib.domain.vocabulary import Request
from lib.engine import starting

_SEED = "each planned sample gets a seed of its own in its place"


def dry_run(experiment: Experiment, *, as_json: bool) -> Exit:
    """Show what `run` would do."""
    requests = starting.requests(experiment)
    if as_json:
        write_json(_document(experiment, requests))
    else:
        _show(experiment, requests, console())
    return Exit.COMPLETE


def _document(experiment: Experiment, requests: Sequence[Request]) -> dict[str, Any]:
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


def _show(experiment: Experiment, requests: Sequence[Request], screen: Console) -> None:
    screen.print(plain(f"{experiment.name}: {in_words(experiment)}"), style="bold")
    for configuration, request in zip(experiment.configurations, requests, strict=True):
        screen.print(plain(f"\n{configuration.name}: POST {request.path}"), style="bold")
        screen.print(plain(json.dumps(json.loads(request.body), ensure_ascii=False, indent=2)))
        for each in request.notes.added:
            why = f"{each.why}; {_SEED}" if each.field == "seed" else each.why
            screen.print(plain(f"  the lab adds {each.field}: {why}"), style="dim")
        left = ", ".join(request.notes.not_sent) or "nothing"
        screen.print(plain(f"  not sent, so the endpoint's own default holds: {left}"))
    screen.print("\nNothing was sent.")


def in_words(experiment: Experiment) -> str:
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

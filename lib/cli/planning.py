"""`run --dry-run`: the plan and each request body as it would be sent. Nothing is sent or kept."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from decimal import Decimal
from typing import Any

from rich.console import Console

from lib.cli.exits import Exit
from lib.cli.terminal import console, plain, write_json
from lib.domain.experiment import Experiment
from lib.domain.vocabulary import Request
from lib.engine import starting
from lib.engine.costing import check_budget, size

_SEED = "each planned sample gets a seed of its own in its place"


def dry_run(experiment: Experiment, max_cost_usd: Decimal | None, *, as_json: bool) -> Exit:
    """Show what `run` would do."""
    requests = starting.requests(experiment)
    check_budget(experiment, max_cost_usd)
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
    stop = experiment.declared.stop
    # A run that may end early is as big as it can become, whatever of it is planned so far.
    planned = size(experiment if stop is None else replace(experiment, repeats=stop.most))
    most = (
        "no limit on output tokens"
        if planned.output_tokens is None
        else f"at most {planned.output_tokens:,} output tokens"
    )
    early = ""
    if stop is not None:
        early = (
            "; it ends as soon as the question is answered (a look after every "
            f"{stop.batch} calls of each)"
        )
    return (
        f"{planned.calls:,} calls, about {planned.input_tokens:,} input tokens, {most}, "
        f"{planned.cost_in_words}{early}"
    )

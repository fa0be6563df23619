"""`audit`: what an endpoint honours, asked and told."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from lib.audit import AuditPlan, AuditProgress, AuditReport, How, Stopped, carry, plan
from lib.audit import as_json as document
from lib.audit.planning import Planned, requests
from lib.audit.spending import check_budget
from lib.cli import signals
from lib.cli.exits import Exit, interrupted_by
from lib.cli.listing import opened
from lib.cli.terminal import console, plain, safe, write_json
from lib.domain import folders
from lib.domain.configuration import DIALECTS, KNOWN_ENDPOINTS, Endpoint
from lib.domain.errors import CallError, InputError
from lib.engine.costing import told
from lib.providers import registry
from lib.store.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The options of `audit`."""

    endpoint: str
    model: str
    base_url: str | None = None
    dialect: str | None = None
    api_key_env: str | None = None
    settings: str | None = None
    """Names with commas between them."""
    calls: int
    concurrency: int
    timeout_s: float
    max_cost_usd: float | None = None
    store: str | None = None
    as_json: bool = False
    dry_run: bool = False


def audit(asked: Asked) -> Exit:
    """Plan an audit, carry it out, and tell what it found."""
    with opened(asked.store) as store:
        endpoint = _endpoint(asked, store)
        names = None if asked.settings is None else _names(asked.settings)
        planned = plan(endpoint, asked.model, settings=names, calls=asked.calls)
        key = registry.key_for(endpoint, os.environ)
        registry.address_and_key(endpoint, key, os.environ)
        most = None if asked.max_cost_usd is None else Decimal(repr(asked.max_cost_usd))
        check_budget(planned, most)
        if asked.dry_run:
            _show_plan(planned, as_json=asked.as_json)
            return Exit.COMPLETE
        console(stderr=True).print(plain(in_words(planned)), style="dim")
        how = How(
            home=folders.home(),
            key=key,
            at_once=asked.concurrency,
            deadline_s=asked.timeout_s,
            max_cost_usd=most,
        )
        return asyncio.run(_carried(store, planned, how, as_json=asked.as_json))


async def _carried(store: Store, planned: AuditPlan, how: How, *, as_json: bool) -> Exit:
    with _bar(planned) as on_progress, signals.caught(how.stop.set) as received:
        how = replace(how, on_progress=on_progress)
        try:
            report = await carry(store, planned, how)
        except Stopped as stopped:
            console(stderr=True).print(plain(str(stopped)), style="yellow")
            if stopped.report is not None:
                _tell(stopped.report, as_json=as_json)
            if received:
                return interrupted_by(received[0])
            return Exit.BUDGET if stopped.by_budget else Exit.INCOMPLETE
        except CallError as error:
            console(stderr=True).print(plain(str(error)), style="yellow")
            return Exit.REFUSED
    _tell(report, as_json=as_json)
    return Exit.COMPLETE


def _tell(report: AuditReport, *, as_json: bool) -> None:
    write_json(document(report)) if as_json else _show(report, console())


def _endpoint(asked: Asked, store: Store) -> Endpoint:
    """The endpoint that is meant: a known one, a saved one, or one at the address given.

    Raises:
        InputError: if there is none.
    """
    if asked.dialect is not None and asked.dialect not in DIALECTS:
        raise InputError(
            f"--dialect {asked.dialect}: there is none.", f"There are {', '.join(DIALECTS)}."
        )
    known = {each.name: each for each in (*store.servers(), *KNOWN_ENDPOINTS)}
    found = known.get(asked.endpoint)
    if found is None and asked.base_url is None:
        raise InputError(
            f"There is no endpoint {asked.endpoint!r}.",
            f"Known ones are {', '.join(sorted(known))}; of another one give --base-url.",
        )
    found = found or Endpoint(name=asked.endpoint)
    if found.embedded and (asked.base_url or asked.dialect or asked.api_key_env):
        raise InputError("The embedded model has no address, dialect or key to choose.")
    return replace(
        found,
        base_url=asked.base_url or found.base_url,
        dialect=asked.dialect or found.dialect,
        api_key_env=asked.api_key_env or found.api_key_env,
    )


def _names(settings: str) -> list[str]:
    return [name.strip() for name in settings.split(",") if name.strip()]


def in_words(planned: AuditPlan) -> str:
    """How big an audit is, in a line."""
    return (
        f"Audit of {planned.model} at {planned.name}: {planned.calls:,} calls "
        f"(at most {planned.most_calls:,}, if settings have to be tried in more ways), "
        f"about {planned.input_tokens:,} input tokens, "
        f"about {planned.output_tokens:,} output tokens where answers can be kept short."
    )


def _show_plan(planned: AuditPlan, *, as_json: bool) -> None:
    parts = {"opening": planned.opening, **planned.settings}
    if as_json:
        write_json(
            {
                "format": 1,
                "endpoint": planned.name,
                "model": planned.model,
                "plan": {
                    "calls": planned.calls,
                    "most_calls": planned.most_calls,
                    "input_tokens": planned.input_tokens,
                    "output_tokens": planned.output_tokens,
                },
                "steps": {name: _step(planned, name, part) for name, part in parts.items()},
            }
        )
        return
    screen = console()
    screen.print(plain(in_words(planned)), style="bold")
    table = Table(box=None, header_style="bold", pad_edge=False)
    for title in ("step", "calls", "kinds of calls"):
        table.add_column(title, overflow="fold")
    for name, part in parts.items():
        kinds = ", ".join(column.name for column in part.first.columns)
        table.add_row(plain(name), str(part.calls), plain(kinds, most=100))
    screen.print(table)
    screen.print("\nNothing was sent.")


def _step(planned: AuditPlan, name: str, part: Planned) -> dict[str, Any]:
    return {
        "calls": part.calls,
        "repeats": part.first.repeats,
        "input_tokens": part.input_tokens,
        "output_tokens": part.output_tokens,
        "columns": [
            {"name": column, "request": request, "why_not": why_not}
            for column, request, why_not in requests(planned, name, part.first)
        ],
    }


@contextmanager
def _bar(planned: AuditPlan) -> Iterator[Any]:
    """A bar on stderr, where that is a terminal; else a line for each step."""
    screen = console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(
        *columns, console=screen, transient=True, disable=not screen.is_terminal
    ) as progress:
        task = progress.add_task("opening", total=planned.calls)
        told: set[str] = set()

        def on_progress(now: AuditProgress) -> None:
            progress.update(task, description=now.what, completed=now.done, total=now.total)
            if not screen.is_terminal and now.what not in told:
                told.add(now.what)
                screen.print(plain(f"{now.what} ({now.done} of {now.total} calls)"), style="dim")

        yield on_progress


def _show(report: AuditReport, screen: Console) -> None:
    title = f"{report.model} at {report.endpoint}, {report.made_at.astimezone():%Y-%m-%d %H:%M}"
    ending = "" if report.complete else ". It ended early: this is not complete"
    screen.print(plain(f"{title}: {report.calls:,} calls{ending}"), style="bold")
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("setting", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    table.add_column("calls", justify="right")
    table.add_column("what was seen", overflow="fold")
    for name, each in report.settings.items():
        table.add_row(
            plain(name),
            plain(each.verdict.replace("_", " ")),
            str(each.calls),
            plain(each.says),
        )
    screen.print(table)
    screen.print(plain(f"Log probabilities describe: {report.logprobs_describe}"))
    if (cost := told(report.cost)) is not None:
        screen.print(plain(cost))
    runs = [run for each in report.settings.values() for run in each.runs]
    if runs:
        screen.print(f"Every response is kept: see `runs`, such as `show {safe(runs[0])}`.")

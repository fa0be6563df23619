"""`runs`: what is stored. It loads no more than the store, as it is asked often, but for costs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from rich.table import Table

from lib.cli.terminal import console, plain, write_json
from lib.domain import folders
from lib.domain.cost import Cost
from lib.store.reading import RunSummary
from lib.store.store import Store


def runs(store: str | None, *, as_json: bool, with_cost: bool = False) -> None:
    """List the runs of a store, the newest first.

    Args:
        store: as it was given.
        as_json: as one document.
        with_cost: say what each has cost, for which every answer in the store is read.
    """
    with opened(store) as there:
        listed = there.runs()
        costs = {each.id: _cost(there, each.id) for each in listed} if with_cost else {}
    if as_json:
        write_json({"format": 1, "runs": [_summary(each, costs) for each in listed]})
        return
    if not listed:
        console().print("Nothing is stored yet. Try: python -m lib run examples/temperature.toml")
        return
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("run", no_wrap=True, min_width=26)  # whole, as it is to be copied
    for title in ("made", "experiment", "samples", "state", *(["cost"] if costs else [])):
        table.add_column(title, overflow="fold")
    for each in listed:
        cells = (each.id, f"{each.created_at.astimezone():%Y-%m-%d %H:%M}", each.name)
        done = f"{each.samples} of {each.planned}"
        spent = [_amount(costs[each.id])] if costs else []
        table.add_row(*(plain(cell) for cell in (*cells, done, each.state, *spent)))
    console().print(table)
    if any(cost.at_least or cost.at_most for cost in costs.values()):
        from lib.providers.prices import basis

        console().print(plain(f"Costs are estimates: {basis()}."), style="dim")


def _summary(each: RunSummary, costs: Mapping[str, Cost]) -> dict[str, Any]:
    summary = {**asdict(each), "created_at": each.created_at.isoformat()}
    if each.imported_at is not None:
        summary["imported_at"] = each.imported_at.isoformat()
    if each.id in costs:
        from lib.engine.costing import as_fields

        summary |= as_fields(costs[each.id])
    return summary


def _cost(store: Store, run: str) -> Cost:
    from lib.engine.loading import load  # late: it loads what reads answers, and their prices

    return load(store, run).snapshot().cost


def _amount(cost: Cost) -> str:
    from lib.engine.costing import amount

    return amount(cost)


@contextmanager
def opened(store: str | None) -> Iterator[Store]:
    """The store that was named, else the user's own."""
    there = Store.open(store or folders.store_url())
    try:
        yield there
    finally:
        there.close()

"""`runs`: what is stored. It loads no more than the store, as it is asked often."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from rich.table import Table

from lib.cli.terminal import console, plain, write_json
from lib.domain import folders
from lib.store.reading import RunSummary
from lib.store.store import Store


def runs(store: str | None, *, as_json: bool) -> None:
    """List the runs of a store, the newest first."""
    with opened(store) as there:
        listed = there.runs()
    if as_json:
        write_json({"format": 1, "runs": [_summary(each) for each in listed]})
        return
    if not listed:
        console().print("Nothing is stored yet. Try: python -m lib run examples/temperature.toml")
        return
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("run", no_wrap=True, min_width=26)  # whole, as it is to be copied
    for title in ("made", "experiment", "samples", "state"):
        table.add_column(title, overflow="fold")
    for each in listed:
        cells = (each.id, f"{each.created_at.astimezone():%Y-%m-%d %H:%M}", each.name)
        done = f"{each.samples} of {each.planned}"
        table.add_row(*(plain(cell) for cell in (*cells, done, each.state)))
    console().print(table)


def _summary(each: RunSummary) -> dict[str, Any]:
    return {**asdict(each), "created_at": each.created_at.isoformat()}


@contextmanager
def opened(store: str | None) -> Iterator[Store]:
    """The store that was named, else the user's own."""
    there = Store.open(store or folders.store_url())
    try:
        yield there
    finally:
        there.close()

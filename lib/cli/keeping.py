"""`export`, `report`, `import` and `delete`: runs as files, and runs that go for good."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from lib.cli.options import Json, Run, StoreOption


def import_(
    files: Annotated[
        list[Path], typer.Argument(help="Exported runs: .json, .jsonl, .csv or .parquet.")
    ],
    store: StoreOption = None,
    json: Json = False,
) -> None:
    """Take exported runs in: each file whole or not at all; the same run again does nothing."""
    from lib.cli.exits import sentences

    with sentences():
        _import(files, store, as_json=json)


def export(
    run: Run,
    to: Annotated[
        str, typer.Option("--to", help="A .json, .jsonl, .csv, .parquet or .html; or -.")
    ],
    format: Annotated[
        str | None, typer.Option("--format", help="json, jsonl, csv, parquet, html, if --to is -.")
    ] = None,
    store: StoreOption = None,
) -> None:
    """Write a run to a file; the ending says how."""
    from lib.cli import exporting
    from lib.cli.exits import sentences

    with sentences():
        exporting.export(run, to, format, store)


def report(
    run: Run = "latest",
    to: Annotated[
        str | None, typer.Option("--to", help="An .html file.", show_default="RUN.html, here")
    ] = None,
    store: StoreOption = None,
) -> None:
    """A run as one HTML file to read: it fetches nothing, and opens from any disk."""
    from lib.cli import exporting
    from lib.cli.exits import sentences
    from lib.cli.listing import opened

    with sentences():
        with opened(store) as there:
            found = there.find(run).id
        exporting.export(found, to or f"{found}.html", "html", store)


def delete(
    runs: Annotated[
        list[str], typer.Argument(help="Runs: ids, beginnings of one, or `latest`.", metavar="RUN…")
    ],
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask.")] = False,
    store: StoreOption = None,
) -> None:
    """Delete runs for good: their texts are in the store's file no more."""
    from lib.cli.exits import sentences

    with sentences():
        _delete(runs, store, yes=yes)


def _import(files: list[Path], store: str | None, *, as_json: bool) -> None:
    from dataclasses import asdict

    from lib.cli.listing import opened
    from lib.cli.terminal import console, plain, write_json
    from lib.results import run_file

    with opened(store) as there:
        taken = [each for path in files for each in run_file.take_in(there, run_file.File.at(path))]
    if as_json:
        return write_json({"format": 1, "imported": [asdict(each) for each in taken]})
    for each in taken:
        samples = f"{each.samples:,} of {each.planned:,} samples"
        what = "is in this store already: nothing was done" if each.already else "is imported"
        console().print(plain(f"{each.run}  {each.name}, {samples}: {what}."))
    return None


def _delete(references: list[str], store: str | None, *, yes: bool) -> None:
    from lib.cli.listing import opened
    from lib.cli.terminal import console, plain
    from lib.domain.errors import InputError

    screen = console(stderr=True)
    with opened(store) as there:
        found = {run.id: run for run in map(there.find, references)}
        for run in found.values():
            told = f"{run.samples:,} of {run.planned:,} samples, {run.state}"
            screen.print(
                plain(f"{run.id}  {run.created_at.astimezone():%Y-%m-%d %H:%M}  {run.name}")
            )
            screen.print(plain(f"  {told}"))
        if not yes:
            if not sys.stdin.isatty():
                raise InputError("Nothing was deleted: nobody is there to be asked.", "Add --yes.")
            if not typer.confirm("Delete for good?", err=True):
                screen.print("Nothing was deleted.")
                return
        for run_id in found:
            there.delete_run(run_id)
    screen.print(plain(f"{len(found)} deleted. No part of their text is left in the store's file."))

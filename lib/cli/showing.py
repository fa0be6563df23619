"""`runs`, `show`, `analyze` and `export`: what is stored, without asking anything."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

from rich.table import Table

from lib.analysis import summary
from lib.cli import output
from lib.cli.terminal import console, plain, write_json
from lib.domain import folders
from lib.domain.errors import InputError
from lib.domain.vocabulary import Reply, Slot
from lib.engine.loading import load
from lib.engine.progress import Snapshot
from lib.results import export as exporting
from lib.results import outputs_file
from lib.results.response import response
from lib.store.reading import Attempt, RunSummary
from lib.store.store import Store


def runs(store: str | None, *, as_json: bool) -> None:
    """List the runs of a store, the newest first."""
    with _open(store) as opened:
        listed = opened.runs()
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


def show(reference: str, sample: str | None, store: str | None, *, as_json: bool) -> None:
    """Show a run, or every attempt at one of its planned samples."""
    with _open(store) as opened:
        snapshot = load(opened, reference).snapshot()
        if sample is None:
            write_json(output.document(snapshot)) if as_json else output.show(snapshot, console())
            return
        slot = _slot(snapshot, sample)
        attempts = opened.attempts(slot.id)
    shown = _sample_document(snapshot, slot, attempts)
    if as_json:
        write_json(shown)
    else:
        _print_sample(snapshot, slot, attempts)


def _slot(snapshot: Snapshot, name: str) -> Slot:
    found = [slot for slot in snapshot.slots if name in {slot.name, str(slot.id)}]
    if not found:
        raise InputError(
            f"The run has no sample {name!r}.",
            f"Say C.R, from 1.1 to {len(snapshot.experiment.configurations)}."
            f"{max((slot.repeat for slot in snapshot.slots), default=0)}.",
        )
    return found[0]


def _sample_document(snapshot: Snapshot, slot: Slot, attempts: list[Attempt]) -> dict[str, Any]:
    accepted = snapshot.samples.get(slot.id)
    return {
        "format": 1,
        "run": snapshot.run,
        "sample": slot.name,
        "configuration": slot.configuration.name,
        "seed": slot.seed,
        "read": None if accepted is None else exporting.row(accepted),
        "attempts": [
            {
                **exporting.attempt(each),
                "response": None if each.reply is None else response(slot, each.reply),
            }
            for each in attempts
        ],
    }


def _print_sample(snapshot: Snapshot, slot: Slot, attempts: list[Attempt]) -> None:
    screen = console()
    accepted = snapshot.samples.get(slot.id)
    screen.print(plain(f"{slot.name}  {slot.configuration.name}"), style="bold")
    if accepted is not None:
        reason = accepted.finish_reason
        said = f" (the provider says {accepted.raw_finish_reason})"
        screen.print(plain(f"{accepted.outcome}, finish reason {reason}{said}"))
        screen.print(plain(accepted.text))
        for flag in accepted.flags:
            screen.print(plain(f"note: {flag}"), style="yellow")
    for each in attempts:
        screen.print(
            plain(f"\nAttempt {each.n}, {each.begun_at:%Y-%m-%d %H:%M:%S %Z}"), style="bold"
        )
        screen.print(plain(f"POST {each.request.path}"))
        screen.print(plain(each.request.body.decode("utf-8", "backslashreplace")))
        if each.reply is not None:
            screen.print(plain(f"Status {each.reply.status}, {each.reply.seconds:.3f} s"))
            screen.print(plain(_readable(slot, each.reply)))
        if each.failure is not None:
            said = f"{each.failure.code}: {each.failure.says} {each.failure.fix}"
            screen.print(plain(said.rstrip()), style="yellow")
    if not attempts:
        screen.print("Not sent yet.")


def _readable(slot: Slot, reply: Reply) -> str:
    read = response(slot, reply)
    if read["kind"] == "text":
        return str(read["value"])
    words = "" if read["kind"] == "json" else "(assembled from a stream; --json has its bytes)\n"
    return words + json.dumps(read["value"], ensure_ascii=False, indent=2)


def analyze(reference: str, store: str | None, *, as_json: bool) -> None:
    """Analyse a run, or a file of outputs from elsewhere."""
    path = Path(reference)
    if path.suffix.lower() in outputs_file.ENDINGS or path.is_file():
        found = summary.analyse(outputs_file.read(path))
        if as_json:
            write_json(
                {
                    "format": 1,
                    "run": None,
                    "experiment": path.stem,
                    "complete": True,
                    "warnings": [],
                    **summary.as_json(found),
                }
            )
        else:
            output.show_analysis(found, console())
        return
    with _open(store) as opened:
        snapshot = load(opened, reference).snapshot()
    write_json(output.document(snapshot)) if as_json else output.show(snapshot, console())


def export(reference: str, to: str, form: str | None, store: str | None) -> None:
    """Write a run to a file, or to stdout where `to` is `-`."""
    chosen = form or Path(to).suffix.removeprefix(".").lower()
    if chosen not in exporting.FORMATS:
        raise InputError(
            f"{chosen or to!r} is not a format that can be written.",
            f"Use one of {', '.join(exporting.FORMATS)}: as the file's ending, or by --format.",
        )
    with _open(store) as opened:
        snapshot = load(opened, reference).snapshot()
        pieces = exporting.write(opened, snapshot, cast("exporting.Format", chosen))
        if to == "-":
            for piece in pieces:
                sys.stdout.write(piece)
            return
        _replace(Path(to), pieces)
    console(stderr=True).print(plain(f"{snapshot.done} samples are in {to}."))


def _replace(path: Path, pieces: Iterable[str]) -> None:
    """Write beside the file, then take its place: never half a file."""
    try:
        with tempfile.NamedTemporaryFile(
            "w", dir=path.parent, delete=False, encoding="utf-8", newline=""
        ) as beside:
            beside.writelines(pieces)
        os.replace(beside.name, path)
    except OSError as error:
        raise InputError(f"{path} can't be written: {error.strerror}.", "Check it.") from error


@contextmanager
def _open(store: str | None) -> Iterator[Store]:
    opened = Store.open(store or folders.store_url())
    try:
        yield opened
    finally:
        opened.close()

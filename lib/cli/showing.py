"""`show`: what is stored, without asking anything."""

from __future__ import annotations

import json
from typing import Any

from lib.cli import output
from lib.cli.listing import opened
from lib.cli.terminal import console, plain, write_json
from lib.domain.errors import InputError
from lib.domain.vocabulary import Reply, Slot
from lib.engine.loading import load
from lib.engine.progress import Snapshot
from lib.results import export as exporting
from lib.results.response import response
from lib.store.reading import Attempt


def show(reference: str, sample: str | None, store: str | None, *, as_json: bool) -> None:
    """Show a run, or every attempt at one of its planned samples."""
    with opened(store) as there:
        snapshot = load(there, reference).snapshot()
        if sample is None:
            write_json(output.document(snapshot)) if as_json else output.show(snapshot, console())
            return
        slot = slot_named(snapshot, sample)
        attempts = there.attempts(slot.id)
    shown = _sample_document(snapshot, slot, attempts)
    if as_json:
        write_json(shown)
    else:
        _print_sample(snapshot, slot, attempts)


def slot_named(snapshot: Snapshot, name: str) -> Slot:
    """The planned sample that `C.R`, or its id, names.

    Raises:
        InputError: if the run has none of that name.
    """
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
        said = f" (the provider says: {accepted.raw_finish_reason or 'nothing'})"
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

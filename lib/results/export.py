"""Writing a run to a file: whole as JSON, or a line for each sample as JSONL or CSV."""

from __future__ import annotations

import base64
import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, fields
from typing import Any, Literal

from lib.domain.vocabulary import Reply, Sample, Usage
from lib.engine.progress import Snapshot
from lib.results import spreadsheet
from lib.store.reading import Attempt
from lib.store.store import Store

Format = Literal["json", "jsonl", "csv"]
FORMATS: tuple[Format, ...] = ("json", "jsonl", "csv")

COLUMNS = (
    "configuration",
    "output",
    "finish_reason",
    "sample",
    "outcome",
    "provider_finish_reason",
    "response_id",
    "model",
    "seed",
    *(field.name for field in fields(Usage)),
    "seconds",
    "first_text_s",
    "note",
)
"""Of a row; `note` is empty where there is none.

`analyze FILE` reads the first three, and `outcome`."""


def write(store: Store, snapshot: Snapshot, form: Format) -> Iterator[str]:
    """The export in pieces, so that a large run never has to fit into memory as text.

    JSON is ASCII: it means the same text, and no reader can stumble over U+2028 or an encoding.
    """
    match form:
        case "json":
            yield from _whole(store, snapshot)
        case "jsonl":
            for each in rows(store, snapshot):
                yield _json(each) + "\n"
        case "csv":
            yield from _csv(store, snapshot)


def rows(store: Store, snapshot: Snapshot) -> Iterator[dict[str, Any]]:
    """One row a sample, in the plan's order, with the note that a person wrote about it."""
    noted = store.notes(snapshot.run)
    for slot in snapshot.slots:
        if sample := snapshot.samples.get(slot.id):
            yield {**row(sample), "note": noted.get(slot.id, "")}


def row(sample: Sample) -> dict[str, Any]:
    """What was read, flat, in the order of `COLUMNS`."""
    return {
        "configuration": sample.slot.configuration.name,
        "output": sample.text,
        "finish_reason": sample.finish_reason,
        "sample": sample.slot.name,
        "outcome": sample.outcome,
        "provider_finish_reason": sample.raw_finish_reason,
        "response_id": sample.response_id,
        "model": sample.model,
        "seed": sample.slot.seed,
        **asdict(sample.usage),
        "seconds": round(sample.seconds, 6),
        "first_text_s": None if sample.first_text_s is None else round(sample.first_text_s, 6),
    }


def _csv(store: Store, snapshot: Snapshot) -> Iterator[str]:
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, fieldnames=COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    for each in rows(store, snapshot):
        writer.writerow({name: spreadsheet.inert(value) for name, value in each.items()})
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def _whole(store: Store, snapshot: Snapshot) -> Iterator[str]:
    head = {
        "format": 1,
        "kind": "sampling-lab-run",
        "run": snapshot.run,
        "experiment": json.loads(store.document(snapshot.run)),
    }
    noted = store.notes(snapshot.run)
    yield _json(head)[:-1] + ', "planned": [\n'
    for index, slot in enumerate(snapshot.slots):
        sample = snapshot.samples.get(slot.id)
        planned = {
            "sample": slot.name,
            "seed": slot.seed,
            "attempts": [attempt(each) for each in store.attempts(slot.id)],
            "read": None if sample is None else row(sample),
            "note": noted.get(slot.id, ""),
        }
        yield (",\n" if index else "") + _json(planned)
    yield "\n]}\n"


def attempt(tried: Attempt) -> dict[str, Any]:
    """One try whole: request as sent, reply as received, or the error."""
    return {
        "n": tried.n,
        "begun_at": tried.begun_at.isoformat(),
        "request": {
            "path": tried.request.path,
            "body": _bytes(tried.request.body),
            "user_set": dict(tried.request.notes.user_set),
            "added": [asdict(each) for each in tried.request.notes.added],
            "not_sent": list(tried.request.notes.not_sent),
        },
        "reply": None if tried.reply is None else _reply(tried.reply),
        "error": None
        if tried.failure is None
        else {
            "code": tried.failure.code,
            "says": f"{tried.failure.says} {tried.failure.fix}".rstrip(),
            "maybe_billed": tried.failure.maybe_billed,
        },
    }


def _reply(reply: Reply) -> dict[str, Any]:
    return {
        "status": reply.status,
        "headers": dict(reply.headers),
        "body": _bytes(reply.body),
        "seconds": reply.seconds,
        "first_text_s": reply.first_text_s,
        "redacted": reply.redacted,
    }


def _bytes(body: bytes) -> Mapping[str, str]:
    """Bytes as text where they are UTF-8, else in base64: either way they come back exactly."""
    try:
        return {"text": body.decode()}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(body).decode()}


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=True, allow_nan=False)

"""Writing a run to a file: whole as JSON, or a line for each sample as JSONL or CSV."""

from __future__ import annotations

import base64
import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any, Literal

from lib.domain.vocabulary import Reply, Sample
from lib.engine.progress import Snapshot
from lib.store.reading import Attempt
from lib.store.store import Store

Format = Literal["json", "jsonl", "csv"]
FORMATS: tuple[Format, ...] = ("json", "jsonl", "csv")

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a spreadsheet takes for the beginning of a formula, full-width twins included."""


def write(store: Store, snapshot: Snapshot, form: Format) -> Iterator[str]:
    """The export in pieces, so that a large run never has to fit into memory as text."""
    match form:
        case "json":
            yield from _whole(store, snapshot)
        case "jsonl":
            for each in rows(snapshot):
                yield json.dumps(each, ensure_ascii=False, allow_nan=False) + "\n"
        case "csv":
            yield from _csv(snapshot)


def rows(snapshot: Snapshot) -> Iterator[dict[str, Any]]:
    """One row a sample, in the plan's order; it begins with what `analyze FILE` reads."""
    for slot in snapshot.slots:
        if sample := snapshot.samples.get(slot.id):
            yield row(sample)


def row(sample: Sample) -> dict[str, Any]:
    """What was read, flat: the first three keys are what `analyze FILE` reads."""
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
    }


def _csv(snapshot: Snapshot) -> Iterator[str]:
    buffer = io.StringIO(newline="")
    writer: csv.DictWriter[str] | None = None
    for each in rows(snapshot):
        if writer is None:
            writer = csv.DictWriter(buffer, fieldnames=list(each), lineterminator="\r\n")
            writer.writeheader()
        writer.writerow({name: _cell(value) for name, value in each.items()})
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def _cell(value: object) -> object:
    """A text that a spreadsheet would run gets an apostrophe before it; JSONL is byte-exact."""
    if isinstance(value, str) and value.lstrip(" \n").startswith(_FORMULA_STARTS):
        return f"'{value}"
    return value


def _whole(store: Store, snapshot: Snapshot) -> Iterator[str]:
    head = {
        "format": 1,
        "kind": "sampling-lab-run",
        "run": snapshot.run,
        "experiment": json.loads(store.document(snapshot.run)),
    }
    yield json.dumps(head, ensure_ascii=True)[:-1] + ', "planned": [\n'
    for index, slot in enumerate(snapshot.slots):
        sample = snapshot.samples.get(slot.id)
        planned = {
            "sample": slot.name,
            "seed": slot.seed,
            "attempts": [attempt(each) for each in store.attempts(slot.id)],
            "read": None if sample is None else row(sample),
        }
        yield (",\n" if index else "") + json.dumps(planned, ensure_ascii=True, allow_nan=False)
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
        "redacted": reply.redacted,
    }


def _bytes(body: bytes) -> Mapping[str, str]:
    """Bytes as text where they are UTF-8, else in base64: either way they come back exactly."""
    try:
        return {"text": body.decode()}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(body).decode()}

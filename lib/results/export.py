"""Writing a run to a file: whole as JSON, or a row for each sample as JSONL, CSV or Parquet.

All of them can be imported again (`run_file`): the run that comes back is the same.
"""

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
from lib.results import packed, parquet, spreadsheet
from lib.store.reading import Attempt
from lib.store.record import Record
from lib.store.store import Store

Format = Literal["json", "jsonl", "csv", "parquet"]
FORMATS: tuple[Format, ...] = ("json", "jsonl", "csv", "parquet")

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
    "run",
    "record",
)
"""Of a row; `note` is empty where there is none. `record` brings the run back: see `packed`.

`analyze FILE` reads the first three, and `outcome`."""
_WHOLE = ("seed", *(field.name for field in fields(Usage)))
_REAL = ("seconds", "first_text_s")


def write(store: Store, snapshot: Snapshot, form: Format) -> Iterator[bytes]:
    """The export in pieces, so that a large run never has to fit into memory as text.

    JSON is ASCII: it means the same text, and no reader can stumble over U+2028 or an encoding.
    """
    match form:
        case "json":
            yield from (piece.encode() for piece in _whole(store, snapshot.run))
        case "jsonl":
            yield from (f"{_json(each)}\n".encode() for each in rows(store, snapshot))
        case "csv":
            yield from (piece.encode() for piece in _csv(store, snapshot))
        case "parquet":
            yield from parquet.write(
                rows(store, snapshot), columns=COLUMNS, whole=_WHOLE, real=_REAL
            )


def rows(store: Store, snapshot: Snapshot) -> Iterator[dict[str, Any]]:
    """One row a sample, in the plan's order, with the note that a person wrote about it."""
    slots = {slot.name: slot for slot in snapshot.slots}
    before: tuple[dict[str, Any], Record] | None = None
    rest: list[tuple[int, Record]] = []
    for place, record in enumerate(store.records(snapshot.run)):
        slot = slots.get(record["sample"])
        sample = None if slot is None else snapshot.samples.get(slot.id)
        if sample is None or record["read"] is None:
            rest.append((place, record))
            continue
        if before is not None:
            yield before[0] | {"record": packed.packed(before[1])}
        flat = {**row(sample), "note": record["note"], "run": snapshot.run}
        before = flat, {"place": place, "planned": record}
    if before is not None:
        closing = before[1] | {"head": store.head(snapshot.run), "rest": rest}
        yield before[0] | {"record": packed.packed(closing, last=True)}


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


def _whole(store: Store, run: str) -> Iterator[str]:
    yield _json(store.head(run))[:-1] + ', "planned": [\n'
    for index, record in enumerate(store.records(run)):
        yield (",\n" if index else "") + _json(record)
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

"""A run as a file, and back."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lib.analysis import summary
from lib.engine.progress import Snapshot
from lib.results import export, outputs_file
from lib.results.grouping import groups
from lib.store import Store
from tests.engine.carried import KEY, asked, carry_out
from tests.faulty import FaultyServer

NASTY = ("csv", "ansi", "unicode", "lone_surrogate", "nul_char", "xss", "blank_content")
TOKENS = {"length_tokens"}
"""What is told by the usage, which outputs from elsewhere don't have."""
OUTCOMES = ("content_filter", "refusal", "tool_calls", "null_content", "reasoning", "ok")


@pytest.fixture
def server() -> Iterator[FaultyServer]:
    with FaultyServer() as running:
        yield running


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path / "lab.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def nasty(server: FaultyServer, store: Store) -> Snapshot:
    urls = [server.url(fault) for fault in (*NASTY, *OUTCOMES, "bad_utf8", "nan_json")]
    return carry_out(store, asked(*urls, repeats=2))[1]


def written(store: Store, snapshot: Snapshot, form: export.Format) -> str:
    return b"".join(export.write(store, snapshot, form)).decode()


def test_jsonl_has_every_text_exactly_in_ascii_a_line_a_sample(
    store: Store, nasty: Snapshot
) -> None:
    whole = written(store, nasty, "jsonl")

    assert whole.isascii()
    lines = [json.loads(line) for line in whole.splitlines()]
    assert {line["sample"]: line["output"] for line in lines} == {
        sample.slot.name: sample.text for sample in nasty.samples.values()
    }
    assert list(lines[0]) == list(export.COLUMNS)
    assert list(lines[0])[:3] == ["configuration", "output", "finish_reason"]


def test_csv_is_inert_and_its_numbers_are_numbers(store: Store, nasty: Snapshot) -> None:
    rows = list(csv.DictReader(io.StringIO(written(store, nasty, "csv"), newline="")))

    assert len(rows) == nasty.done
    for row in rows:
        assert not row["output"].lstrip().startswith(("=", "+", "-", "@"))
        assert float(row["seconds"]) > 0
    formula = next(row["output"] for row in rows if "HYPERLINK" in row["output"])
    assert formula.startswith("'=HYPERLINK(")


def test_every_form_has_the_notes_on_samples(store: Store, nasty: Snapshot) -> None:
    first, *_ = nasty.slots
    store.write_note(first.id, "=odd, “isn't it”?\n2nd line")

    lines = [json.loads(line) for line in written(store, nasty, "jsonl").splitlines()]
    rows = list(csv.DictReader(io.StringIO(written(store, nasty, "csv"), newline="")))
    planned = json.loads(written(store, nasty, "json"))["planned"]

    for form in (lines, planned):
        notes = {each["sample"]: each["note"] for each in form}
        assert notes.pop(first.name) == "=odd, “isn't it”?\n2nd line"
        assert set(notes.values()) == {""}
    noted = {row["sample"]: row["note"] for row in rows if row["note"]}
    assert noted == {first.name: "'=odd, “isn't it”?\n2nd line"}  # inert, as every other text


def test_a_csv_of_no_samples_has_its_heading(server: FaultyServer, store: Store) -> None:
    _, nothing = carry_out(store, asked(server.url("401")))

    assert written(store, nothing, "csv") == ",".join(export.COLUMNS) + "\r\n"
    assert written(store, nothing, "jsonl") == ""


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_what_was_exported_is_analysed_as_the_run_itself(
    form: export.Format, store: Store, nasty: Snapshot, tmp_path: Path
) -> None:
    file = tmp_path / f"run.{form}"
    file.write_bytes(written(store, nasty, form).encode())

    again = outputs_file.read(file).groups

    there = [group for group in groups(nasty) if group.samples]
    # In the plan's order, which is shuffled within a round.
    assert {group.name for group in again} == {group.name for group in there}
    for group in there:
        mine = next(each for each in again if each.name == group.name)
        assert [s.text for s in mine.texts] == [s.text for s in group.texts]
        assert [s.outcome for s in mine.samples] == [s.outcome for s in group.samples]
        assert [s.finish_reason for s in mine.samples] == [s.finish_reason for s in group.samples]
    found, expected = (
        summary.as_json(summary.analyse(sorted(each, key=lambda group: group.name)))
        for each in (again, there)
    )
    for one, other in zip(_configurations(found), _configurations(expected), strict=True):
        assert one == other
    assert _primary(found) == _primary(expected)


def _configurations(found: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [
        (each["name"], each["samples"], each["finish_reasons"], _without_tokens(each["metrics"]))
        for each in found["configurations"]
    ]


def _primary(found: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for each in found["comparisons"] if each["family"] == "primary"]


def _without_tokens(metrics: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in metrics.items() if name not in TOKENS}


def test_the_whole_export_has_every_byte_that_was_sent_and_received(
    server: FaultyServer, store: Store
) -> None:
    urls = [server.url(fault) for fault in ("bad_utf8", "first:2:500", "ok", "401_echo_key")]
    _, snapshot = carry_out(store, asked(*urls, repeats=2))

    whole = json.loads(written(store, snapshot, "json"))

    tries = [attempt for planned in whole["planned"] for attempt in planned["attempts"]]
    assert len(tries) == len(server.requests)
    sent = sorted(_sha256(attempt["request"]["body"]) for attempt in tries)
    assert sent == sorted(each.sha256 for each in server.requests)
    received = sorted(_sha256(a["reply"]["body"]) for a in tries if not a["reply"]["redacted"])
    assert received == sorted(
        each.sent_sha256 for each in server.requests if each.fault != "401_echo_key"
    )
    assert KEY not in json.dumps(whole)
    assert whole["experiment"]["name"] == "Fruit"
    assert [planned["sample"] for planned in whole["planned"]] == [s.name for s in snapshot.slots]


def _sha256(body: dict[str, str]) -> str:
    raw = body["text"].encode() if "text" in body else base64.b64decode(body["base64"])
    return hashlib.sha256(raw).hexdigest()

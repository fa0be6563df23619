"""A run goes out to a file and comes back the same; what isn't a whole run changes nothing."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.domain.errors import InputError
from lib.engine import starting
from lib.engine.loading import load
from lib.engine.progress import Snapshot
from lib.results import export, packed, parquet, run_file
from lib.results.run_file import File
from lib.store import Store
from lib.store.run_notes import RunNote
from tests.engine.carried import HOME, asked, carry_out
from tests.faulty import FaultyServer
from tests.pages import filling

FAULTS = (
    *("csv", "ansi", "unicode", "lone_surrogate", "nul_char", "xss", "blank_content", "bad_utf8"),
    *("content_filter", "refusal", "tool_calls", "null_content", "reasoning", "ok", "logprobs"),
    *("first:1:500", "400_param", "nan_json"),
)


@pytest.fixture(scope="module")
def nasty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Snapshot]]:
    """A run with every kind of answer and of failure, with notes and tags."""
    store = Store.open(tmp_path_factory.mktemp("from") / "lab.sqlite")
    with FaultyServer() as server:
        urls = [server.url(fault) for fault in FAULTS]
        _, snapshot = carry_out(store, asked(*urls, repeats=2, logprobs=2))
    store.write_note(snapshot.slots[0].id, "=odd, “isn't it”?\n2nd line")
    store.write_run_note(snapshot.run, RunNote("Before the update.", ("baseline", "=tag")))
    yield store, load(store, snapshot.run).snapshot()
    store.close()


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Store]:
    """Another store, empty."""
    store = Store.open(tmp_path / "other.sqlite")
    yield store
    store.close()


def written(store: Store, run: str, form: export.Format) -> bytes:
    return b"".join(export.write(store, load(store, run).snapshot(), form))


def runs(store: Store) -> list[str]:
    return [each.id for each in store.runs()]


def refused(store: Store, name: str, content: bytes) -> str:
    """The sentence with which a file is refused; the store is as it was."""
    before = [written(store, run, "json") for run in runs(store)]
    with pytest.raises(InputError) as error:
        run_file.take_in(store, File.of(name, content))
    assert [written(store, run, "json") for run in runs(store)] == before
    return str(error.value)


@pytest.mark.parametrize("form", export.FORMATS)
def test_what_comes_back_is_the_same_run_in_every_form(
    form: export.Format, nasty: tuple[Store, Snapshot], other: Store
) -> None:
    store, snapshot = nasty

    (imported,) = run_file.take_in(
        other, File.of(f"run.{form}", written(store, snapshot.run, form))
    )

    assert (imported.run, imported.already) == (snapshot.run, False)
    assert (imported.planned, imported.samples) == (len(snapshot.slots), snapshot.done)
    for each in export.FORMATS:
        assert written(other, snapshot.run, each) == written(store, snapshot.run, each)
    again = load(other, snapshot.run).snapshot()
    assert [s.text for s in again.samples.values()] == [s.text for s in snapshot.samples.values()]
    assert [s.first_token for s in again.samples.values()] == [
        s.first_token for s in snapshot.samples.values()
    ]
    assert {str(e) for e in again.failures.values()} == {str(e) for e in snapshot.failures.values()}
    assert other.run_note(snapshot.run) == RunNote("Before the update.", ("baseline", "=tag"))


@pytest.mark.parametrize("form", export.FORMATS)
def test_the_same_file_twice_does_nothing(
    form: export.Format, nasty: tuple[Store, Snapshot], other: Store
) -> None:
    store, snapshot = nasty
    file = File.of(f"run.{form}", written(store, snapshot.run, form))
    run_file.take_in(other, file)
    other.write_run_note(snapshot.run, RunNote("My own words."))

    (imported,) = run_file.take_in(other, file)

    assert imported.already
    assert runs(other) == [snapshot.run]
    assert other.run_note(snapshot.run).text == "My own words."


def test_several_runs_of_one_table_come_back_together(
    nasty: tuple[Store, Snapshot], other: Store
) -> None:
    store, snapshot = nasty
    second = filling.filled(store, "A", repeats=2, read=lambda slot: {"text": f"={slot.name}"})
    lines = written(store, snapshot.run, "jsonl") + written(store, second, "jsonl")

    imported = run_file.take_in(other, File.of("both.jsonl", lines))

    assert {each.run for each in imported} == {snapshot.run, second} == set(runs(other))
    store.delete_run(second)


def test_another_run_under_the_same_id_is_refused(
    nasty: tuple[Store, Snapshot], other: Store
) -> None:
    store, snapshot = nasty
    whole = written(store, snapshot.run, "json")
    run_file.take_in(other, File.of("run.json", whole))

    says = refused(other, "run.json", whole.replace(b"Name a fruit", b"Name a brute"))

    assert f"There is a run {snapshot.run} in this store already" in says


def test_an_imported_run_is_never_carried_on(nasty: tuple[Store, Snapshot], other: Store) -> None:
    store, snapshot = nasty
    run_file.take_in(other, File.of("run.json", written(store, snapshot.run, "json")))

    with pytest.raises(InputError, match="This run was imported"):
        other.hold(snapshot.run)
    with (
        FaultyServer() as server,
        starting.start(other, asked(server.url("ok")), home=HOME, new=False) as mine,
    ):
        assert mine.run_id != snapshot.run
        assert other.find("latest").id == mine.run_id
        assert server.requests == []


TEXTS = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"]),
        st.sampled_from("=+-@'\t\r\n\0\"\uff1d\u2028\ufeff"),
    ),
    max_size=60,
)


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Store]]:
    folder = tmp_path_factory.mktemp("two")
    stores = Store.open(folder / "one.sqlite"), Store.open(folder / "other.sqlite")
    yield stores
    for each in stores:
        each.close()


@settings(max_examples=20, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=8), st.sampled_from(export.FORMATS))
def test_any_text_comes_back_exactly(
    two: tuple[Store, Store], texts: list[str], form: export.Format
) -> None:
    here, there = two
    run = filling.filled(
        here, "=A", repeats=len(texts), read=lambda slot: {"text": texts[slot.repeat - 1]}
    )
    here.write_run_note(run, RunNote("\n".join(texts)))

    run_file.take_in(there, File.of(f"x.{form}", written(here, run, form)))

    back = load(there, run).snapshot().samples.values()
    assert [s.text for s in sorted(back, key=lambda s: s.slot.repeat)] == texts
    assert written(there, run, "json") == written(here, run, "json")


# What isn't a whole run.


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A small run in every form."""
    store = Store.open(tmp_path_factory.mktemp("small") / "lab.sqlite")
    run = filling.filled(store, "A", "B", repeats=3, read=lambda slot: {"text": f"é {slot.name}"})
    found: dict[str, bytes] = {form: written(store, run, form) for form in export.FORMATS}
    store.close()
    return found


@pytest.mark.parametrize("form", export.FORMATS)
@pytest.mark.parametrize("share", [0.02, 0.5, 0.9, 0.999])
def test_a_part_of_a_file_is_refused(
    form: str, share: float, small: dict[str, bytes], other: Store
) -> None:
    whole = small[form]

    says = refused(other, f"run.{form}", whole[: int(len(whole) * share)])

    assert "\n" not in says
    assert any(
        word in says
        for word in ("ends too early", "a part", "no record", "no column", "not Parquet", "damaged")
    )


def test_a_table_without_its_last_row_is_refused(small: dict[str, bytes], other: Store) -> None:
    for form in ("jsonl", "csv"):
        lines = small[form].splitlines(keepends=True)
        says = refused(other, f"run.{form}", b"".join(lines[:-1]))
        assert says.startswith(f"run.{form} ends too early: the row that closes a run is missing.")


def test_a_run_of_a_newer_version_is_refused(small: dict[str, bytes], other: Store) -> None:
    newer = small["json"].replace(b'"format": 2', b'"format": 3', 1)

    assert refused(other, "run.json", newer) == (
        "The file was made by a newer version of Sampling Lab: its format is 3, and this one reads "
        "2. Update Sampling Lab."
    )
    older = small["json"].replace(b'"format": 2', b'"format": 1', 1)
    assert "an older version" in refused(other, "run.json", older)


def test_a_table_that_was_edited_is_refused(small: dict[str, bytes], other: Store) -> None:
    rows = list(csv.DictReader(io.StringIO(small["csv"].decode(), newline="")))
    rows[2]["output"] = "something nicer"
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)

    says = refused(other, "run.csv", text.getvalue().encode())

    assert says.startswith("run.csv, row 3: sample 1.2 isn't what its record says.") or (
        "isn't what its record says. The table was edited." in says
    )


def test_rows_in_another_order_are_the_same_run(small: dict[str, bytes], other: Store) -> None:
    heading, *lines = small["csv"].splitlines(keepends=True)

    run_file.take_in(other, File.of("run.csv", heading + b"".join(reversed(lines))))

    assert b"".join(export.write(other, load(other, "0").snapshot(), "csv")) == small["csv"]


def csv_of(*rows: list[str]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


BAD = [
    ("run.csv", b"A,apple\r\nB,pear\r\n", "has no column 'run' in its first row, the heading."),
    ("run.csv", csv_of([f"c{n}" for n in range(16_000)]), "has 16,000 columns"),
    ("run.csv", b"run,configuration,output,record\r\nx,A," + b"\xff\xfe\r\n", "is not UTF-8"),
    ("run.csv", "run,é".encode("utf-16"), "is not UTF-8"),
    ("run.jsonl", b'{"configuration": "A", "output": "x"}\n', "it has no record."),
    ("run.jsonl", b"[1, 2\n", "it is not JSON, or a part of a line"),
    ("run.json", b'{"configurations": []}', "is no exported run"),
    ("run.json", b"\x80\x81", "is not UTF-8"),
    ("run.json", b"[" * 100_000, "is not JSON"),
    ("run.json", b'{"planned": []}', "The file is JSON, but no exported run."),
    ("run.json", b'{"format": 2, "kind": "sampling-lab-run", "planned": []}', "isn't a whole run"),
    ("run.json", b'{"format": NaN, "planned": []}', "is not JSON"),
    ("run.json", b'{"a": ' + b"9" * 5000 + b', "planned": []}', "is not JSON"),
    ("run.json", b'{"a": ' + b'{"a": ' * 100_000, "nested too deeply"),
    ("run.json", b"cos\nsystem\n(S'touch x'\ntR.", "is not JSON"),
    ("run.parquet", b"PAR1" + b"\0" * 100 + b"PAR1", "is not Parquet, or is damaged."),
    ("run.xlsx", b"PK\x03\x04", "ends in none of .json, .jsonl, .csv, .parquet."),
    ("run.json", b"", "is empty"),
    ("../../etc/passwd", b"{}", "passwd ends in none of"),
]


@pytest.mark.parametrize(("name", "content", "says"), BAD, ids=[f"{i}" for i in range(len(BAD))])
def test_what_is_no_run_is_refused_in_a_sentence(
    name: str, content: bytes, says: str, other: Store
) -> None:
    told = refused(other, name, content)

    assert says in told
    assert "\n" not in told
    assert len(told) < 300


def test_a_cell_of_90_mb_is_refused(other: Store) -> None:
    cell = b"x" * (90 * 2**20)
    heading = b"run,configuration,output,record\r\n"

    assert "a cell of more than 16 MB" in refused(
        other, "r.csv", heading + b'1,A,"' + cell + b'",x'
    )
    line = b'{"run": "1", "configuration": "A", "record": "", "output": "' + cell + b'"}'
    assert "more than 64 MB" in refused(other, "r.jsonl", line)


def test_a_table_that_unpacks_to_too_much_is_refused(
    other: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "MOST_UNPACKED", 2**20)
    names = ("run", "configuration", "output", "record")
    table = pa.table({name: ["x" * 2**20] * 4 for name in names})
    file = io.BytesIO()
    pq.write_table(table, file, compression="zstd", use_dictionary=False)
    assert len(file.getvalue()) < 2**17

    assert "unpacks to more than" in refused(other, "r.parquet", file.getvalue())


def tampered(small: dict[str, bytes], change: Any) -> bytes:
    """The small run with something changed in its JSON."""
    whole = json.loads(small["json"])
    change(whole)
    return json.dumps(whole).encode()


def at(*path: Any) -> Any:
    """Put the last into the place that the others name."""
    *where, key, value = path

    def change(whole: Any) -> None:
        for each in where:
            whole = whole[each]
        whole[key] = value

    return change


ATTEMPT = ("planned", 0, "attempts", 0)
HOSTILE = {
    "a key": at("experiment", "endpoints", "mine", "api_key", "sk-abc"),
    "a path elsewhere": at(*ATTEMPT, "request", "path", "//evil.example/x"),
    "an address for a path": at(*ATTEMPT, "request", "path", "@evil.example"),
    "an id with a path": at("run", "../../../../etc/passwd/xxxx"),
    "an id with a lock's name": at("run", "01J/../../x00000000000000"),
    "no outcome": at("planned", 0, "read", "outcome", "<script>"),
    "a day that isn't": at("planned", 0, "read", "accepted_at", "2026-13-01T00:00:00+00:00"),
    "half a character": at("planned", 0, "read", "text", "\ud800"),
    "an answer nobody gave": at("planned", 0, "read", "attempt", 7),
    "the same place twice": at("planned", 0, "read", "place", 2),
    "the same sample twice": at("planned", 0, "sample", "2.1"),
    "a configuration too many": at("planned", 0, "sample", "9.1"),
    "too many repeats": at("repeats", 99_999),
    "a large number": at("planned", 0, "read", "output_tokens", 2**63),
    "a negative time": at("planned", 0, "read", "seconds", -1.0),
    "a column too many": at("planned", 0, "owner", "me"),
    "a bad body": at(*ATTEMPT, "reply", "body", {"base64": "%%%"}),
    "calls without number": at("experiment", "repeats", 10**9),
    "an endpoint of another scheme": at(
        "experiment", "endpoints", "mine", "base_url", "file:///etc"
    ),
}


@pytest.mark.parametrize("change", HOSTILE.values(), ids=list(HOSTILE))
def test_what_is_hostile_in_a_run_is_refused(
    change: Any, small: dict[str, bytes], other: Store
) -> None:
    told = refused(other, "run.json", tampered(small, change))

    assert len(told) < 500


def test_an_address_in_a_run_is_not_called(small: dict[str, bytes], other: Store) -> None:
    with FaultyServer() as server:
        content = small["json"].replace(b"http://127.0.0.1:9/v1", server.url("ok").encode())

        run_file.take_in(other, File.of("run.json", content))
        load(other, runs(other)[0]).snapshot()

        assert server.requests == []


def test_a_cell_that_would_unpack_to_too_much_is_refused() -> None:
    import base64

    import zstandard

    frame = zstandard.ZstdCompressor().compress(b" " * (65 * 2**20))
    with pytest.raises(InputError, match="damaged"):
        packed.unpacked(packed.PLAIN + base64.b64encode(frame).decode())


def test_a_large_run_is_read_a_piece_at_a_time(tmp_path: Path, other: Store) -> None:
    """An item that is longer than what is read at once, and more items than are read together."""
    store = Store.open(tmp_path / "large.sqlite")
    long = "long " * 100_000
    run = filling.filled(
        store, "A", repeats=120, read=lambda s: {"text": long if s.repeat == 7 else "short"}
    )
    whole = written(store, run, "json")
    store.close()

    run_file.take_in(other, File.of("run.json", whole))

    assert written(other, run, "json") == whole


def test_a_run_that_is_under_way_goes_on_beside_an_import(
    small: dict[str, bytes], other: Store
) -> None:
    with filling.begin(other, "A", repeats=3) as held:
        run_file.take_in(other, File.of("run.json", small["json"]))
        filling.answer(other, held, lambda slot: {})
        other.end(held.run_id)

    assert {each.samples for each in other.runs()} == {3, 6}
